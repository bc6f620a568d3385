"""The record while its database is full, locked or read-only: what is to be kept is owed, and nobody waits for it.

A reader's answer goes first, and lasting is an extra. What this process knows of its own turns stands in for the record until
the database has taken what is owed to it, each thread's in its order. For one process: several share PostgreSQL, and wait.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from bot.core.conversation.incoming import ThreadKey
from bot.core.conversation.reply_policy import Participation
from bot.core.conversation.turn_order import Ending, TurnStage, TurnStanding, move
from bot.durable.turn_store import Entry, RecordedAnswer, Sight
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Coroutine, Iterable, Sequence
    from typing import Any

    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.incoming import Claim, Vanished
    from bot.durable.outage import Outage
    from bot.durable.turn_store import TurnStore

Said = TypeVar("Said")


class Standby:
    """Answers as the record would, where that cannot be asked. Owns what is owed while the block of `open` runs."""

    def __init__(self, record: TurnStore, outage: Outage, *, replica: str) -> None:
        self._record = record
        self._outage = outage
        self._replica = replica
        self._owed: dict[asyncio.Task[Any], ThreadKey] = {}  # in the order of their coming
        self._asked: set[asyncio.Task[Any]] = set()
        self._known: dict[AnswerKey, Entry] = {}  # of our own turns, also over ones that are owed
        self._joined: set[ThreadKey] = set()
        self._left: dict[ThreadKey, str] = {}

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """What is owed at the end of the block is lost: its readers have been told by then."""
        try:
            yield
        finally:
            left = [*self._owed, *self._asked]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    # ---- a turn

    async def claim(self, turn: AnswerKey, *, at_work: bool) -> Entry:
        """See `TurnStore.claim`."""
        work = self._record.claim(turn, at_work=at_work)
        entry = await self._keep(turn.thread, work, lambda: self._claim(turn, at_work=at_work))
        self._known[turn] = entry
        return entry

    async def work(self, turn: AnswerKey, *, at_work: bool = True) -> None:
        """See `TurnStore.work`."""
        await self._keep(turn.thread, self._record.work(turn, at_work=at_work), lambda: None)

    async def write(self, turn: AnswerKey) -> bool:
        """See `TurnStore.write`."""

        def ours() -> bool:
            return turn not in self._known or self._known[turn].ending is None

        may = await self._keep(turn.thread, self._record.write(turn), ours)
        if may:
            self._moved(turn, TurnStage.WRITING)
        return may

    async def post(self, turn: AnswerKey, part: int, ts: str) -> None:
        """See `TurnStore.post`."""
        await self._keep(turn.thread, self._record.post(turn, part, ts), lambda: None)

    async def posted(self, turn: AnswerKey) -> dict[int, str]:
        """See `TurnStore.posted`. Nothing where the record cannot be asked: what stands in Slack says more than nothing."""
        return await self._keep(None, self._record.posted(turn), dict[int, str])

    async def finish(self, turn: AnswerKey) -> None:
        """See `TurnStore.finish`."""
        self._moved(turn, TurnStage.OVER)
        await self._keep(turn.thread, self._record.finish(turn), lambda: None)

    # ---- what readers want

    async def stop(self, thread: ThreadKey, name: str = "") -> None:
        """See `TurnStore.stop`."""
        ours = self._ours(thread)
        self._ends((turn for turn in ours if not name or turn.name == name), Ending.STOPPED)
        await self._keep(thread, self._record.stop(thread, name), lambda: None)

    async def find(self, claim: Claim, *, newest: bool = False) -> RecordedAnswer | None:
        """See `TurnStore.find`."""
        known = [one for one in self._known if claim == (one.turn.claim if newest else one.claim)]
        known.sort(key=lambda one: one.take)
        if known and known[-1].thread in self._owed.values():
            return self._recorded(known)  # the record can be asked, and does not know yet
        asking = self._record.find(claim, newest=newest)
        return await self._keep(None, asking, lambda: self._recorded(known))

    async def vanish(self, message: Vanished) -> None:
        """See `TurnStore.vanish`."""
        thread = ThreadKey(message.team, message.channel, message.thread_ts)
        if message.ours:
            for one in self._ours(thread):
                entry = self._known[one]
                self._known[one] = replace(entry, vanished=entry.vanished | {message.ts})
        else:
            self._ends((one for one in self._ours(thread) if one.turn.ts == message.ts), Ending.GONE)
        await self._keep(thread, self._record.vanish(message), lambda: None)

    async def look(self, ours: Sequence[AnswerKey], threads: Collection[ThreadKey]) -> Sight:
        """See `TurnStore.look`. What is owed of a thread goes before what is on record of it."""
        seen, owing = await self._see(self._record.look(ours, threads))
        sight = seen if seen is not None else Sight({}, {thread: [] for thread in threads})
        for turn in ours:
            if turn in self._known and (seen is None or turn.thread in owing):
                sight.entries[turn] = self._known[turn]
        for thread, standing in sight.threads.items():
            if seen is None or thread in owing:
                known = {one.ts: one for one in (*standing, *self._standing(thread))}
                standing[:] = [one for one in known.values() if one.stage is not TurnStage.OVER]
        return sight

    async def entries(self, wanted: Sequence[AnswerKey]) -> dict[AnswerKey, Entry]:
        """See `TurnStore.entries`."""
        return (await self.look(wanted, ())).entries

    async def hand_over(self) -> None:
        """See `TurnStore.hand_over`."""
        await self._record.hand_over()

    async def participation(self, turn: AnswerKey) -> Participation:
        """See `TurnStore.participation`."""
        seen, owing = await self._see(self._record.participation(turn))
        if seen is None:
            return self._participation(turn)
        return self._joint(turn, seen) if turn.thread in owing else seen

    async def leave(self, thread: ThreadKey, *, since: str) -> None:
        """See `TurnStore.leave`."""
        self._left[thread] = since
        await self._keep(thread, self._record.leave(thread, since=since), lambda: None)

    # ---- inside

    def _participation(self, turn: AnswerKey) -> Participation:
        """Returns what the record will say, as far as this process knows."""
        known = [one for one in self._ours(turn.thread) if one != turn]
        return Participation(
            turn.thread in self._joined,
            asked=any(one.user == turn.user and one.turn.ts < turn.turn.ts for one in known),
            left=turn.thread in self._left and self._left[turn.thread] < turn.turn.ts,
            is_free=all(self._known[one].stage is TurnStage.OVER for one in known),
        )

    def _joint(self, turn: AnswerKey, seen: Participation) -> Participation:
        """Returns what the record will say, where it says what was `seen` and something is owed to it of the turn's thread."""
        thread, known = turn.thread, self._participation(turn)
        return replace(
            seen,
            took_part=seen.took_part or known.took_part,
            asked=seen.asked or known.asked,
            left=known.left if thread in self._left or thread in self._joined else seen.left,
            is_free=known.is_free,  # of the turns that are not over we know all
        )

    def _claim(self, turn: AnswerKey, *, at_work: bool) -> Entry:
        """Returns what the record will say, as far as this process knows."""
        new = Entry(TurnStage.WAITING, 1, 0, None, frozenset(), self._replica, at_work=False)
        entry = self._known.get(turn, new)
        if not entry.waits:
            return entry
        others = [
            one
            for one in self._standing(turn.thread)
            if one.ts != turn.name and one.stage is not TurnStage.OVER
        ]
        step = move(TurnStanding(turn.name, turn.user, TurnStage.WAITING), others)
        for one in self._ours(turn.thread):
            if one.name in step.supersedes:
                self._known[one] = replace(self._known[one], stage=TurnStage.OVER, ending=Ending.SUPERSEDED)
        if not step.begins:
            return entry
        self._joined.add(turn.thread)
        if self._left.get(turn.thread, turn.turn.ts) < turn.turn.ts:
            del self._left[turn.thread]
        return replace(entry, stage=TurnStage.THINKING, at_work=at_work)

    async def _see(self, asking: Coroutine[Any, Any, Said]) -> tuple[Said | None, set[ThreadKey]]:
        """Returns what the record says, None where it has to wait; and the threads of which something is owed that it may not have seen."""
        owed = set(self._owed.values())
        seen: Said | None = await self._keep(None, asking, lambda: None)
        return seen, owed.union(self._owed.values())  # also of what was paid meanwhile

    async def _keep(
        self, thread: ThreadKey | None, work: Coroutine[Any, Any, Said], otherwise: Callable[[], Said]
    ) -> Said:
        """Returns what the record says; or else, where that has to wait, `otherwise`, and the work on the thread is owed."""
        before = [task for task, of in self._owed.items() if of == thread]
        task = asyncio.create_task(_after(before, work))
        if thread is None:
            self._asked.add(task)
            task.add_done_callback(self._asked.discard)
        else:
            self._owed[task] = thread
            task.add_done_callback(self._paid)
        if await self._outage.spares(task):
            return task.result()
        task.add_done_callback(_complain)
        return otherwise()

    def _paid(self, task: asyncio.Task[Any]) -> None:
        thread = self._owed.pop(task)
        if thread in self._owed.values():
            return
        self._joined.discard(thread)
        self._left.pop(thread, None)
        for turn in self._ours(thread):
            if self._known[turn].stage is TurnStage.OVER:
                del self._known[turn]

    def _recorded(self, answers: Sequence[AnswerKey]) -> RecordedAnswer | None:
        """Returns what the record would say of the last of them, as far as this process knows."""
        if not answers:
            return None
        last = answers[-1]
        entry = self._known[last]
        return RecordedAnswer(last.name, last.thread, last.user, entry.stage, entry.ending)

    def _ours(self, thread: ThreadKey) -> list[AnswerKey]:
        return [one for one in self._known if one.thread == thread]

    def _standing(self, thread: ThreadKey) -> list[TurnStanding]:
        return [TurnStanding(one.name, one.user, self._known[one].stage) for one in self._ours(thread)]

    def _moved(self, turn: AnswerKey, stage: TurnStage) -> None:
        if turn in self._known:
            self._known[turn] = replace(self._known[turn], stage=stage)

    def _ends(self, which: Iterable[AnswerKey], ending: Ending) -> None:
        for turn in list(which):
            self._known[turn] = replace(self._known[turn], ending=self._known[turn].ending or ending)


async def _after(before: Sequence[asyncio.Task[Any]], work: Coroutine[Any, Any, Said]) -> Said:
    try:
        if before:
            await asyncio.wait(before)
    except BaseException:
        work.close()
        raise
    return await work


def _complain(task: asyncio.Task[Any]) -> None:
    """Of what was owed and cannot be kept: nobody else hears of it."""
    if not task.cancelled() and (error := task.exception()) is not None:
        tell(facts.RecordLost(kind=type(error).__name__))
