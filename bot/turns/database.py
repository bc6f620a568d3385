"""The one database of a bot: an SQLite file, or PostgreSQL where several replicas share it.

DBOS keeps its tables there, and we keep ours beside them: see `bot.turns.record`.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from sqlalchemy import event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine

    from sqlalchemy import URL, Connection, Table
    from sqlalchemy.exc import DBAPIError

CONNECT = 5  # seconds that PostgreSQL has to answer when we connect
PATIENCE = {
    "connect_timeout": CONNECT,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 6000,  # milliseconds
}
"""How soon a server is given up that has vanished without a word: within six seconds."""
FILE = "teleprinter.sqlite"
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Database:
    """Where turns are kept. `file` is None for PostgreSQL; what is not `lasting` ends with the process."""

    url: str
    engine: AsyncEngine
    file: Path | None
    lasting: bool

    def insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """An insert that knows what to do with a row that is there already, which only the two dialects' own can say."""
        return postgresql.insert(table) if self.file is None else sqlite.insert(table)


@asynccontextmanager
async def open_database(where: Path | str | None) -> AsyncGenerator[Database]:
    """The SQLite file, or the `postgresql://` address, that `where` names; None is a file that goes with the process.

    Raises SettingsError where it cannot be used.
    """
    if where is None:
        with TemporaryDirectory(prefix="teleprinter-") as folder:
            async with _opened(Path(folder) / FILE, lasting=False) as database:
                yield database
    else:
        async with _opened(where, lasting=True) as database:
            yield database


@asynccontextmanager
async def _opened(where: Path | str, *, lasting: bool) -> AsyncGenerator[Database]:
    if isinstance(where, Path):
        file = _ready_file(where)
        url, engine = f"sqlite:///{file}", _sqlite_engine(file)
    else:
        file, url = None, where
        await asyncio.to_thread(_check_postgres, where)
        engine = create_async_engine(_driven(where), pool_pre_ping=True, connect_args=PATIENCE)
    try:
        yield Database(url, engine, file, lasting)
    finally:
        await engine.dispose()


def _driven(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+psycopg")


def _sqlite_engine(file: Path) -> AsyncEngine:
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}")

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _: object) -> None:
        # The driver would begin a transaction only at its first write, and then a reader that turns writer may fail.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=30000")
        # With WAL a power cut may take the last commits, never a process that dies; and a commit waits for no disk.
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _ready_file(where: Path) -> Path:
    """The file, ready to be used and by its whole name. Raises SettingsError.

    Not through the engine: where a file cannot be opened, that would leave a thread of its driver's behind.
    """
    file = where.absolute()
    try:
        with closing(sqlite3.connect(file)) as connection:
            # Readers do not wait for a writer; a claim takes a fraction of a millisecond instead of several.
            connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as error:
        raise SettingsError(
            f"DATABASE_URL: {file} cannot be used ({error}): name a new file in a folder that can be written to."
        ) from error
    return file


def _check_postgres(url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=CONNECT).close()
    except psycopg.OperationalError as error:
        # A database that is missing is made when the tables are.
        if "does not exist" in str(error) and "database" in str(error):
            return
        raise unusable(url) from error


async def in_full(work: Coroutine[Any, Any, Done]) -> Done:
    """Do work on the database to its end, also where we are cancelled meanwhile: its connection would be lost with it."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.done():
            await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # nobody else asks for it any more
        raise


def unusable(url: str) -> SettingsError:
    """The setting is wrong, or nobody is there. The address is told without its password."""
    return SettingsError(
        f"DATABASE_URL: PostgreSQL cannot be used at {make_url(url).render_as_string(hide_password=True)}: "
        "start it, or mend the address, the user or the password."
    )


def is_lost(error: DBAPIError) -> bool:
    """Whether the connection is the reason, and not what was asked."""
    return error.connection_invalidated or isinstance(error.orig, psycopg.OperationalError)
