"""What is on record of turns and threads, beside what DBOS keeps: ids, stages and counts. Slack keeps the rest.

A thread's turns run one at a time because the database allows one row of a thread to be THINKING or WRITING.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, delete, func, or_, select, text, tuple_, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.core.backoff import Backoff
from bot.core.conversation.answer_key import AGAIN
from bot.core.conversation.turn_order import Ending, TurnStage, TurnStanding
from bot.durable.database import in_full, is_lost
from bot.durable.schema import RUNNING, make_tables, threads, turns
from bot.durable.start_wait import until_free

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, CursorResult, Executable

    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.incoming import Claim, ThreadKey, Vanished
    from bot.durable.database import Database

log = logging.getLogger(__name__)

RETRY = Backoff(0.2, longest=2.0, jitter=0.25)
"""Before a lost database is tried again: by all replicas, and by all their turns."""
ONE_AT_A_TIME = (
    7_400_116  # any number of our own: who makes the tables holds PostgreSQL's lock of that number
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands on record of a turn. `attempts` is one, and one more for each process that died while the turn was at work
    in it: who waits kills nobody. In `alone` of them no other was. `vanished` are messages of ours that were deleted in its
    thread while it ran."""

    stage: TurnStage
    attempts: int
    alone: int
    ending: Ending | None
    vanished: frozenset[str]
    replica: str


class TurnStore:
    """The record as the process `replica` keeps it. Waits where the database is lost, until it is back."""

    def __init__(self, database: Database, replica: str) -> None:
        self._database = database
        self._replica = replica
        # One statement is a transaction by itself: anything more would be two more ways to the database and back.
        self._alone = database.engine.execution_options(isolation_level="AUTOCOMMIT")

    async def prepare(self) -> None:
        """Make the tables, if they are missing. Waits for a file that is locked, or on a full disk."""
        await until_free(self._make_tables)

    async def _make_tables(self) -> None:
        async with self._database.engine.begin() as connection:
            if self._database.file is None:
                # Two replicas that start together would both try.
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
            await connection.run_sync(make_tables)

    # ---- a turn

    async def begin(self, turn: AnswerKey) -> Entry:
        """We take the turn on, and are not at work in it yet; what stands on record of it."""
        row = self._database.insert(turns).values(
            **_id(turn),
            thread_ts=turn.thread.thread_ts,
            person=turn.user,
            stage=TurnStage.WAITING.value,
            replica=self._replica,
            attempts=1,
            at_work=False,
            vanished="",
            begun_at=time.time(),
        )
        again = row.on_conflict_do_update(
            index_elements=["team", "channel", "ts"], set_={"replica": self._replica, "at_work": False}
        )
        found = await self._run(again.returning(*_ENTRY))
        return _entry(found.one())

    async def others(self, turn: AnswerKey) -> list[TurnStanding]:
        """The other turns of the thread that are not over."""
        query = select(turns.c.ts, turns.c.person, turns.c.stage).where(
            *_thread(turn.thread), turns.c.ts != turn.name, _not_over()
        )
        return [TurnStanding(row.ts, row.person, TurnStage(row.stage)) for row in await self._run(query)]

    async def think(self, turn: AnswerKey) -> bool:
        """From WAITING to THINKING; False where it was ended meanwhile, or another turn of the thread was quicker."""
        try:
            # From THINKING as well: where the answer to the same statement was lost we make it again.
            return await self._advance(turn, TurnStage.THINKING, [TurnStage.WAITING, TurnStage.THINKING])
        except IntegrityError:
            return False

    async def write(self, turn: AnswerKey) -> bool:
        """From THINKING to WRITING, before the first word is shown; False where it was superseded meanwhile."""
        return await self._advance(turn, TurnStage.WRITING, [TurnStage.THINKING, TurnStage.WRITING])

    async def supersede(self, turn: AnswerKey, questions: Iterable[str]) -> None:
        """The other questions of the thread are over, if nothing of their answers is shown by now."""
        unseen = turns.c.stage.in_([TurnStage.WAITING.value, TurnStage.THINKING.value])
        await self._run(
            update(turns)
            .where(*_thread(turn.thread), turns.c.ts.in_(list(questions)), unseen)
            .values(stage=TurnStage.OVER.value, ending=Ending.SUPERSEDED.value)
        )

    async def work(self, turn: AnswerKey) -> None:
        """From now on the turn is among those that may have killed us, if we die."""
        mine = turns.c.replica == self._replica
        await self._run(update(turns).where(*_is(turn), mine).values(at_work=True))

    async def finish(self, turn: AnswerKey) -> None:
        """The turn is over. Not where another process has taken it on: then it is that one's to say."""
        mine = turns.c.replica == self._replica
        await self._run(update(turns).where(*_is(turn), mine).values(stage=TurnStage.OVER.value))

    # ---- what readers want

    async def stop(self, thread: ThreadKey) -> None:
        """End what runs or waits in the thread, on whichever replica."""
        await self._run(
            update(turns)
            .where(*_thread(thread), _not_over(), turns.c.ending.is_(None))
            .values(ending=Ending.STOPPED.value)
        )

    async def vanish(self, message: Vanished) -> None:
        """The message was deleted: a question ends its turn; whether one of ours does is for its replica to say."""
        place = (turns.c.team == message.team, turns.c.channel == message.channel, _not_over())
        if message.ours:
            await self._run(
                update(turns)
                .where(*place, turns.c.thread_ts == message.thread_ts)
                .values(vanished=turns.c.vanished + f"{message.ts} ")
            )
        else:
            await self._run(
                update(turns).where(*place, _asked_by(message.ts)).values(ending=Ending.GONE.value)
            )

    # ---- a process

    async def entries(self, wanted: Sequence[AnswerKey]) -> dict[AnswerKey, Entry]:
        """What stands on record of these turns by now. Those that were forgotten are left out."""
        if not wanted:
            return {}
        by_claim = {turn.claim: turn for turn in wanted}
        key = (turns.c.team, turns.c.channel, turns.c.ts)
        found = await self._run(select(*key, *_ENTRY).where(tuple_(*key).in_(list(by_claim))))
        return {by_claim[row.team, row.channel, row.ts]: _entry(row) for row in found}

    async def hand_over(self) -> None:
        """We leave unfinished turns to others: none of them has killed us."""
        mine = turns.c.replica == self._replica
        await self._run(update(turns).where(mine, RUNNING).values(at_work=False))

    async def bury(self, dead: str) -> None:
        """Note which turns were at work in the process `dead`, once. Only for who holds its lock."""
        suspects = (turns.c.replica == dead, turns.c.at_work, RUNNING)
        counted = await self._run(select(func.count()).select_from(turns).where(*suspects))
        alone = int(counted.scalar_one() == 1)
        await self._run(
            update(turns)
            .where(*suspects)
            .values(attempts=turns.c.attempts + 1, alone=turns.c.alone + alone, at_work=False)
        )

    async def over(self, claims: Sequence[Claim]) -> int:
        """How many of these turns are over on record."""
        over = turns.c.stage == TurnStage.OVER.value
        which = tuple_(turns.c.team, turns.c.channel, turns.c.ts).in_(list(claims))
        counted = await self._run(select(func.count()).select_from(turns).where(over, which))
        return int(counted.scalar_one())

    async def forget(self, before: float) -> None:
        """Forget the turns that began before that time, in seconds since the epoch, and are over; and the threads that we
        have not answered in since."""
        over = turns.c.stage == TurnStage.OVER.value
        await self._run(delete(turns).where(turns.c.begun_at < before, over))
        await self._run(delete(threads).where(threads.c.joined_at < before))

    # ---- threads

    async def join(self, thread: ThreadKey) -> None:
        """We take part in `thread` from now on."""
        key = {"team": thread.team, "channel": thread.channel, "thread_ts": thread.thread_ts}
        row = self._database.insert(threads).values(**key, joined_at=(now := time.time()))
        await self._run(row.on_conflict_do_update(index_elements=list(key), set_={"joined_at": now}))

    async def took_part(self, thread: ThreadKey) -> bool:
        """Whether we have answered in `thread` before, as far as the record goes."""
        query = select(threads.c.team).where(
            threads.c.team == thread.team,
            threads.c.channel == thread.channel,
            threads.c.thread_ts == thread.thread_ts,
        )
        return (await self._run(query)).first() is not None

    # ---- inside

    async def _advance(self, turn: AnswerKey, stage: TurnStage, since: list[TurnStage]) -> bool:
        moved = await self._run(
            update(turns)
            .where(
                *_is(turn),
                turns.c.replica == self._replica,
                turns.c.ending.is_(None),
                turns.c.stage.in_([one.value for one in since]),
            )
            .values(stage=stage.value)
        )
        return moved.rowcount == 1

    async def _run(self, statement: Executable) -> CursorResult[Any]:
        """One statement; made again until the database is there."""
        tries = 0
        while True:
            tries += 1
            wait = RETRY.pause(tries, chance=random.random())  # noqa: S311  (no secret)
            try:
                done = await in_full(self._once(statement))
            except PoolTimeout:
                log.warning("database.slow", extra={"again_in": wait})
            except DBAPIError as error:
                if not is_lost(error):
                    raise
                self._database.outage.begin(error.orig)
            else:
                # A full or a locked file may still be read.
                if self._database.file is None or not isinstance(statement, Select):
                    self._database.outage.end()
                return done
            await asyncio.sleep(wait)

    async def _once(self, statement: Executable) -> CursorResult[Any]:
        async with self._alone.connect() as connection:
            return await connection.execute(statement)


_ENTRY = (turns.c.stage, turns.c.attempts, turns.c.alone, turns.c.ending, turns.c.vanished, turns.c.replica)


def _entry(row: Any) -> Entry:
    ending = Ending(row.ending) if row.ending else None
    vanished = frozenset(row.vanished.split())
    return Entry(TurnStage(row.stage), row.attempts, row.alone, ending, vanished, row.replica)


def _id(turn: AnswerKey) -> dict[str, str]:
    return {"team": turn.thread.team, "channel": turn.thread.channel, "ts": turn.name}


def _is(turn: AnswerKey) -> tuple[ColumnElement[bool], ...]:
    return (
        turns.c.team == turn.thread.team,
        turns.c.channel == turn.thread.channel,
        turns.c.ts == turn.name,
    )


def _thread(thread: ThreadKey) -> tuple[ColumnElement[bool], ...]:
    return (
        turns.c.team == thread.team,
        turns.c.channel == thread.channel,
        turns.c.thread_ts == thread.thread_ts,
    )


def _asked_by(ts: str) -> ColumnElement[bool]:
    """Every take at the question `ts`."""
    return or_(turns.c.ts == ts, turns.c.ts.startswith(f"{ts}{AGAIN}", autoescape=True))


def _not_over() -> ColumnElement[bool]:
    return turns.c.stage != TurnStage.OVER.value
