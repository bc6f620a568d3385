"""Decides which of the tools that an answer uses stand in its stream as Slack's task cards, and what each of them says.

    the tool                        its card is
    ==============================  =======================================================
    waits until it may act          pending
    is at work                      in progress
    has done it, or has failed      complete, or an error
    is at work as the answer ends   an error: nobody will hear of it any more
    ... as its message is full      complete, and begun anew in the next message

A card says a tool's name and nothing of what it is given or gives. It stands between two blocks of the text, as it was when the model
called the tool, never inside of one: a tool that is called there has none. Told of again, a card changes in its place. Source:
docs.slack.dev, chat.startStream, `task_update`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from bot.core.conversation.deltas import ToolState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.deltas import ToolStep

MOST = 20
"""Cards of a message: it may have 50 blocks, and text may follow each card."""
TITLE = 200
"""Characters of a title; Slack's page says 256."""


class TaskStatus(Enum):
    """Says how far a task is, in Slack's words."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    ERROR = "error"

    @property
    def over(self) -> bool:
        """Tells whether nothing more will come of it."""
        return self in (TaskStatus.COMPLETE, TaskStatus.ERROR)


_NEXT_BLOCK = re.compile(r"\n\n\S")
_STATUS = {
    ToolState.STARTED: TaskStatus.IN_PROGRESS,
    ToolState.ASKED: TaskStatus.PENDING,
    ToolState.ENDED: TaskStatus.COMPLETE,
    ToolState.FAILED: TaskStatus.ERROR,
}
# What Slack might read as a mention or a link. Most names are of our making, but those of somebody's own agent may be any.
_PLAINLY = str.maketrans("<>&`", "()+'")


@dataclass(frozen=True, slots=True)
class TaskCard:
    """Says what one use of a tool has come to. `id` names it among all of its answer."""

    id: str
    title: str
    status: TaskStatus


class CardCall(NamedTuple):
    """Says what a call tells of a card: that it changes in its place, or that it is new behind `at` characters of the call's text."""

    card: TaskCard
    at: int | None = None


StreamPiece: TypeAlias = str | TaskCard


def stream_pieces(markdown: str, cards: Sequence[CardCall], *, below_card: bool) -> tuple[StreamPiece, ...]:
    """Returns what a call adds to a stream, in its order. What stands below a card is a block of its own."""
    pieces: list[StreamPiece] = [card for card, at in cards if at is None]
    done = 0
    for card, at in cards:
        if at is not None:
            pieces += [_between(markdown[done:at], below_card=below_card), card]
            done, below_card = at, True
    pieces.append(_between(markdown[done:], below_card=below_card))
    return tuple(filter(None, pieces))


class TaskCards:
    """Knows the cards of one answer, and which of them its current message shows."""

    def __init__(self) -> None:
        self._cards: dict[str, TaskCard] = {}  # by their ids
        self._newest: dict[str, str] = {}  # by the call that the model has made: some name several alike
        self._shown: dict[str, TaskCard] = {}  # in the current message, by their ids
        self._places: dict[str, str] = {}  # of those that will be: the text that each stands below
        self._count = 0

    def hear(self, step: ToolStep, text: str | None) -> None:
        """A tool has come so far. `text` is what the message says by now; None where no card may stand below it."""
        card = self._cards.get(self._newest.get(step.call_id, ""))
        if card is None or card.status.over:
            self._count += 1
            card = TaskCard(f"t{self._count}", step.name.translate(_PLAINLY)[:TITLE], _STATUS[step.state])
            self._newest[step.call_id] = card.id
            if text is not None:
                self._place(card, text)
        self._cards[card.id] = replace(card, status=_STATUS[step.state])

    @property
    def owed(self) -> bool:
        """Tells whether the message does not say of them what it should."""
        return bool(self._places or self._due("", 0, None))

    def due(self, text: str, upto: int, *, end: TaskStatus | None = None) -> tuple[CardCall, ...]:
        """Returns what has to be told of them by a call that makes a message say `text`, of which it says `upto` characters already.
        Where the message ends with that, what is at work has the status `end` there."""
        self._places = {name: place for name, place in self._places.items() if _may_come(place, text, upto)}
        return self._due(text, upto, end)

    def land(self, calls: Sequence[CardCall]) -> None:
        """The current message shows that."""
        self._shown |= {card.id: card for card, _ in calls}
        for card, _ in calls:
            self._places.pop(card.id, None)

    def turn_over(self) -> None:
        """Another message follows: what is at work will be begun there, above its text."""
        self._shown, self._places = {}, {}
        self._cards = {name: card for name, card in self._cards.items() if not card.status.over}
        for card in self._cards.values():
            self._place(card, "")

    # ---- inside

    def _place(self, card: TaskCard, text: str) -> None:
        if len(self._shown) + len(self._places) < MOST:
            self._places[card.id] = text

    def _due(self, text: str, upto: int, end: TaskStatus | None) -> tuple[CardCall, ...]:
        calls: list[CardCall] = []
        for card in self._cards.values():
            said = card if end is None or card.status.over else replace(card, status=end)
            if self._shown.get(card.id, said) != said:
                calls.append(CardCall(said))
            elif (place := self._places.get(card.id)) is not None and _is_above(place, text):
                calls.append(CardCall(said, len(place) - upto))
        return tuple(calls)


def _between(text: str, *, below_card: bool) -> str:
    return text.lstrip("\n") if below_card else text


def _is_above(place: str, text: str) -> bool:
    """Tells whether a text stands above the rest of another as blocks of its own."""
    return text == place or (text.startswith(place) and (not place or begins_block(text[len(place) :])))


def _may_come(place: str, text: str, upto: int) -> bool:
    """Tells whether a card can be begun there, now or later: the message goes no further."""
    open_end = place.startswith(text) or (text.startswith(place) and not text[len(place) :].strip("\n"))
    return len(place) >= upto and (open_end or _is_above(place, text))


def begins_block(text: str) -> bool:
    """Tells whether a text may stand below a card: it is no line of a list, a quote or code that began above."""
    return _NEXT_BLOCK.match(text) is not None
