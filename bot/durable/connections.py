"""Our own connections to the database, apart from DBOS's: whole transactions, each done without the event loop in between.

An asynchronous driver gives the loop a turn after each statement. Where the loop is busy a transaction stays open meanwhile, and
on SQLite it holds the only lock for writing, for this process and all others. So there a transaction is a function that runs in
a thread of ours from its beginning to its end. PostgreSQL locks rows; what waits for it must not take a thread each.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from sqlalchemy import CursorResult, create_engine, event

from bot.durable.outage import LOCKED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Engine, Executable
    from sqlalchemy.ext.asyncio import AsyncEngine

Done = TypeVar("Done")


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


class SqliteThread:
    """An SQLite file, and the one thread that works on it."""

    def __init__(self, file: Path) -> None:
        self.engine = _sqlite_engine(file)
        self._alone = self.engine.execution_options(alone=True)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite")

    async def transact(self, work: Callable[[Connection], Done]) -> Done:
        def whole() -> Done:
            with self.engine.begin() as connection:
                return work(connection)

        return await self._run(whole)

    async def execute(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Rows:
        def alone() -> Rows:
            with self._alone.connect() as connection:
                return Rows.of(cast("CursorResult[Any]", connection.execute(statement, values)))

        return await self._run(alone)

    async def close(self) -> None:
        await self._run(self.engine.dispose)
        self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[], Done]) -> Done:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


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
        if not connection.get_execution_options().get("alone"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
