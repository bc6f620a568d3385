"""DBOS's own connections to our database, as patient as ours.

Left to itself DBOS waits twice as long after each failure, up to a minute and a half, and does not notice for a quarter of an
hour that a server has vanished without a word.
"""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import OperationalError

from bot.durable.database import LOCKED, driven, is_out, watch_client

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Dialect, ExceptionContext
    from sqlalchemy.pool import ConnectionPoolEntry

    from bot.durable.database import Database
    from bot.durable.outage import Outage

SIZE = 10  # connections at most
AGAIN = 1.0  # seconds before a server that is not there is tried again
IDLE = 60_000  # milliseconds in the middle of a transaction after which PostgreSQL takes its client for lost: DBOS's own figure


def dbos_pool(database: Database, leaving: threading.Event) -> Engine:
    """A pool for DBOS. Who needs a connection while PostgreSQL is away waits until it is back, or we are `leaving`."""
    engine = create_engine(driven(database.url), pool_size=SIZE, max_overflow=0, pool_pre_ping=True)
    if database.file is None:
        event.listen(engine, "connect", watch_client)
        event.listen(engine, "connect", _prepare_postgres)
        event.listen(engine, "do_connect", _waiting(leaving))
    else:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "handle_error", _locked(database.outage))

    def close(_connection: object, entry: ConnectionPoolEntry) -> None:
        # A thread of DBOS's may give one back when the pool is gone, and nobody would close it.
        if leaving.is_set():
            entry.invalidate()

    event.listen(engine, "checkin", close)
    return engine


def _waiting(leaving: threading.Event) -> Callable[..., object]:
    def connect(
        dialect: Dialect, _entry: ConnectionPoolEntry, words: list[Any], named: dict[str, Any]
    ) -> object:
        while True:
            try:
                return dialect.connect(*words, **named)
            except psycopg.OperationalError:
                # The loop's own thread must not wait.
                if threading.current_thread() is threading.main_thread() or leaving.wait(AGAIN):
                    raise

    return connect


def _locked(outage: Outage) -> Callable[[ExceptionContext], None]:
    def refuse(context: ExceptionContext) -> None:
        if is_out(context.original_exception):
            outage.begin(context.original_exception)
            # DBOS goes by these words, and gives up what is full or read-only. To us all that is one: not now.
            raise OperationalError(None, None, sqlite3.OperationalError("database is locked"))

    return refuse


def _prepare_sqlite(connection: Any, _entry: object) -> None:
    # As DBOS does where the pool is its own, but for how long a lock is waited for.
    connection.isolation_level = "IMMEDIATE"
    connection.execute(f"PRAGMA busy_timeout={LOCKED}")
    connection.execute("PRAGMA foreign_keys=ON")


def _prepare_postgres(connection: Any, _entry: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET idle_in_transaction_session_timeout = {IDLE}")
    connection.commit()
