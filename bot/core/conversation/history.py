"""A thread as the model reads it, within a token budget."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from bot.core.conversation.addressees import NOBODY
from bot.core.conversation.answer_key import answer_tag
from bot.core.conversation.authors import A_PERSON
from bot.core.conversation.content_parts import (
    TextPart,
    ToolCallPart,
    ToolResultPart,
    count_tokens,
    joined,
    prefixed,
    text_of,
    text_parts,
    utf8_length,
)
from bot.core.conversation.notices import without_asides
from bot.core.conversation.shared_files import is_file_of
from bot.core.conversation.token_estimate import estimate_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.core.conversation.addressees import Addressees
    from bot.core.conversation.answer_key import AnswerKey, AnswerTag
    from bot.core.conversation.authors import MessageAuthor
    from bot.core.conversation.content_parts import Parts
    from bot.core.conversation.incoming import Prompt
    from bot.core.conversation.shared_files import SharedFile

GAP = "\n[…]\n"
LEFT_OUT = (
    "The oldest messages of this conversation are left out, {} of them: they are too many for you to read."
)
NOTE = 30
"""Tokens that LEFT_OUT is kept."""
CONTINUE_PROMPT = (
    "Your answer above ended before it was complete. Go on exactly where it ended. Do not repeat anything, "
    "do not apologise, and do not begin anew."
)
LEAST = 300
"""Bytes of a message that are kept, whatever the budget: a question stays askable under an absurdly small one."""


class Role(Enum):
    """Names who said it, as the model is told."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One thing said to or by the model. Raises ValueError where it calls a tool, or answers for one, in another's role.

    So nothing that people write, forward or quote can become a call or a tool's word.
    """

    role: Role
    parts: Parts

    def __post_init__(self) -> None:
        for part in self.parts:
            if isinstance(part, ToolCallPart) and self.role is not Role.ASSISTANT:
                raise ValueError(f"only the model calls tools, not the {self.role.value}")
            if isinstance(part, ToolResultPart) is not (self.role is Role.TOOL):
                raise ValueError(f"a {type(part).__name__} is nothing that the {self.role.value} says")

    @property
    def text(self) -> str:
        """Its words alone."""
        return text_of(self.parts)


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """One message of a thread, as it stands in Slack. `ours`: we said it ourselves, as the part `marker` of a reply. One that is
    `growing` is a stream that nobody has ended yet: it has no marker."""

    ts: str
    user: str
    parts: Parts
    ours: bool = False
    marker: str = ""
    author: MessageAuthor = A_PERSON
    to: Addressees = NOBODY
    name: str = ""  # of an app, as the message itself has it
    last_reply: str = ""  # the ts of the newest message in the thread that it begins
    growing: bool = False
    files: tuple[SharedFile, ...] = ()  # of ours

    @property
    def text(self) -> str:
        """Its words alone."""
        return text_of(self.parts)


def as_message(prompt: Prompt) -> ThreadMessage:
    """Returns a question as a message of its thread."""
    return ThreadMessage(prompt.ts, prompt.user, prompt.parts, author=prompt.author, to=prompt.to)


class Takes:
    """Knows what stands in a thread of the answers to one question, the one with that ts."""

    def __init__(self, said: Iterable[ThreadMessage], question: str) -> None:
        said = list(said)
        self._messages: dict[AnswerTag, list[ThreadMessage]] = {}
        self._files = [file for one in said if one.ours for file in one.files]
        for one in said:
            tag = answer_tag(one.marker) if one.ours else None
            if tag is not None and tag.ts == question:
                self._messages.setdefault(tag, []).append(one)

    def messages(self, tag: AnswerTag) -> list[ThreadMessage]:
        """Returns the messages of an answer, oldest first; none where there is nothing of it any more."""
        return self._messages.get(tag, [])

    def files(self, tag: AnswerTag) -> list[SharedFile]:
        """Returns the files of an answer."""
        return [one for one in self._files if is_file_of(one.name, tag.name)]

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of the takes that stand there."""
        return frozenset(tag.take for tag in self._messages)

    def beside(self, answer: AnswerKey) -> list[str]:
        """Returns the ts of the first message of each earlier take that goes on from where `answer` does, the oldest first."""
        others = [
            tag for tag in self._messages if tag.continues == answer.continues and tag.take < answer.take
        ]
        return [self._messages[tag][0].ts for tag in sorted(others, key=lambda tag: tag.take)]

    def written(self, take: int | None) -> str:
        """Returns what was written up to the end of that take, with what it goes on from itself; "" for None."""
        found = [tag for tag in self._messages if tag.take == take]
        if not found:
            return ""
        text = "\n\n".join(one.text for one in self._messages[found[0]])
        return "\n\n".join(filter(None, (self.written(found[0].continues), without_asides(text))))


def continuation(written: str, *, budget: int) -> list[ChatMessage]:
    """Returns what the model is told besides where it has `written` half an answer: the end of that, in so many tokens, and to go on."""
    raw = written.encode(errors="replace")
    tail = raw[-max(LEAST, 3 * budget) :].decode(errors="ignore")
    return [
        ChatMessage(Role.ASSISTANT, text_parts(tail)),
        ChatMessage(Role.USER, text_parts(CONTINUE_PROMPT)),
    ]


@dataclass(frozen=True, slots=True)
class FittedHistory:
    """Holds what the model is given, and what it is not: how many older messages, and whether one is there without its middle."""

    messages: list[ChatMessage]
    left_out: int = 0
    is_cut: bool = False


def fit_history(said: Iterable[ThreadMessage], *, system: str, budget: int, unread: int = 0) -> FittedHistory:
    """Returns the system prompt, then as much of the thread's end as `budget` tokens hold; what is left out is told to the model.

    The newest message is always there: cut in its middle where it alone is too long, since people put what they want
    at the beginning or at the end. So many messages before these are `unread` as well. Neighbours of one role are joined,
    because some providers refuse two in a row.
    """
    said = [one for one in said if one.parts]
    kept = newest_fitting(said, budget - (count_tokens(text_parts(system)) if system else 0))
    left_out, is_cut = unread + len(said) - len(kept), bool(kept) and kept[-1] != said[-1]
    several = len({one.user for one in kept if one.user and not one.ours}) > 1
    turns = _in_turns(kept, several=several)
    note = LEFT_OUT.format(left_out) if left_out else ""
    if system:
        head = ChatMessage(Role.SYSTEM, text_parts("\n\n".join(filter(None, (system, note)))))
        return FittedHistory([head, *turns], left_out, is_cut)
    if note:
        turns[0] = replace(turns[0], parts=joined(text_parts(f"[{note}]"), turns[0].parts))
    return FittedHistory(turns, left_out, is_cut)


def newest_fitting(said: Sequence[ThreadMessage], budget: int) -> list[ThreadMessage]:
    """Returns the newest messages that so many tokens hold, the very newest in any case."""
    kept: list[ThreadMessage] = []
    # What is left out has to be told as well.
    reserve = NOTE if sum(count_tokens(one.parts) for one in said) > budget else 0
    budget -= reserve
    for one in reversed(said):
        cost = count_tokens(one.parts)
        if kept and cost > budget:
            break
        kept.append(cut_message(one, budget) if cost > budget else one)
        budget -= cost
    kept.reverse()
    # A conversation opens with a person: an answer whose question was dropped means nothing.
    while len(kept) > 1 and kept[0].ours:
        kept.pop(0)
    return kept


def cut_message(one: ThreadMessage, budget: int) -> ThreadMessage:
    """Returns the message with the longest of its texts cut in the middle, so that it has so many tokens."""
    texts = [part for part in one.parts if isinstance(part, TextPart)]
    if not texts:
        return one
    longest = max(texts, key=lambda part: utf8_length(part.text))
    left = budget - count_tokens(part for part in one.parts if part is not longest)
    short = TextPart(shortened(longest.text, left))
    return replace(one, parts=tuple(short if part is longest else part for part in one.parts))


def shortened(text: str, tokens: int) -> str:
    """Returns the beginning and the end of `text`, of so many tokens, but of LEAST bytes in any case."""
    raw = text.encode(errors="replace")
    room = len(raw) * max(0, tokens) // max(1, estimate_tokens(text))
    while (
        (short := _ends(raw, max(LEAST, room))) != text and estimate_tokens(short) > tokens and room > LEAST
    ):
        room = room * 4 // 5  # where what is dense stands at an end
    return short


def _ends(raw: bytes, most: int) -> str:
    half = max(0, most - utf8_length(GAP)) // 2
    if 2 * half >= len(raw):
        return raw.decode(errors="ignore")
    return raw[:half].decode(errors="ignore") + GAP + raw[-half:].decode(errors="ignore")


def _in_turns(said: Sequence[ThreadMessage], *, several: bool) -> list[ChatMessage]:
    messages: list[ChatMessage] = []
    for one in said:
        role = Role.ASSISTANT if one.ours else Role.USER
        named = several and one.user and not one.ours
        parts = prefixed(f"@{one.user}: ", in_one_voice(one.parts)) if named else one.parts
        if messages and messages[-1].role is role:
            messages[-1] = ChatMessage(role, joined(messages[-1].parts, parts))
        else:
            messages.append(ChatMessage(role, parts))
    return messages


def in_one_voice(parts: Parts) -> Parts:
    """Returns the parts with what looks as if another person began to speak, at the beginning of a line, marked as quoted."""
    return tuple(
        TextPart(_OTHER_VOICE.sub(r"> \g<0>", part.text)) if isinstance(part, TextPart) else part
        for part in parts
    )


_OTHER_VOICE = re.compile(r"^@[^\n:]{1,90}:", re.MULTILINE)
