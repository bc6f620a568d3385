"""Keeps what is on record of turns and threads, beside what DBOS keeps: ids, stages and counts. Slack keeps the rest.

A turn's stages, and who may write them:

    | stage    | means                       | written by                | where the record says                      |
    |----------|-----------------------------|---------------------------|--------------------------------------------|
    | (no row) | heard, kept by DBOS only    | -                         |                                            |
    | WAITING  | its thread is another's     | `claim`, its replica      | no row yet                                 |
    | THINKING | the thread is its own       | `claim`, its replica      | no row or WAITING; not ended; nobody before it |
    | WRITING  | readers see something       | `write`, its replica      | THINKING or WRITING; not ended             |
    | OVER     | its reply is what it is     | `finish`, its replica     | any stage                                  |
    |          | superseded                  | another turn's `claim`    | WAITING or THINKING                        |

`replica` is whoever claimed last: each of its own writes asks for that name, so who was taken for dead changes nothing any more.
`ending` and `vanished` are written by anybody who hears of a stop or a deletion, and heeded by the replica at its next look.
`at_work` and `posted` (its messages, "0=1766458026.240010 1=…") are written by its replica, `attempts` and `alone` by whoever holds a dead replica's lock (`bury`).

The invariant: of a thread's turns at most one is THINKING or WRITING. An index of the database holds it, not this code: two
replicas that claim at once both see a free thread, and one of them is refused, and looks again.

What the simple way gets wrong. A claim that asks in steps (take the turn on; who else is there? supersede; begin) dies between
two of them: the old question is superseded and will not be answered, the new one still WAITING with a dead replica's name, and
everybody in the thread waits for it until it is adopted. So a claim is one transaction: all of it or nothing. And it asks its own
row first: a turn that is OVER and claimed again, because its process died before DBOS knew of its end, must not supersede
anybody.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    and_,
    delete,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError

from bot.core.conversation.answer_key import AGAIN
from bot.core.conversation.authors import SLACKBOT, is_app
from bot.core.conversation.incoming import ThreadKey
from bot.core.conversation.reply_policy import EXCHANGE_SECONDS, Participation
from bot.core.conversation.turn_order import Ending, TurnStage, TurnStanding, move
from bot.durable.retried_writes import execute, transact
from bot.durable.schema import RUNNING, make_tables, threads, turns
from bot.durable.schema_version import record_version
from bot.durable.start_wait import until_free
from bot.durable.turn_statements import (
    ENTRY,
    FINISHING,
    OURS,
    POSTED,
    POSTING,
    STANDING,
    WRITING,
    is_turn,
    joining,
    not_over,
    taking,
    values_of,
)
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Executable

    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.incoming import Claim, Vanished
    from bot.durable.connections import Rows
    from bot.durable.database import Database

ONE_AT_A_TIME = 7_400_116
"""Any number of our own: who makes the tables holds PostgreSQL's lock of that number."""

LEFT_LONGER = 90 * 24 * 3600.0
"""Seconds that a thread which we were asked to leave is remembered beyond others: after a quarter nobody goes on in it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Holds what stands on record of a turn. `attempts` is one, and one more for each process that died while the turn was at work
    in it: who waits kills nobody. In `alone` of them no other was. `vanished` are messages of ours that were deleted in its
    thread while it ran."""

    stage: TurnStage
    attempts: int
    alone: int
    ending: Ending | None
    vanished: frozenset[str]
    replica: str
    at_work: bool

    @property
    def runs(self) -> bool:
        """Tells whether the thread is the turn's: no other of it may begin."""
        return self.stage in (TurnStage.THINKING, TurnStage.WRITING)

    @property
    def waits(self) -> bool:
        """Tells whether the turn has to claim its thread again."""
        return self.stage is TurnStage.WAITING and self.ending is None


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """Holds what somebody who presses a button has to be held against: where the answer `name` stands, and who asked for it."""

    name: str
    thread: ThreadKey
    person: str
    stage: TurnStage
    ending: Ending | None

    @property
    def over(self) -> bool:
        """Tells whether nothing of it is being written, nor will be."""
        return self.stage is TurnStage.OVER


@dataclass(frozen=True, slots=True)
class Sight:
    """Holds what a look at the record saw: of turns, and of each thread the turns that are not over."""

    entries: dict[AnswerKey, Entry]
    threads: dict[ThreadKey, list[TurnStanding]]


class TurnStore:
    """The record as the process `replica` keeps it.

    Each method waits where the database is lost, until it is back, and raises what SQLAlchemy raises (DBAPIError) where the
    database refuses the statement for another reason.
    """

    def __init__(self, database: Database, replica: str) -> None:
        self._database = database
        self._replica = replica
        self._takings = {begins: taking(database, begins=begins) for begins in (False, True)}
        self._joining = joining(database)

    async def prepare(self) -> None:
        """Makes the tables, if they are missing. Waits for a file that is locked, or on a full disk."""
        await until_free(self._make_tables)

    async def _make_tables(self) -> None:
        def make(connection: Connection) -> None:
            if self._database.file is None:
                # Two replicas that start together would both try.
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
            make_tables(connection)
            record_version(connection)

        await self._database.connections.transact(make)

    # ---- a turn

    async def claim(self, turn: AnswerKey, *, at_work: bool) -> Entry:
        """Takes the turn on, and its thread with it where that is free; returns what stands on record then.

        The thread is the turn's where its stage is THINKING or WRITING, and we take part in it from now on. A turn WAITING
        has to claim again when another of its thread is over. Other questions that this one supersedes are over. Where
        `at_work` and the thread is its own, the turn is also among those that may have killed us, if we die; unless so many
        processes may have died of it that it must not work beside others.
        """
        claim = partial(self._claim, turn, at_work=at_work)
        while True:
            try:
                return await transact(self._database, claim)
            except IntegrityError:
                # Another replica's turn of the thread was quicker. Its claim stands now, and is seen.
                tell(facts.ClaimRaced(ts=turn.name))

    async def write(self, turn: AnswerKey) -> bool:
        """Moves the turn from THINKING to WRITING, before its first word is shown. Returns False where it was superseded
        meanwhile."""
        its = {**values_of(turn), "by_replica": self._replica}
        return (await self._run(WRITING, its)).count == 1

    async def post(self, turn: AnswerKey, part: int, ts: str) -> None:
        """Notes that the message `ts` of the turn was posted, as that part of its reply. Not where another process has taken it on."""
        its = {**values_of(turn), "by_replica": self._replica, "segment": f"{part}={ts} "}
        await self._run(POSTING, its)

    async def posted(self, turn: AnswerKey) -> dict[int, str]:
        """Returns the messages of the turn that were noted so far, by their part."""
        rows = (await self._run(POSTED, values_of(turn))).all
        noted = (one.split("=") for row in rows for one in row.posted.split())
        return {int(part): ts for part, ts in noted}

    async def work(self, turn: AnswerKey, *, at_work: bool = True) -> None:
        """Notes whether from now on the turn is among those that may have killed us, if we die."""
        mine = turns.c.replica == self._replica
        await self._run(update(turns).where(*is_turn(turn), mine).values(at_work=at_work))

    async def finish(self, turn: AnswerKey) -> None:
        """Notes that the turn is over. Not where another process has taken it on: then it is that one's to say."""
        await self._run(FINISHING, {**values_of(turn), "by_replica": self._replica})

    # ---- what readers want

    async def stop(self, thread: ThreadKey, name: str = "") -> None:
        """Ends what runs or waits in the thread, on whichever replica; of all that, only the answer `name` where one is given."""
        which = (turns.c.ts == name,) if name else ()
        await self._run(
            update(turns)
            .where(*_thread(thread), *which, not_over(), turns.c.ending.is_(None))
            .values(ending=Ending.STOPPED.value)
        )

    async def find(self, claim: Claim, *, newest: bool = False) -> RecordedAnswer | None:
        """Returns what stands on record of the answer; or, where that is asked, of the `newest` take at the question that the claim
        names. None where nothing does: it was forgotten, or there never was one."""
        team, channel, name = claim
        named = _asked_by(name) if newest else turns.c.ts == name
        columns = (*_KEY, turns.c.thread_ts, turns.c.person, turns.c.stage, turns.c.ending)
        query = select(*columns).where(turns.c.team == team, turns.c.channel == channel, named)
        rows = (await self._run(query.order_by(turns.c.ts.desc()).limit(1))).all
        return _recorded(rows[0]) if rows else None

    async def vanish(self, message: Vanished) -> None:
        """Notes that the message was deleted: a question ends its turn; whether one of ours does is for its replica to say."""
        place = (turns.c.team == message.team, turns.c.channel == message.channel, not_over())
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
        """Reads what stands on record of these turns by now. Those that were forgotten are left out."""
        return (await self.look(wanted, ())).entries

    async def look(self, ours: Sequence[AnswerKey], threads: Collection[ThreadKey]) -> Sight:
        """Reads what stands on record of these turns, and of those in these threads that are not over. In one statement, and where
        nobody waits for a thread one that is always the same, unless a turn is over or another replica's by now."""
        by_claim = {turn.claim: turn for turn in ours}
        found: dict[AnswerKey, Entry] = {}
        standing = {thread: list[TurnStanding]() for thread in threads}
        if by_claim and not threads:
            for row in (await self._run(OURS, {"by_replica": self._replica})).all:
                if (turn := by_claim.pop((row.team, row.channel, row.ts), None)) is not None:
                    found[turn] = _entry(row)
        if by_claim or threads:
            for row in (await self._run(_these(by_claim, threads))).all:
                if (turn := by_claim.get((row.team, row.channel, row.ts))) is not None:
                    found[turn] = _entry(row)
                of_thread = standing.get(ThreadKey(row.team, row.channel, row.thread_ts))
                if of_thread is not None and row.stage != TurnStage.OVER.value:
                    of_thread.append(TurnStanding(row.ts, row.person, TurnStage(row.stage)))
        return Sight({turn: found[turn] for turn in ours if turn in found}, standing)

    async def hand_over(self) -> None:
        """Leaves our unfinished turns to others: none of them has killed us."""
        mine = turns.c.replica == self._replica
        await self._run(update(turns).where(mine, RUNNING).values(at_work=False))

    async def bury(self, dead: str) -> None:
        """Notes which turns were at work in the process `dead`, once. Only for who holds its lock."""
        suspects = (turns.c.replica == dead, turns.c.at_work, RUNNING)
        counted = await self._run(select(func.count()).select_from(turns).where(*suspects))
        alone = int(counted.all[0][0] == 1)
        await self._run(
            update(turns)
            .where(*suspects)
            .values(attempts=turns.c.attempts + 1, alone=turns.c.alone + alone, at_work=False)
        )

    async def over(self, claims: Sequence[Claim]) -> int:
        """Returns how many of these turns are over on record."""
        over = turns.c.stage == TurnStage.OVER.value
        which = tuple_(turns.c.team, turns.c.channel, turns.c.ts).in_(list(claims))
        counted = await self._run(select(func.count()).select_from(turns).where(over, which))
        return int(counted.all[0][0])

    async def forget(self, before: float) -> None:
        """Forgets the turns that began before that time, in seconds since the epoch, and are over; and the threads that we
        have not answered in since, those that we have left after LEFT_LONGER more."""
        over = turns.c.stage == TurnStage.OVER.value
        await self._run(delete(turns).where(turns.c.begun_at < before, over))
        still_left = and_(threads.c.left_ts != "", threads.c.joined_at >= before - LEFT_LONGER)
        await self._run(delete(threads).where(threads.c.joined_at < before, not_(still_left)))

    # ---- threads

    async def participation(self, turn: AnswerKey) -> Participation:
        """Tells what part we had in the turn's thread when its question was written, as far as the record goes.

        Where all that is on record are later questions, we had none: two messages of a moment may come in any order.
        """
        ts, there = turn.turn.ts, exists().where(*_in_thread(turn.thread))
        earlier = exists().where(*_thread(turn.thread), turns.c.ts < ts)
        later = exists().where(*_thread(turn.thread), turns.c.ts > ts)
        asked = exists().where(*_thread(turn.thread), turns.c.ts < ts, turns.c.person == turn.user)
        left = exists().where(*_in_thread(turn.thread), threads.c.left_ts != "", threads.c.left_ts < ts)
        busy = exists().where(*_thread(turn.thread), turns.c.ts != turn.name, not_over())
        exchange = _exchange(turn, time.time()) if is_app(turn.user) else literal(0)
        query = select(and_(there, or_(earlier, not_(later))), asked, left, exchange, not_(busy))
        (row,) = (await self._run(query)).all
        return Participation(bool(row[0]), bool(row[1]), bool(row[2]), int(row[3]), bool(row[4]))

    async def leave(self, thread: ThreadKey, *, since: str) -> None:
        """Notes that we do not follow the thread any more, from the ts `since` on until we are asked again."""
        key = {"team": thread.team, "channel": thread.channel, "thread_ts": thread.thread_ts}
        row = self._database.insert(threads).values(**key, joined_at=(now := time.time()), left_ts=since)
        values = {"left_ts": since, "joined_at": now}
        await self._run(row.on_conflict_do_update(index_elements=list(key), set_=values))

    # ---- inside

    def _claim(self, turn: AnswerKey, connection: Connection, *, at_work: bool) -> Entry:
        its = {**values_of(turn), "by_replica": self._replica, "now": time.time()}
        found = connection.execute(STANDING, its).all()
        ours = next((row for row in found if row.ts == turn.name), None)
        begins = False
        if ours is None or (ours.stage == TurnStage.WAITING.value and ours.ending is None):
            others = (
                TurnStanding(row.ts, row.person, TurnStage(row.stage)) for row in found if row.ts != turn.name
            )
            step = move(TurnStanding(turn.name, turn.user, TurnStage.WAITING), others)
            begins = step.begins
            if step.supersedes:
                connection.execute(_superseding(turn, step.supersedes))
        entry = _entry(connection.execute(self._takings[begins], {**its, "is_at_work": at_work}).one())
        if entry.runs:
            connection.execute(self._joining, its)
        return entry

    async def _run(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Rows:
        return await execute(self._database, statement, values)


_KEY = (turns.c.team, turns.c.channel, turns.c.ts)
_THREAD = (turns.c.team, turns.c.channel, turns.c.thread_ts)


def _entry(row: Any) -> Entry:
    ending = Ending(row.ending) if row.ending else None
    vanished = frozenset(row.vanished.split())
    return Entry(TurnStage(row.stage), row.attempts, row.alone, ending, vanished, row.replica, row.at_work)


def _recorded(row: Any) -> RecordedAnswer:
    thread, ending = ThreadKey(row.team, row.channel, row.thread_ts), row.ending
    return RecordedAnswer(
        row.ts, thread, row.person, TurnStage(row.stage), Ending(ending) if ending else None
    )


def _these(claims: Collection[Claim], of_threads: Collection[ThreadKey]) -> Executable:
    """Selects those turns, and those of the threads that are not over."""
    which = or_(
        tuple_(*_KEY).in_(list(claims)) if claims else false(),
        and_(tuple_(*_THREAD).in_([_place(one) for one in of_threads]), not_over())
        if of_threads
        else false(),
    )
    return select(*_KEY, turns.c.thread_ts, turns.c.person, *ENTRY).where(which)


def _superseding(turn: AnswerKey, questions: Iterable[str]) -> Executable:
    """Ends other questions of the thread, if nothing of their answers is shown by now."""
    unseen = turns.c.stage.in_([TurnStage.WAITING.value, TurnStage.THINKING.value])
    return (
        update(turns)
        .where(*_thread(turn.thread), turns.c.ts.in_(list(questions)), unseen)
        .values(stage=TurnStage.OVER.value, ending=Ending.SUPERSEDED.value)
    )


def _place(thread: ThreadKey) -> tuple[str, str, str]:
    return (thread.team, thread.channel, thread.thread_ts)


def _thread(thread: ThreadKey) -> tuple[ColumnElement[bool], ...]:
    return (
        turns.c.team == thread.team,
        turns.c.channel == thread.channel,
        turns.c.thread_ts == thread.thread_ts,
    )


def _in_thread(thread: ThreadKey) -> tuple[ColumnElement[bool], ...]:
    return (
        threads.c.team == thread.team,
        threads.c.channel == thread.channel,
        threads.c.thread_ts == thread.thread_ts,
    )


def _exchange(turn: AnswerKey, now: float) -> ColumnElement[int]:
    """Counts what apps have asked in the other threads of the turn's channel, lately and since a person asked there."""
    here = (turns.c.team == turn.thread.team, turns.c.channel == turn.thread.channel)
    of_apps = or_(turns.c.person.startswith("B"), turns.c.person == SLACKBOT)
    last_person = select(func.coalesce(func.max(turns.c.begun_at), 0.0)).where(*here, not_(of_apps))
    recent = turns.c.begun_at > now - EXCHANGE_SECONDS
    elsewhere = turns.c.thread_ts != turn.thread.thread_ts
    counted = select(func.count()).where(
        *here, of_apps, recent, elsewhere, turns.c.begun_at > last_person.scalar_subquery()
    )
    return counted.scalar_subquery()


def _asked_by(ts: str) -> ColumnElement[bool]:
    """Every take at the question `ts`."""
    return or_(turns.c.ts == ts, turns.c.ts.startswith(f"{ts}{AGAIN}", autoescape=True))
