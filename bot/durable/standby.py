"""The record while its database is full, locked or read-only: what is to be kept is owed, and nobody waits for it.

A reader's answer goes first, and lasting is an extra. What this process knows of its own turns stands in for the record until
the database has taken what is owed to it, each turn's in its order. For one process: several share PostgreSQL, and wait.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.turn_order import Ending, TurnStage, TurnStanding
from bot.durable.turn_store import Entry

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Sequence
    from typing import Any

    from bot.core.conversation.incoming import ThreadKey, Vanished
    from bot.durable.outage import Outage
    from bot.durable.turn_store import TurnStore

log = logging.getLogger(__name__)

Said = TypeVar("Said")
Key: TypeAlias = "AnswerKey | ThreadKey | Vanished | None"
_RUNS = (TurnStage.THINKING, TurnStage.WRITING)


class Standby:
    """Answers as the record would, where that cannot be asked. Owns what is owed while the block of `open` runs."""

    def __init__(self, record: TurnStore, outage: Outage, *, replica: str) -> None:
        self._record = record
        self._outage = outage
        self._replica = replica
        self._owed: dict[Key, asyncio.Task[Any]] = {}  # the last of what each waits for
        self._all: set[asyncio.Task[Any]] = set()
        self._known: dict[AnswerKey, Entry] = {}  # of our own turns, also over ones that are owed
        self._joined: set[ThreadKey] = set()

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """What is owed at the end of the block is lost: its readers have been told by then."""
        try:
            yield
        finally:
            for task in self._all:
                task.cancel()
            await asyncio.gather(*self._all, return_exceptions=True)

    # ---- a turn

    async def begin(self, turn: AnswerKey) -> Entry:
        new = Entry(TurnStage.WAITING, 1, 0, None, frozenset(), self._replica)
        self._known[turn] = await self._keep(turn, self._record.begin(turn), lambda: new)
        return self._known[turn]

    async def others(self, turn: AnswerKey) -> list[TurnStanding]:
        found = await self._keep(None, self._record.others(turn), list[TurnStanding])
        owed = self._owing(turn.thread)
        ours = [
            TurnStanding(one.name, one.user, entry.stage)
            for one, entry in owed.items()
            if one.name != turn.name
        ]
        known = {one.ts: one for one in (*found, *ours)}
        return [one for one in known.values() if one.stage is not TurnStage.OVER]

    async def think(self, turn: AnswerKey) -> bool:
        def free() -> bool:
            owed = self._owing(turn.thread)
            return not any(entry.stage in _RUNS for one, entry in owed.items() if one != turn)

        return self._moved(turn, TurnStage.THINKING, await self._keep(turn, self._record.think(turn), free))

    async def work(self, turn: AnswerKey) -> None:
        await self._keep(turn, self._record.work(turn), lambda: None)

    async def write(self, turn: AnswerKey) -> bool:
        def ours() -> bool:
            return turn not in self._known or self._known[turn].ending is None

        return self._moved(turn, TurnStage.WRITING, await self._keep(turn, self._record.write(turn), ours))

    async def supersede(self, turn: AnswerKey, questions: Iterable[str]) -> None:
        asked = set(questions)
        for one, entry in self._owing(turn.thread).items():
            if one.name in asked and entry.stage in (TurnStage.WAITING, TurnStage.THINKING):
                self._known[one] = replace(entry, stage=TurnStage.OVER, ending=Ending.SUPERSEDED)
        await self._keep(turn, self._record.supersede(turn, asked), lambda: None)

    async def finish(self, turn: AnswerKey) -> None:
        self._moved(turn, TurnStage.OVER, True)
        await self._keep(turn, self._record.finish(turn), lambda: None)
        if turn not in self._owed:
            self._known.pop(turn, None)

    # ---- what readers want

    async def stop(self, thread: ThreadKey) -> None:
        self._ends((turn for turn in self._known if turn.thread == thread), Ending.STOPPED)
        await self._keep(thread, self._record.stop(thread), lambda: None)

    async def vanish(self, message: Vanished) -> None:
        place = (message.team, message.channel)
        near = [one for one in self._known if (one.thread.team, one.thread.channel) == place]
        if message.ours:
            for one in near:
                if one.thread.thread_ts == message.thread_ts:
                    entry = self._known[one]
                    self._known[one] = replace(entry, vanished=entry.vanished | {message.ts})
        else:
            self._ends((one for one in near if one.turn.ts == message.ts), Ending.GONE)
        await self._keep(message, self._record.vanish(message), lambda: None)

    async def entries(self, wanted: Sequence[AnswerKey]) -> dict[AnswerKey, Entry]:
        found = await self._keep(None, self._record.entries(wanted), dict[AnswerKey, Entry])
        return found | {
            turn: self._known[turn] for turn in wanted if turn in self._known and turn in self._owed
        }

    async def hand_over(self) -> None:
        await self._record.hand_over()

    # ---- threads

    async def join(self, thread: ThreadKey) -> None:
        self._joined.add(thread)
        await self._keep(thread, self._record.join(thread), lambda: None)
        if thread not in self._owed:
            self._joined.discard(thread)

    async def took_part(self, thread: ThreadKey) -> bool:
        return thread in self._joined or await self._keep(None, self._record.took_part(thread), lambda: False)

    # ---- inside

    async def _keep(self, key: Key, work: Coroutine[Any, Any, Said], otherwise: Callable[[], Said]) -> Said:
        """What the record says; or else, where that has to wait, `otherwise`, and the work is owed."""
        task = asyncio.create_task(_after(self._owed.get(key), work))
        self._all.add(task)
        task.add_done_callback(self._all.discard)
        if key is not None:
            self._owed[key] = task
            task.add_done_callback(lambda _: self._paid(key, task))
        if await self._outage.spares(task):
            return task.result()
        task.add_done_callback(_complain)
        return otherwise()

    def _paid(self, key: Key, task: asyncio.Task[Any]) -> None:
        if self._owed.get(key) is not task:
            return
        del self._owed[key]
        if isinstance(key, AnswerKey) and key in self._known and self._known[key].stage is TurnStage.OVER:
            del self._known[key]

    def _owing(self, thread: ThreadKey) -> dict[AnswerKey, Entry]:
        """Our turns of the thread of which the record does not know the newest."""
        return {
            one: entry for one, entry in self._known.items() if one.thread == thread and one in self._owed
        }

    def _moved(self, turn: AnswerKey, stage: TurnStage, may: bool) -> bool:
        if may and turn in self._known:
            self._known[turn] = replace(self._known[turn], stage=stage)
        return may

    def _ends(self, which: Iterable[AnswerKey], ending: Ending) -> None:
        for turn in list(which):
            self._known[turn] = replace(self._known[turn], ending=self._known[turn].ending or ending)


async def _after(before: asyncio.Task[Any] | None, work: Coroutine[Any, Any, Said]) -> Said:
    try:
        if before is not None:
            await asyncio.wait([before])
    except BaseException:
        work.close()
        raise
    return await work


def _complain(task: asyncio.Task[Any]) -> None:
    """Of what was owed and cannot be kept: nobody else hears of it."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("record.lost", extra={"kind": type(error).__name__})
