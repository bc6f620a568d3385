"""A server that is frozen and still acknowledges packets: whoever asks it something is told so, in time."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.core.backoff import Backoff
from bot.durable import liveness, retried_writes, shared_budget, statement_deadline
from bot.durable.database import is_lost, open_database
from bot.durable.dbos_pool import dbos_pool
from bot.durable.liveness import SessionLocks
from bot.durable.statement_deadline import AsyncPromptConnection, PromptConnection
from bot.durable.turn_store import TurnStore
from bot.durable.workflow import prepare
from tests.durable.test_shared_budget import replicas
from tests.durable.test_turn_store import a_turn
from tests.patience import HANGING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.durable.outage import Outage
    from tests.durable.test_shared_budget import Replica
    from tests.postgres import Server


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement_deadline, "OVERDUE", 0.3)


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    server.freeze()
    try:
        yield
    finally:
        server.thaw()


def where(server: Server) -> str:
    """A database that is there already."""
    return server.url.rpartition("/")[0] + "/postgres"


def test_a_statement_that_is_not_answered_closes_its_connection(postgres_server: Server) -> None:
    with PromptConnection.connect(where(postgres_server), autocommit=True) as connection:
        with frozen(postgres_server), pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        assert connection.broken


async def test_the_loop_goes_on_while_a_statement_is_not_answered(postgres_server: Server) -> None:
    async with await AsyncPromptConnection.connect(where(postgres_server), autocommit=True) as connection:
        with frozen(postgres_server), pytest.raises(psycopg.OperationalError):
            await connection.execute("SELECT 1")
        assert connection.broken


def test_who_hears_no_notification_is_not_taken_for_lost(postgres_server: Server) -> None:
    with PromptConnection.connect(where(postgres_server), autocommit=True) as connection:
        connection.execute("LISTEN nobody")
        assert list(connection.notifies()) == []
        connection.execute("SELECT 1")


async def test_a_wait_that_is_bounded_already_keeps_its_bound(postgres_server: Server) -> None:
    async with await AsyncPromptConnection.connect(where(postgres_server), autocommit=True) as connection:
        assert [each async for each in connection.notifies(timeout=0.01)] == []
        await connection.execute("SELECT 1")


async def test_a_statement_of_ours_to_a_frozen_server_is_made_again_and_told_once(
    postgres_server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(retried_writes, "RETRY", Backoff(0.01))
    async with open_database(postgres_server.url) as database:
        await prepare(database)
        record = TurnStore(database, "me")
        await record.prepare()
        with frozen(postgres_server):
            claiming = asyncio.create_task(record.claim(a_turn(), at_work=True))
            async with asyncio.timeout(HANGING):
                await out(database.outage)
        assert (await claiming).runs
    assert [one for one in caplog.messages if one.startswith("database.")] == ["database.lost"]


async def out(outage: Outage) -> None:
    while True:
        if outage.is_on:
            return
        await asyncio.sleep(0.01)


async def test_dbos_s_connections_give_a_frozen_server_up(postgres_server: Server) -> None:
    async with open_database(postgres_server.url) as database:
        await prepare(database)
        pool = dbos_pool(database, threading.Event())
        with pool.connect() as connection:
            with frozen(postgres_server), pytest.raises(OperationalError) as failed:
                connection.execute(text("SELECT 1"))
            assert is_lost(failed.value)
            assert connection.invalidated
        pool.dispose()


async def test_the_lock_of_a_frozen_server_is_lost_and_found_again(
    postgres_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liveness, "RETRY", Backoff(0.01))
    session = await AsyncPromptConnection.connect(where(postgres_server), autocommit=True)
    locks = SessionLocks(where(postgres_server), session)
    assert await locks.hold("me")
    with frozen(postgres_server):
        keeping = asyncio.create_task(locks.held("me"))
        async with asyncio.timeout(HANGING):
            await closed(session)
    assert await keeping is None
    assert locks.key("me") in (await locks.held("me") or ())
    await locks.close()


async def closed(session: AsyncPromptConnection) -> None:
    while True:
        if session.closed:
            return
        await asyncio.sleep(0.01)


async def test_readers_wait_for_a_frozen_server_once_and_no_longer_than_they_should(
    postgres_server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(statement_deadline, "OVERDUE", HANGING)
    monkeypatch.setattr(shared_budget, "ANSWER", 0.2)
    monkeypatch.setattr(shared_budget, "AGAIN", 0.0)
    async with replicas(postgres_server.url, "a", limit=8) as (a,), a.purse.open():
        assert await a.call()
        with frozen(postgres_server):
            async with asyncio.timeout(HANGING / 2):
                spent = [await a.call() for _ in range(8)]
        assert sum(spent) < 8
        async with asyncio.timeout(HANGING):
            await granted(a)  # the whole limit is back
    assert caplog.messages.count("budget.alone") == 1


async def granted(replica: Replica) -> None:
    while True:
        if await replica.call():
            return
        await asyncio.sleep(0.01)
