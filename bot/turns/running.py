"""Holds what runs of a turn in this process, and what it needs of the record."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bot.core.conversation.deltas import Finish, Reason, Text
from bot.durable.workflow import News, SegmentPosted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.deltas import DeltaStream, Usage
    from bot.core.conversation.history import ChatMessage
    from bot.core.conversation.incoming import ThreadKey, Vanished
    from bot.core.conversation.turn_order import Ending
    from bot.core.delivery.controls import AnswerEnd
    from bot.durable.spending_store import Reservation
    from bot.durable.turn_store import Entry, Sight


class Model(Protocol):
    """Answers a conversation; see `bot.model.chat_stream`."""

    def stream(self, messages: Sequence[ChatMessage]) -> DeltaStream: ...


class Starter(Protocol):
    """Makes turns durable; see `bot.durable.durable_start`."""

    @property
    def unkept(self) -> bool:
        """Tells whether a turn runs of which nothing is on record."""
        ...

    async def start(self, turn: AnswerKey) -> bool: ...
    async def abandon(self, turn: AnswerKey | None = None) -> None: ...


class RunningRecord(Protocol):
    """Holds what is on record of turns, for all replicas; see `bot.durable.turn_store`."""

    async def claim(self, turn: AnswerKey, *, at_work: bool) -> Entry: ...
    async def work(self, turn: AnswerKey) -> None: ...
    async def write(self, turn: AnswerKey) -> bool: ...
    async def finish(self, turn: AnswerKey) -> None: ...
    async def stop(self, thread: ThreadKey, name: str = "") -> None: ...
    async def leave(self, thread: ThreadKey, *, since: str) -> None: ...
    async def vanish(self, message: Vanished) -> None: ...
    async def look(self, ours: Sequence[AnswerKey], threads: Collection[ThreadKey]) -> Sight: ...
    async def hand_over(self) -> None: ...


@dataclass(eq=False, slots=True)
class Running:
    """A turn that this process works on, and the witness of its reply."""

    turn: AnswerKey
    record: RunningRecord
    news: asyncio.Queue[News] = field(default_factory=asyncio.Queue[News])
    work: asyncio.Task[str | None] | None = None
    life: asyncio.Task[None] | None = None
    ending: Ending | None = None
    begun_at: float | None = None  # by the loop's clock; on record it is ours since
    has_waited: bool = False  # for its thread
    place: Reservation | None = None  # in the budgets, until it is settled
    used: Usage | None = None
    asked: bool = False  # whether a model is asked
    model: str = ""  # that answers, where somebody has chosen one
    end: AnswerEnd | None = None  # of what the model said; None: it was not asked, or not heard to its end
    is_stuck: bool = False  # this process cannot end it; another one can
    tidying: bool = False  # it is over, but for what is to be taken away below its reply

    @property
    def begun(self) -> bool:
        """Tells whether it is ours on record."""
        return self.begun_at is not None

    def begin(self) -> None:
        """It is ours on record, from now on or since before."""
        if self.begun_at is None:
            self.begun_at = asyncio.get_running_loop().time()

    def seconds(self) -> float | None:
        """Returns how long ago it began here; None where it never did."""
        return None if self.begun_at is None else asyncio.get_running_loop().time() - self.begun_at

    async def opening(self) -> bool:
        return await self.record.write(self.turn)

    def posted(self, part: int, ts: str) -> None:
        self.news.put_nowait(SegmentPosted(part, ts))

    def ended(self, used: Usage | None, how: AnswerEnd) -> None:
        self.used, self.end = used, how


async def said(text: str, *, note: str = "", reason: Reason = Reason.OURS) -> DeltaStream:
    """Words of our own, as if a model had said them."""
    yield Text(text)
    yield Finish(reason, note)
