"""DBOS's connections: a server that is away is waited for, and never by who is leaving."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.core.backoff import Backoff
from bot.durable import dbos_pool as module
from bot.durable.connections import PostgresPool
from bot.durable.database import Database, driven, open_database
from bot.durable.dbos_pool import dbos_pool
from bot.durable.workflow import prepare

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.postgres import Server


def one(pool: Engine) -> int:
    with pool.connect() as connection:
        return int(connection.execute(text("SELECT 1")).scalar_one())


async def test_a_connection_is_ready_to_be_used(somewhere: Path | str) -> None:
    async with open_database(somewhere) as database:
        await prepare(database)
        pool = dbos_pool(database, threading.Event())
        assert await asyncio.to_thread(one, pool) == 1
        pool.dispose()


async def test_the_connections_of_a_file_keep_little_of_it_in_memory(tmp_path: Path) -> None:
    async with open_database(tmp_path / "turns.sqlite") as database:
        pool = dbos_pool(database, threading.Event())
        with pool.connect() as connection:
            kilobytes = -int(connection.execute(text("PRAGMA cache_size")).scalar_one())
        pool.dispose()
    assert kilobytes * module.OF_A_FILE < 10_000


async def test_who_wants_a_connection_waits_until_the_server_is_back(
    postgres_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY", Backoff(0.01))
    async with open_database(postgres_server.url) as database:
        await prepare(database)
        pool = dbos_pool(database, threading.Event())
        await asyncio.to_thread(postgres_server.stop)
        waiting = asyncio.create_task(asyncio.to_thread(one, pool))
        await asyncio.to_thread(postgres_server.start_again)
        assert await waiting == 1
        pool.dispose()


async def test_what_is_given_back_by_who_is_leaving_is_closed(somewhere: Path | str) -> None:
    leaving = threading.Event()
    async with open_database(somewhere) as database:
        await prepare(database)
        pool = dbos_pool(database, leaving)
        with pool.connect() as connection:
            held = connection.connection
            assert held.dbapi_connection is not None
            pool.dispose()
            leaving.set()
        assert held.dbapi_connection is None


async def test_who_is_leaving_and_the_loop_itself_wait_for_nobody(unused_port: int) -> None:
    leaving = threading.Event()
    url = f"postgresql://ada@127.0.0.1:{unused_port}/bot"
    database = Database(url, PostgresPool(create_async_engine(driven(url))), None, lasting=True)
    pool = dbos_pool(database, leaving)
    with pytest.raises(OperationalError):
        one(pool)
    leaving.set()
    with pytest.raises(OperationalError):
        await asyncio.to_thread(one, pool)


async def test_who_wants_to_write_waits_until_the_file_takes_a_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In our hands: DBOS would wait twice as long after each failure."""
    monkeypatch.setattr(module, "AGAIN", 0.01)
    async with open_database(tmp_path / "a.sqlite") as database:
        await prepare(database)
        pool = dbos_pool(database, threading.Event())
        database.outage.begin(None)
        with closing(sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            writing = asyncio.create_task(asyncio.to_thread(write, pool))
            assert await asyncio.to_thread(one, pool) == 1  # who reads does not wait
            assert not writing.done()
            other.execute("ROLLBACK")
        assert await writing == 0
        pool.dispose()


async def test_who_is_leaving_does_not_wait_for_a_file_to_take_a_write(tmp_path: Path) -> None:
    leaving = threading.Event()
    async with open_database(tmp_path / "a.sqlite") as database:
        await prepare(database)
        pool = dbos_pool(database, leaving)
        database.outage.begin(None)
        leaving.set()
        assert await asyncio.to_thread(write, pool) == 0
        pool.dispose()


def write(pool: Engine) -> int:
    with pool.begin() as connection:
        return connection.execute(text("DELETE FROM workflow_status")).rowcount


@pytest.mark.parametrize("trouble", ["PRAGMA max_page_count = 1", "PRAGMA query_only = 1"])
async def test_a_file_that_is_full_or_read_only_is_as_good_as_locked(tmp_path: Path, trouble: str) -> None:
    """To DBOS, which waits for a lock only."""
    async with open_database(tmp_path / "a.sqlite") as database:
        await prepare(database)
        pool = dbos_pool(database, threading.Event())
        with pool.connect() as connection:
            connection.execute(text(trouble))
            with pytest.raises(OperationalError, match="database is locked"):
                connection.execute(text("CREATE TABLE words AS SELECT zeroblob(100000)"))
        pool.dispose()
    assert database.outage.is_on
