"""The one database of a bot: an SQLite file, or PostgreSQL where several replicas share it.

DBOS keeps its tables there, and we keep ours beside them: see `bot.durable.turn_store`.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import create_async_engine

from bot.durable.connections import Connections, PostgresPool, SqliteThreads
from bot.durable.outage import Outage
from bot.durable.schema_version import refuse_newer_file, refuse_newer_server
from bot.durable.start_wait import PASSING, is_passing, until_free
from bot.durable.statement_deadline import AsyncPromptConnection, PromptConnection
from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    from sqlalchemy import URL, Table
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.ext.asyncio import AsyncEngine

CONNECT = 5  # seconds that PostgreSQL has to answer when we connect
PATIENCE = {
    "connect_timeout": f"{CONNECT}",
    "keepalives_idle": "3",
    "keepalives_interval": "1",
    "keepalives_count": "3",
    "tcp_user_timeout": "6000",  # milliseconds
}
"""Says how soon a server is given up that has vanished without a word: within six seconds. In the address itself, so that whoever
connects there is as patient as the others: DBOS's pool and the session that holds our lock, too."""
SERVER_PATIENCE = (
    "SET tcp_keepalives_idle = 3; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3; "
    "SET tcp_user_timeout = 6000"
)
"""The same of the server, which frees the locks of a client that has vanished: within six seconds. The last is for a client that
has vanished with an answer under way: it is sent again for a quarter of an hour, and no keepalive is sent meanwhile."""
FILE = "teleprinter.sqlite"
BUSY = 5.0  # seconds that a locked file is waited for at the start before it is said: another replica may be writing
ROOM = 100_000  # bytes that have to be free at the start
PRIVATE = 0o600  # of a file: for its owner alone


@dataclass(frozen=True, slots=True)
class Database:
    """Names where turns are kept. `file` is None for PostgreSQL; what is not `lasting` ends with the process."""

    url: str
    connections: Connections
    file: Path | None
    lasting: bool
    outage: Outage = field(default_factory=Outage)

    def insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """An insert that knows what to do with a row that is there already, which only the two dialects' own can say."""
        return postgresql.insert(table) if self.file is None else sqlite.insert(table)


@asynccontextmanager
async def open_database(where: Path | str | None) -> AsyncGenerator[Database]:
    """The SQLite file, or the `postgresql://` address, that `where` names; None is a file that goes with the process.

    Waits for a file that is locked, or on a full disk. Raises SettingsError where it cannot be used, or a newer release has made of it
    what this one does not know.
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
        file = _whole(where)
        with _wrong_if_unusable(file):
            await until_free(lambda: asyncio.to_thread(_make_ready, file))
        url, connections = f"sqlite:///{file}", _ways(file)
    else:
        file, url = None, patient(where)
        await asyncio.to_thread(_check_postgres, url)
        connections = _ways(url)
    try:
        yield Database(url, connections, file, lasting)
    finally:
        await connections.close()


async def check_database(where: Path | str | None) -> None:
    """Raises SettingsError where `open_database` would. Waits for nothing."""
    if isinstance(where, str):
        await asyncio.to_thread(_check_postgres, patient(where))
    elif where is not None:
        file = _whole(where)
        with _wrong_if_unusable(file):
            try:
                await asyncio.to_thread(_make_ready, file)
            except (sqlite3.Error, OSError) as error:
                if not is_passing(error):
                    raise


def apart(database: Database) -> Database:
    """The same database, through connections of its own: who watches over the others must not wait behind those who work.

    Its `connections` are for the caller to close.
    """
    return replace(database, connections=_ways(database.file or database.url))


def _ways(where: Path | str) -> Connections:
    return SqliteThreads(where) if isinstance(where, Path) else PostgresPool(_postgres_engine(where))


def watch_client(connection: Any, _entry: object) -> None:
    """Let the server of this new connection of SQLAlchemy's notice soon where we vanish."""
    with closing(connection.cursor()) as cursor:
        cursor.execute(SERVER_PATIENCE)
    connection.commit()


def patient(url: str) -> str:
    """The address with our patience in it, where it names none of its own."""
    address = make_url(url)
    own = {name: value for name, value in PATIENCE.items() if name not in address.query}
    return address.update_query_dict(own).render_as_string(hide_password=False)


def driven(url: str) -> URL:
    """The address as SQLAlchemy wants it, with the driver's name."""
    if url.startswith("sqlite"):
        return make_url(url)
    return make_url(url).set(drivername="postgresql+psycopg")


def _postgres_engine(url: str) -> AsyncEngine:
    connected = {"async_creator_fn": AsyncPromptConnection.connect}
    engine = create_async_engine(driven(url), pool_pre_ping=True, connect_args=connected)
    event.listen(engine.sync_engine, "connect", watch_client)
    return engine


def _whole(where: Path) -> Path:
    return where.absolute()


def _make_ready(file: Path) -> None:
    """Not through the engine: where a file cannot be opened, that would leave a thread of its driver's behind."""
    _make_private(file)
    with closing(sqlite3.connect(file, timeout=BUSY, isolation_level=None)) as connection:
        # Readers do not wait for a writer; a claim takes a fraction of a millisecond instead of several.
        connection.execute("PRAGMA journal_mode=WAL")
        refuse_newer_file(connection)
        # DBOS starts in the loop's own thread, and would wait there for a lock or for room, deaf to whoever ends us.
        # In one transaction: another replica may be at the same.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DROP TABLE IF EXISTS teleprinter_room")
        connection.execute(f"CREATE TABLE teleprinter_room AS SELECT zeroblob({ROOM})")
        connection.execute("COMMIT")
        connection.execute("DROP TABLE IF EXISTS teleprinter_room")


@contextmanager
def _wrong_if_unusable(file: Path) -> Generator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise SettingsError(
            f"DATABASE_URL: {file} cannot be used ({why}): name a new file in a folder that can be written to."
        ) from error


def _make_private(file: Path) -> None:
    """Who asked what, and when, is nobody else's business. SQLite gives the files beside it the same mode."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, PRIVATE))
    for each in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
        # Another replica that starts with us may close the file meanwhile, and take those beside it away.
        with suppress(FileNotFoundError):
            # What somebody else owns is shared on purpose.
            if each.stat().st_uid == os.geteuid():
                each.chmod(PRIVATE)


def _check_postgres(url: str) -> None:
    try:
        # Nothing prepared: a pooler might give that to somebody else, and we are about to ask whether it does.
        with (
            PromptConnection.connect(url, autocommit=True, prepare_threshold=None) as one,
            PromptConnection.connect(url, autocommit=True, prepare_threshold=None) as other,
        ):
            refuse_newer_server(one)
            pooled = share_a_session(one, other)
    except psycopg.Error as error:
        # A database that is missing is made when the tables are.
        if "does not exist" in str(error) and "database" in str(error):
            return
        raise unusable(error) from error
    if pooled:
        raise SettingsError(
            "DATABASE_URL: the pooler in front of PostgreSQL gives each transaction another session: "
            "let it pool by session (PgBouncer: pool_mode=session), or name PostgreSQL itself."
        )


def share_a_session(one: psycopg.Connection, other: psycopg.Connection) -> bool:
    """Tells whether one of two connections is ever in the session of the other, or changes its own.

    Our locks are a session's. A pooler by transaction hands out a free session for each statement, the last or the next in
    turn: so both are asked several times, in an order that has no rhythm.
    """
    asked = [(client, _session_of(client)) for client in (one, other, other, one, one, one, other, one)]
    ours, theirs = ({pid for who, pid in asked if who is client} for client in (one, other))
    return len(ours) > 1 or len(theirs) > 1 or ours == theirs


def _session_of(client: psycopg.Connection) -> int:
    found = client.execute("SELECT pg_backend_pid()").fetchone()
    assert found is not None
    return int(found[0])


def unusable(error: Exception) -> SettingsError:
    """The setting is wrong, or nobody is there. What the libraries say of it stays out: it may repeat the address."""
    refused = isinstance(error, psycopg.Error) and (error.sqlstate or "").startswith("28")
    refused = refused or "authentication failed" in str(error)
    return SettingsError(
        "DATABASE_URL: PostgreSQL refuses this user or password: mend them."
        if refused
        else "DATABASE_URL: PostgreSQL cannot be used at this address: start it, or mend the address, the user, "
        "the password or its parameters."
    )


_UNUSABLE = PASSING | {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}


def is_out(error: BaseException | None) -> bool:
    """Tells whether the driver's error says that the database cannot take anything now: full, locked, read-only or not there."""
    if isinstance(error, sqlite3.Error):
        # The low byte is the kind, the rest of it which.
        return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF in _UNUSABLE
    return isinstance(error, psycopg.OperationalError | psycopg.errors.ReadOnlySqlTransaction)


def is_lost(error: DBAPIError) -> bool:
    """Tells whether the database is the reason, and not what was asked."""
    return error.connection_invalidated or is_out(error.orig)


def is_conflict(error: DBAPIError) -> bool:
    """Tells whether PostgreSQL ended a transaction because of another: what was asked can be asked again at once."""
    return isinstance(error.orig, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure)
