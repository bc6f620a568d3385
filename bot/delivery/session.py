"""Holds what the sender keeps of one running reply, and whom it works for."""

from __future__ import annotations

import asyncio
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from bot.core.conversation import notices as notes
from bot.core.delivery.controls import AnswerEnd
from bot.delivery.cooperative_steps import in_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.deltas import Usage
    from bot.core.conversation.incoming import ThreadKey
    from bot.core.conversation.shared_files import AnswerFile, SharedFile
    from bot.core.delivery.reply import Reply
    from bot.core.delivery.slack_calls import ShownMessage, SlackCall
    from bot.core.pacing.budget import Budget
    from bot.language.translatable import Translatable

Result = TypeVar("Result")


class MessageSurface(Protocol):
    """Does for a reply what a workspace can; see `bot.slack.web_api_client`."""

    async def carry_out(self, call: SlackCall) -> str: ...
    async def find(self, thread: ThreadKey, marker: str, *, since: str) -> str | None: ...
    async def read(self, thread: ThreadKey, ts: str) -> ShownMessage | None: ...


class DeliveryObserver(Protocol):
    """Keeps a record of a reply while it is shown."""

    async def opening(self) -> bool:
        """The first words are about to be shown; False: they must not be."""
        ...

    def posted(self, part: int, ts: str) -> None:
        """The message `ts` stands in Slack, and shows that part."""
        ...

    def ended(self, used: Usage | None, how: AnswerEnd) -> None:
        """The model has said all that it will. `used` is what its provider counted; None where that does not tell."""
        ...


class AnswerFileKeeper(Protocol):
    """Keeps what does not fit the messages of answers; see `bot.delivery.answer_files`."""

    async def share(self, file: AnswerFile) -> bool: ...
    async def find(self, answer: AnswerKey) -> list[SharedFile]: ...
    async def delete(self, thread: ThreadKey, files: Sequence[SharedFile]) -> None: ...


class SharedQuota(Protocol):
    """Knows what other replicas spend besides; see `bot.durable.shared_budget`."""

    async def ask(self, budget: Budget, name: str, *, slots: int, urgent: bool) -> bool:
        """Tells whether a call that is about to leave fits what all together may spend."""
        ...

    def answered(self, budget: Budget) -> None:
        """Such a call has come back."""
        ...


class Heard(NamedTuple):
    """Counts how much text the model had sent when a call left, and when the last of it came. `arrivals` adds up when each character
    came."""

    deltas: int = 0
    at: float = float("-inf")
    chars: int = 0
    arrivals: float = 0.0

    def plus(self, chars: int, now: float) -> Heard:
        """Returns the same with a delta of so many characters."""
        return Heard(self.deltas + 1, now, self.chars + chars, self.arrivals + chars * now)


class Landed(NamedTuple):
    """Counts what a call was the first to carry: deltas, their characters, and how long each of those waited, added up in seconds."""

    deltas: int = 0
    chars: int = 0
    delay: float = 0.0


NOTHING_HEARD = Heard()


class Closing(NamedTuple):
    """Holds what else the reader should know, in Markdown, of an answer that is over, and how it has ended."""

    words: str
    how: AnswerEnd = AnswerEnd.WHOLE


@dataclass(slots=True)
class DeliverySession:
    """The shell's side of one running reply. `word` is what its reader is told where it is ended early, and `how` it then ends."""

    reply: Reply
    witness: DeliveryObserver | None
    opened: bool
    context: Context = field(default_factory=copy_context)  # that of its turn: its calls are made in it
    reading: asyncio.Task[Closing] | None = None
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    word: Translatable | None = notes.STOPPED
    how: AnswerEnd = AnswerEnd.FAILED
    refusals: int = 0  # in a row, of the kinds that are not believed at once
    told: bool = False  # that Slack makes it wait
    heard: Heard = NOTHING_HEARD
    landed: Heard = NOTHING_HEARD  # all of which Slack has taken
    used: Usage | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def work(self, work: Callable[[], Result]) -> Result:
        """Does `work` on the reply in steps, while nothing else is done to it. Returns what that returns."""
        async with self.lock:
            return await in_steps(work)

    def hear(self, chars: int, now: float) -> None:
        """Notes that the model has sent a delta of so many characters."""
        self.heard = self.heard.plus(chars, now)

    def land(self, heard: Heard, now: float) -> Landed:
        """Notes that Slack has taken a call that left then. Returns what it was the first to carry."""
        before = self.landed
        if heard.deltas <= before.deltas:
            return Landed()
        self.landed, chars = heard, heard.chars - before.chars
        return Landed(heard.deltas - before.deltas, chars, chars * now - (heard.arrivals - before.arrivals))

    def end(self, word: Translatable | None, how: AnswerEnd) -> None:
        self.word, self.how = word, how
        if self.reading is not None:
            self.reading.cancel()

    async def was_busy(self) -> bool:
        """Tells whether something was just being done to the reply; returns when that is over."""
        busy = self.lock.locked()
        async with self.lock:
            return busy

    async def opens(self) -> bool:
        """Tells whether it may be shown; asked once, before the first word."""
        if not self.opened and self.witness is not None:
            self.opened = await self.witness.opening()
        return self.opened

    def posted(self, part: int, ts: str) -> None:
        """The message `ts` stands in Slack, and shows that part."""
        if self.witness is not None:
            self.witness.posted(part, ts)
