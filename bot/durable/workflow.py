"""DBOS as our turns see it: a turn that has begun is finished, by another process where this one dies.

A turn is one workflow. It is on record before it starts, under an id that Slack's redeliveries share, and starts at once in
the process that heard it: no queue, no polling. That a message was posted stands in the turn's row (`bot.durable.turn_store`) while the
turn runs in the process that began it: a step of DBOS's takes five times as long as a statement of ours (measured). In whoever resumes
it each is a step, and that message's id is the step's checkpoint. Whoever resumes the turn gets all of them back, and goes on in the
same messages.

On record are the ids in `AnswerKey` and those of messages, never a word: the question is read from Slack again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, nullcontext, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, TypeAlias

from dbos import DBOS, DBOSPortableJSONSerializer, SetWorkflowID
from dbos import error as dbos_errors
from sqlalchemy.exc import SQLAlchemyError

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Claim, Kind, ThreadKey, TurnKey
from bot.durable.database import unusable
from bot.durable.dbos_pool import dbos_pool
from bot.durable.start_wait import until_free
from bot.errors import SettingsError
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
    from typing import Any

    from dbos import DBOSConfig, StepOptions, WorkflowStatus

    from bot.durable.database import Database

VERSION = "1"
"""Of the steps below. A turn is resumed by processes of its own version only, so a deploy keeps it: it changes with the
order of the steps, and never with a release."""
LISTEN = 0.2
"""Seconds between two looks of DBOS at notifications, which we do not use: its threads end that soon."""
FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
LEAVE = 5.0  # seconds that DBOS has to end its threads: one that waits for the database does not hear of it
BATCH = 500  # turns that are forgotten at a time
_STEP: StepOptions = {"name": "post"}
_IS_NEW: ContextVar[bool] = ContextVar("is_new", default=False)
"""Tells a workflow's task whether it was begun by whoever put the turn on record, and not resumed."""


@dataclass(frozen=True, slots=True)
class SegmentPosted:
    """A message of a reply, and which part of it: what a resumed turn has to know."""

    part: int
    ts: str


@dataclass(frozen=True, slots=True)
class TurnOver:
    """The turn is over. `how` is for whoever looks at the record."""

    how: str


News: TypeAlias = SegmentPosted | TurnOver


class Worker(Protocol):
    """Does the work of turns; see `bot.turns.pipeline`."""

    async def go_on(self, turn: AnswerKey, posted: Sequence[SegmentPosted]) -> News:
        """Go on with the turn until its next message is posted, or it is over. `posted` are the messages so far; a worker
        that does not know of them has to begin by going on in them."""
        ...


class SegmentRecord(Protocol):
    """Keeps the messages of turns; see `bot.durable.turn_store`."""

    async def post(self, turn: AnswerKey, part: int, ts: str) -> None: ...
    async def posted(self, turn: AnswerKey) -> dict[int, str]: ...


async def prepare(database: Database) -> None:
    """Make the tables of DBOS, and on PostgreSQL the database, where they are missing.

    Waits for a file that is locked, or on a full disk. Raises SettingsError where that cannot be done.
    """
    begun = time.monotonic()
    _quiet()
    try:
        await until_free(lambda: asyncio.to_thread(DBOS.migrate, database.url))
    except SQLAlchemyError as error:
        if database.file is None:
            raise unusable(error) from error
        raise SettingsError(
            f"DATABASE_URL: {database.file} holds something else: name a new file."
        ) from error
    tell(facts.DatabaseReady(seconds=round(time.monotonic() - begun, 2)))


class Engine:
    """Durable turns in one process. There can be one at a time: DBOS allows no more."""

    unkept = False  # no turn begins before it is on record

    def __init__(self, database: Database, replica: str, record: SegmentRecord) -> None:
        self._database = database
        self.replica = replica
        self._record = record
        self._running: dict[str, asyncio.Task[object]] = {}
        # A file has one writer at a time: to wait for it in a thread each takes longer, and twice as much of the processor.
        self._starting = asyncio.Semaphore(1) if database.file else nullcontext()
        self._leaving = threading.Event()
        self._pool = dbos_pool(database, self._leaving)

    @asynccontextmanager
    async def open(self, worker: Worker) -> AsyncGenerator[None]:
        """Turns run, and are resumed, while the block does. Those that still run at its end stay unfinished on record."""
        self._turn = DBOS.workflow(name="turn")(self._workflow(worker))
        DBOS(config=self._config())
        # Of its own only, from which it takes what was resumed: it looks there once a second, whatever we want. A queue of
        # ours would be looked at besides, with three statements each time.
        DBOS.listen_queues([])
        try:
            # In the loop's own thread: that is how DBOS learns where resumed turns have to run.
            DBOS.launch()
            yield
        finally:
            self._leaving.set()
            await self.abandon()
            await _within(LEAVE, self._end)
            # DBOS has made its own threads the loop's, and they are gone.
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())

    async def start(self, turn: AnswerKey) -> bool:
        """Put the turn on record and begin it here. False where it was on record already, in whichever process."""
        token = _IS_NEW.set(True)
        try:
            async with self._starting:
                with SetWorkflowID(turn_id(turn), workflow_id_reuse_policy="reject"):
                    await DBOS.start_workflow_async(self._turn, *_fields(turn))
        except dbos_errors.DBOSWorkflowIDInUseError:
            return False
        finally:
            _IS_NEW.reset(token)
        return True

    async def knows(self, turn: AnswerKey) -> bool:
        """Tells whether the turn is on record."""
        return bool(await _listed(workflow_ids=[turn_id(turn)]))

    async def abandon(self, turn: AnswerKey | None = None) -> None:
        """Leave the turn, or all of them, unfinished on record for others to adopt."""
        tasks = [task for name, task in self._running.items() if turn is None or name == turn_id(turn)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ---- what others left

    async def others(self) -> set[str]:
        """The replicas, dead or alive, that have unfinished turns beside us."""
        pending = await _listed(status="PENDING")
        return {str(one.executor_id) for one in pending} - {self.replica}

    async def adopt(self, dead: str) -> list[Claim]:
        """Let the turns of the replica `dead` be resumed, by us or another; answers which. Only for who holds its lock."""
        left = [one.workflow_id for one in await _listed(status="PENDING", executor_id=dead)]
        if left:
            await asyncio.to_thread(DBOS.resume_workflows, left)
        return [_claim(one) for one in left]

    async def forget(self, before: float) -> None:
        """Forget the finished turns that began before that time, in seconds since the epoch."""
        until = datetime.fromtimestamp(before, UTC).isoformat()
        while over := await _listed(status=FINISHED, end_time=until, limit=BATCH):
            await DBOS.delete_workflows_async([one.workflow_id for one in over])
            tell(facts.TurnsForgotten(turns=len(over)))

    async def erase(self, names: Sequence[str]) -> None:
        """Forget those of these turns, by their ids on record, that are finished."""
        for first in range(0, len(names), BATCH):
            some = list(names[first : first + BATCH])
            over = await _listed(workflow_ids=some, status=FINISHED)
            await DBOS.delete_workflows_async([one.workflow_id for one in over])

    # ---- inside

    def _end(self) -> None:
        DBOS.destroy(destroy_registry=True)
        self._pool.dispose()

    def _workflow(self, worker: Worker) -> Callable[..., Coroutine[Any, Any, str]]:
        # DBOS keeps the arguments as they are: ids, and nothing else. An older version knows of no takes.
        async def turn(
            team: str, channel: str, thread_ts: str, ts: str, user: str, kind: str, *takes: Any
        ) -> str:
            question = TurnKey(ThreadKey(team, channel, thread_ts), ts, user, Kind(kind))
            return await self._run(worker, AnswerKey(question, *takes))

        return turn

    async def _run(self, worker: Worker, turn: AnswerKey) -> str:
        task = asyncio.current_task()
        assert task is not None
        self._running[turn_id(turn)] = task
        is_new = _IS_NEW.get()
        go_on = self._go_on_first if is_new else _go_on_again
        posted: list[SegmentPosted] = []
        try:
            if not is_new:
                posted += [SegmentPosted(*one) for one in (await self._record.posted(turn)).items()]
            while not isinstance(news := await go_on(worker, turn, posted), TurnOver):
                posted.append(news)
            return news.how
        finally:
            del self._running[turn_id(turn)]

    async def _go_on_first(self, worker: Worker, turn: AnswerKey, posted: Sequence[SegmentPosted]) -> News:
        """Goes on with a turn of which nothing but its beginning was on record."""
        news = await worker.go_on(turn, posted)
        if isinstance(news, SegmentPosted):
            await self._record.post(turn, news.part, news.ts)
        return news

    def _config(self) -> DBOSConfig:
        return {
            "name": "teleprinter",
            "system_database_url": self._database.url,
            "system_database_engine": self._pool,
            "executor_id": self.replica,
            "application_version": VERSION,
            # Readable in the database by anybody, and no code comes back out of it.
            "serializer": DBOSPortableJSONSerializer(),
            "run_migrations": False,
            "log_level": "WARNING",
            "notification_listener_polling_interval_sec": LISTEN,
        }


def turn_id(turn: AnswerKey) -> str:
    """The id of a turn on record. Turns of a thread sort by their questions' times."""
    return f"{turn.thread.team}:{turn.thread.channel}:{turn.thread.thread_ts}:{turn.name}"


def _claim(name: str) -> Claim:
    team, channel, _, answer = name.split(":")
    return team, channel, answer


def _fields(turn: AnswerKey) -> tuple[str | int | None, ...]:
    thread = turn.thread
    takes: list[str | int | None] = [turn.take, turn.continues, turn.payer or None] if turn.take else []
    while takes and takes[-1] is None:
        takes.pop()  # what is not there is left out
    return (thread.team, thread.channel, thread.thread_ts, turn.turn.ts, turn.user, turn.kind.value, *takes)


def _told(news: News) -> dict[str, str | int]:
    """As the step's checkpoint: JSON."""
    return {"over": news.how} if isinstance(news, TurnOver) else {"part": news.part, "ts": news.ts}


def _heard(checkpoint: dict[str, str | int]) -> News:
    if "over" in checkpoint:
        return TurnOver(str(checkpoint["over"]))
    return SegmentPosted(int(checkpoint["part"]), str(checkpoint["ts"]))


async def _go_on_again(worker: Worker, turn: AnswerKey, posted: Sequence[SegmentPosted]) -> News:
    """Goes on with a turn that is resumed: what is on record of it comes first, without the worker."""

    async def go_on() -> dict[str, str | int]:
        return _told(await worker.go_on(turn, posted))

    return _heard(await DBOS.run_step_async(_STEP, go_on))


async def _listed(**which: object) -> list[WorkflowStatus]:
    # By a thread of whichever loop asks: the watch over the dead has one of its own.
    return await asyncio.to_thread(DBOS.list_workflows, **which, load_input=False, load_output=False)  # type: ignore[arg-type]


async def _within(seconds: float, work: Callable[[], None]) -> None:
    """Do `work` in a daemon's thread, and wait so long for it: a process must not wait for a database to end."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def worked() -> None:
        try:
            work()
        finally:
            with suppress(RuntimeError):  # the loop has ended before us
                loop.call_soon_threadsafe(done.set)

    threading.Thread(target=worked, daemon=True).start()
    try:
        async with asyncio.timeout(seconds):
            await done.wait()
    except TimeoutError:
        tell(facts.DatabaseHangs(waited=seconds))


def _quiet() -> None:
    """Let DBOS log as every library does here: through the root, and only what went wrong."""
    theirs = logging.getLogger("dbos")
    if not theirs.handlers:
        # With a handler of any kind there DBOS makes none of its own.
        theirs.addHandler(logging.NullHandler())
    theirs.addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    """A turn that is left to others is cancelled on purpose, one that another has adopted is no longer ours, and what becomes
    of the database is told once: see `bot.durable.outage`."""
    said = record.getMessage()
    return not any(words in said for words in _NO_NEWS)


_NO_NEWS = (
    "task cancelled for workflow", "no longer owned", "latest version", "Database connection failed",
    "Database connection pool exhausted",
)  # fmt: skip
