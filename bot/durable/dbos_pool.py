"""DBOS's own connections to our database, as patient as ours.

Left to itself DBOS waits twice as long after each failure, up to a minute and a half, and does not notice for a quarter of an
hour that a server has vanished without a word.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import OperationalError

from bot.core.backoff import Backoff
from bot.durable.database import driven, is_out, watch_client
from bot.durable.outage import LOCKED
from bot.durable.statement_deadline import PromptConnection

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection, Dialect, ExceptionContext
    from sqlalchemy.pool import ConnectionPoolEntry

    from bot.durable.database import Database
    from bot.durable.outage import Outage

SIZE = 10  # connections of PostgreSQL, at most
OF_A_FILE = 30
"""Connections of a file that are kept; there are as many as threads of DBOS's want to write. Each new one reads the whole schema, which
takes as long as ten statements (measured)."""
CACHE = 256
"""Kilobytes of the file that each of these keeps in memory. SQLite's own figure is 2,000, which within days is 64 MB for all of them
(measured); what one of them writes the others have to read again anyway."""
RETRY = Backoff(0.25, longest=1.0)
"""Before a server that is not there is tried again."""
AGAIN = 1.0
"""Seconds between two looks whether a file takes something again: often would keep it from who writes."""
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
IDLE = 60_000  # milliseconds in the middle of a transaction after which PostgreSQL takes its client for lost: DBOS's own figure
_SERVED: dict[str, Any] = {"pool_size": SIZE, "max_overflow": 0, "pool_pre_ping": True}
_FILED: dict[str, Any] = {"pool_size": OF_A_FILE, "max_overflow": -1, "pool_use_lifo": True}
"""The connection that was given back last is taken first: few are opened, and what they keep of the file is fresh."""


def dbos_pool(database: Database, leaving: threading.Event) -> Engine:
    """A pool for DBOS. Who needs a connection while PostgreSQL is away waits until it is back, or we are `leaving`."""
    engine = create_engine(driven(database.url), **(_SERVED if database.file is None else _FILED))
    if database.file is None:
        event.listen(engine, "connect", watch_client)
        event.listen(engine, "connect", _prepare_postgres)
        event.listen(engine, "do_connect", _waiting(leaving))
    else:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "handle_error", _locked(database.outage))
        event.listen(engine, "before_cursor_execute", _standing_back(database.file, database.outage, leaving))

    def close(_connection: object, entry: ConnectionPoolEntry) -> None:
        # A thread of DBOS's may give one back when the pool is gone, and nobody would close it.
        if leaving.is_set():
            entry.invalidate()

    event.listen(engine, "checkin", close)
    return engine


def _waiting(leaving: threading.Event) -> Callable[..., object]:
    def connect(
        _dialect: Dialect, _entry: ConnectionPoolEntry, words: list[Any], named: dict[str, Any]
    ) -> object:
        tries = 0
        while True:
            tries += 1
            try:
                return PromptConnection.connect(*words, **named)
            except psycopg.OperationalError:
                # The loop's own thread must not wait.
                if threading.current_thread() is threading.main_thread() or leaving.wait(RETRY.pause(tries)):
                    raise

    return connect


def _locked(outage: Outage) -> Callable[[ExceptionContext], None]:
    def refuse(context: ExceptionContext) -> None:
        if is_out(context.original_exception):
            outage.begin(context.original_exception)
            # DBOS goes by these words, and gives up what is full or read-only. To us all that is one: not now.
            raise OperationalError(None, None, sqlite3.OperationalError("database is locked"))

    return refuse


def _standing_back(file: Path, outage: Outage, leaving: threading.Event) -> Callable[..., None]:
    """Who wants to write waits here while the file takes nothing. DBOS would wait for a minute and a half when it is back."""
    probing = threading.Lock()

    def wait(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        held = connection.connection.dbapi_connection
        if held is None or held.in_transaction or not statement.lstrip().upper().startswith(WRITES):
            return
        while outage.is_on and threading.current_thread() is not threading.main_thread():
            with probing:
                if takes_a_write(file):
                    outage.end()
                    return
            if leaving.wait(AGAIN):
                return

    return wait


def takes_a_write(file: Path) -> bool:
    """Tells whether the file can be written to now. Writes a number there that it has already."""
    try:
        with closing(sqlite3.connect(file, timeout=0.1, isolation_level=None)) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {version}")
    except sqlite3.Error:
        return False
    return True


def _prepare_sqlite(connection: Any, _entry: object) -> None:
    # As DBOS does where the pool is its own, but for how long a lock is waited for.
    connection.isolation_level = "IMMEDIATE"
    connection.execute(f"PRAGMA busy_timeout={LOCKED}")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA cache_size=-{CACHE}")
    # As ours: a power cut may take the last commits, a process that dies none; and no commit waits for the disk.
    connection.execute("PRAGMA synchronous=NORMAL")


def _prepare_postgres(connection: Any, _entry: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET idle_in_transaction_session_timeout = {IDLE}")
    connection.commit()
