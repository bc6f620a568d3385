"""Our own connections to the database, apart from DBOS's: whole transactions, each done without the event loop in between.

An asynchronous driver gives the loop a turn after each statement. Where the loop is busy a transaction stays open meanwhile, and
on SQLite it holds the only lock for writing, for this process and all others. So there a transaction is a function that runs in
a thread of ours from its beginning to its end, and a statement that only reads has another. PostgreSQL locks rows; what waits for it
must not take a thread each.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from sqlalchemy import CursorResult, Select, create_engine, event

from bot.durable.outage import LOCKED

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Engine, Executable
    from sqlalchemy.ext.asyncio import AsyncEngine

Done = TypeVar("Done")
ALONE = "alone"
"""Stands in what SQLAlchemy keeps of a connection, where a statement needs no transaction beside the driver's own."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Holds what a statement gave back, and how many rows it touched."""

    all: Sequence[Any]
    count: int

    @classmethod
    def of(cls, result: CursorResult[Any]) -> Rows:
        """Reads all that `result` has."""
        return cls(result.all() if result.returns_rows else (), result.rowcount)


class Connections(Protocol):
    """The ways to one database. `engine` is what they stand on, for whoever wants to watch it."""

    engine: Engine

    async def transact(self, work: Callable[[Connection], Done]) -> Done:
        """Does `work` in one transaction. Raises what the database or the work raises, and then nothing is written."""
        ...

    async def execute(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Rows:
        """Executes one statement, which is a transaction by itself. `values` are those of its parameters."""
        ...

    async def close(self) -> None:
        """Closes them all."""
        ...


class SqliteThreads:
    """An SQLite file, and the two threads that work on it: in WAL mode who reads waits for nobody, and must not stand behind who waits for
    the lock for writing. What has come is done to its end, also where who waits for it is cancelled."""

    def __init__(self, file: Path) -> None:
        self.engine = _sqlite_engine(file)
        self._writing = _Worker(self.engine, "sqlite-writing")
        self._reading = _Worker(self.engine, "sqlite-reading")

    async def transact(self, work: Callable[[Connection], Done]) -> Done:
        def whole(connection: Connection) -> Done:
            with connection.begin():
                return work(connection)

        return await self._writing.run(whole, alone=False)

    async def execute(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Rows:
        def alone(connection: Connection) -> Rows:
            rows = Rows.of(cast("CursorResult[Any]", connection.execute(statement, values)))
            connection.commit()  # the driver has: it ends what SQLAlchemy takes for a transaction
            return rows

        worker = self._reading if isinstance(statement, Select) else self._writing
        return await worker.run(alone, alone=True)

    async def close(self) -> None:
        await self._writing.close()
        await self._reading.close()
        self.engine.dispose()


class _Worker:
    """A thread with one connection: to take it from a pool, and to give it back, takes as long as a statement (measured)."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._held: Connection | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def run(self, work: Callable[[Connection], Done], *, alone: bool) -> Done:
        def whole() -> Done:
            with self._connection(alone=alone) as connection:
                return work(connection)

        return await self._in_thread(whole)

    async def close(self) -> None:
        await self._in_thread(self._close)
        self._thread.shutdown(wait=False)

    @contextmanager
    def _connection(self, *, alone: bool) -> Generator[Connection]:
        """Yields the connection; after an error there is a new one."""
        connection, self._held = self._held or self._engine.connect(), None
        try:
            connection.info[ALONE] = alone
            yield connection
        except BaseException:
            connection.close()
            raise
        self._held = connection

    def _close(self) -> None:
        if self._held is not None:
            self._held.close()

    async def _in_thread(self, work: Callable[[], Done]) -> Done:
        return await in_full(asyncio.get_running_loop().run_in_executor(self._thread, work))


class PostgresPool:
    """PostgreSQL, by as many connections as are needed at once."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine.sync_engine
        self._pool = engine
        self._alone = engine.execution_options(isolation_level="AUTOCOMMIT")

    async def transact(self, work: Callable[[Connection], Done]) -> Done:
        async with self._pool.begin() as connection:
            return await connection.run_sync(work)

    async def execute(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Rows:
        async with self._alone.connect() as connection:
            return Rows.of(cast("CursorResult[Any]", await connection.execute(statement, values)))

    async def close(self) -> None:
        await self._pool.dispose()


async def in_full(work: asyncio.Future[Done]) -> Done:
    """Waits for work on the database to its end, also where we are cancelled meanwhile: its connection would be lost with it."""
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        if not work.done():
            await asyncio.wait([work])
        if not work.cancelled():
            work.exception()  # nobody else asks for it any more
        raise


def _sqlite_engine(file: Path) -> Engine:
    engine = create_engine(f"sqlite:///{file}")

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:
        # The driver would begin a transaction only at its first write, and then a reader that turns writer may fail.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={LOCKED}")
        # With WAL a power cut may take the last commits, never a process that dies; and a commit waits for no disk.
        connection.execute("PRAGMA synchronous=NORMAL")
        # What is deleted is gone from the pages as well, and not only from the list of what is in them.
        connection.execute("PRAGMA secure_delete=ON")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        # A statement alone needs no more than the driver's own: SQLAlchemy's AUTOCOMMIT would set that, and set it back, each time.
        if not connection.info.get(ALONE):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
