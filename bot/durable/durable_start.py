"""A turn is kept before it begins; where the database takes nothing, it begins all the same, and is kept when that is over.

Between the engine and the turns: the engine asks for the news of a turn one by one, and where the turn has run ahead it is given
those that it has missed.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.durable.workflow import News, SegmentPosted, TurnOver
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from typing import Any

    from bot.core.conversation.answer_key import AnswerKey
    from bot.durable.outage import Outage
    from bot.durable.workflow import Engine, Worker


@dataclass(eq=False, slots=True)
class Ahead:
    """A turn that runs ahead of its record: its news so far."""

    news: list[News] = field(default_factory=list[News])
    more: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def posted(self) -> list[SegmentPosted]:
        return [one for one in self.news if isinstance(one, SegmentPosted)]

    async def add(self, news: News) -> None:
        async with self.more:
            self.news.append(news)
            self.more.notify_all()

    async def after(self, count: int) -> News:
        """The news that follows so many."""
        async with self.more:
            await self.more.wait_for(lambda: len(self.news) > count)
        return self.news[count]


class Keeping:
    """Makes turns durable, and does not let them wait for it where the outage of the database is known."""

    def __init__(self, engine: Engine, outage: Outage) -> None:
        self._engine = engine
        self._outage = outage
        self._ahead: dict[AnswerKey, Ahead] = {}
        self._tasks: dict[asyncio.Task[Any], AnswerKey] = {}

    @asynccontextmanager
    async def open(self, worker: Worker) -> AsyncGenerator[None]:
        """Turns run, and are resumed, while the block does."""
        self._worker = worker
        async with self._engine.open(self):
            try:
                yield
            finally:
                await self._cancel(None)

    @property
    def unkept(self) -> bool:
        """Tells whether a turn runs of which nothing is on record."""
        return bool(self._ahead)

    async def start(self, turn: AnswerKey) -> bool:
        """Keep the turn and begin it here. False where it was taken before, in whichever process."""
        if turn in self._ahead:
            return False
        claim = asyncio.create_task(self._engine.start(turn))
        self._own(claim, turn)
        if await self._outage.spares(claim):
            return claim.result()
        if await self._is_kept(turn):
            return False
        self._ahead[turn] = Ahead()
        claim.add_done_callback(lambda _: self._claimed(turn, claim))
        self._own(asyncio.create_task(self._run(turn, self._ahead[turn])), turn)
        return True

    async def abandon(self, turn: AnswerKey | None = None) -> None:
        """Leave the turn, or all of them, as they are on record."""
        await self._cancel(turn)
        await self._engine.abandon(turn)

    # ---- for the engine

    async def go_on(self, turn: AnswerKey, posted: Sequence[SegmentPosted]) -> News:
        """The next news of the turn; what it has run ahead of its record is told first."""
        ahead = self._ahead.get(turn)
        if ahead is None:
            return await self._worker.go_on(turn, posted)
        news = await ahead.after(len(posted))
        if isinstance(news, TurnOver):
            self._ahead.pop(turn, None)
        return news

    # ---- inside

    async def _run(self, turn: AnswerKey, ahead: Ahead) -> None:
        while True:
            news = await self._worker.go_on(turn, ahead.posted)
            await ahead.add(news)
            if isinstance(news, TurnOver):
                return

    async def _is_kept(self, turn: AnswerKey) -> bool:
        """Tells whether it was on record before: what takes no word may still be read."""
        look = asyncio.create_task(self._engine.knows(turn))
        self._own(look, turn)
        return await self._outage.spares(look) and look.result()

    def _claimed(self, turn: AnswerKey, claim: asyncio.Task[bool]) -> None:
        """Late. Where it is not ours to keep after all, nobody will ask for its news."""
        if claim.cancelled():
            return
        if (error := claim.exception()) is not None:
            tell(facts.TurnUnkept(kind=type(error).__name__))
        if error is not None or not claim.result():
            self._ahead.pop(turn, None)

    def _own(self, task: asyncio.Task[Any], turn: AnswerKey) -> None:
        self._tasks[task] = turn
        task.add_done_callback(lambda done: self._tasks.pop(done, None))

    async def _cancel(self, turn: AnswerKey | None) -> None:
        tasks = [task for task, its in self._tasks.items() if turn is None or its == turn]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for one in list(self._ahead) if turn is None else [turn]:
            self._ahead.pop(one, None)
