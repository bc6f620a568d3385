"""What stands in the local Slack of the bot's answers, kept up with every change of a message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from bot.core.conversation.answer_key import answer_tag
from bot.core.delivery.controls import ACTION, ControlKind
from slack_emulator.blocks.interactive_elements import elements
from slack_emulator.json_values import as_objects
from slack_emulator.state.changes import Changed, Deleted, Posted, Whispered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_emulator.state.changes import WorkspaceChange
    from slack_emulator.state.models import Message


class Take(NamedTuple):
    """One answer to the question `ts` of a channel, counted from 0."""

    channel: str
    ts: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of an answer as it stands there, with what can be pressed below it: each control, and what is chosen with it."""

    message: Message
    offers: tuple[tuple[ControlKind, str | None], ...]

    @property
    def text(self) -> str:
        """The words of the answer in it."""
        texts = (str(block.get("text", "")) for block in self.message.blocks or ())
        return " ".join(filter(None, texts)) or self.message.text

    @property
    def controls(self) -> tuple[ControlKind, ...]:
        """What can be pressed below it."""
        return tuple(control for control, _ in self.offers)


@dataclass(eq=False)
class Board:
    """All answers that stand there, each as its messages by their segments; all that ever did, and what people were told alone."""

    takes: dict[Take, dict[str, Shown]] = field(default_factory=dict[Take, dict[str, Shown]])
    begun: set[Take] = field(default_factory=set[Take])
    told: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])

    def hear(self, change: WorkspaceChange) -> None:
        """Follow a change of the workspace."""
        if isinstance(change, Whispered):
            words = change.message
            self.told.append((change.to, words.thread_ts or "", words.text))
        elif isinstance(change, Deleted):
            self._remove(change.previous)
        elif isinstance(change, Posted | Changed):
            self._put(change.message)

    def messages(self, take: Take) -> list[Shown]:
        """The messages of an answer, in their order."""
        there = self.takes.get(take, {})
        return [there[name] for name in sorted(there)]

    def _put(self, message: Message) -> None:
        if (found := place_of(message)) is not None:
            take, segment = found
            self.begun.add(take)
            self.takes.setdefault(take, {})[segment] = Shown(message, tuple(offers(message)))

    def _remove(self, message: Message) -> None:
        if (found := place_of(message)) is not None:
            take, segment = found
            self.takes.get(take, {}).pop(segment, None)


def place_of(message: Message) -> tuple[Take, str] | None:
    """The answer that a message belongs to, and a name of it that sorts by its segment; None where it is of no answer."""
    marker = str(((message.metadata or {}).get("event_payload") or {}).get("id", ""))
    tag = answer_tag(marker)
    if tag is None:
        return None
    return Take(message.channel, tag.ts, tag.take), f"{marker.rpartition(':')[2]:>4} {message.ts}"


def offers(message: Message) -> Sequence[tuple[ControlKind, str | None]]:
    """What can be pressed below a message; of its menu the entry that deletes, by its value."""
    found: list[tuple[ControlKind, str | None]] = []
    for _, element in elements(message.blocks or ()):
        action = str(element.get("action_id", ""))
        if not action.startswith(ACTION):
            continue  # words
        control = ControlKind(action.removeprefix(ACTION))
        if control is ControlKind.MENU:
            found.append((control, str(as_objects(element.get("options"))[-1]["value"])))
        elif control is ControlKind.FEEDBACK:
            found.append((control, str(element["positive_button"]["value"])))
        else:
            found.append((control, None))
    return found
