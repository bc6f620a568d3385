"""PostgreSQL behind a network that loses packets: connections that die without a word, and a server that cannot be reached."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.durable.database import open_database
from bot.durable.dbos_pool import dbos_pool
from bot.durable.liveness import alive
from bot.durable.workflow import prepare
from bot.environment.work_runner import AT_LAST
from tests.net import wire
from tests.patience import HANGING
from tests.postgres import MISSING, binaries, postgres
from tests.stories.test_replicas import DRAIN, WHOLE, a_stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from bot.durable.liveness import Locks
    from tests.net import Wire
    from tests.postgres import Server

# A network that comes and goes also breaks what a browser beside us is fetching: not for `make test`, where both would run.
pytestmark = [pytest.mark.slow, pytest.mark.network, pytest.mark.timeout(300)]


@pytest.fixture
def far() -> Iterator[tuple[Wire, Server]]:
    """A server at the other end of a wire."""
    if binaries() is None:
        pytest.skip(MISSING)
    with wire() as way, postgres(way.address, way.inside) as server:
        yield way, server


async def test_connections_that_die_without_a_word_are_replaced_and_questions_answered(
    far: tuple[Wire, Server], tmp_path: Path
) -> None:
    way, server = far
    async with a_stage(server.url, tmp_path) as stage:
        replica = await stage.serve()
        ts = await stage.ask()
        await asyncio.to_thread(way.lose_what_is_open, server.port)
        await stage.answered(ts, WHOLE)
        later = await stage.slack.say("general", "ada", "@Teleprinter question 2")
        await stage.answered(later, WHOLE.replace("q1w", "q2w"))
        assert await stage.replicas.leave(replica) == 0


async def test_a_connection_that_died_without_a_word_is_noticed_in_seconds_by_dbos_and_by_the_lock(
    far: tuple[Wire, Server],
) -> None:
    way, server = far
    async with open_database(server.url) as database:
        await prepare(database)
        pool = dbos_pool(database, threading.Event())
        async with alive(database, "me") as locks:
            await asyncio.to_thread(ask, pool)
            await asyncio.to_thread(way.lose_what_is_open, server.port)
            # Left to the system it is some fifteen minutes: a packet is sent again as often.
            async with asyncio.timeout(HANGING):
                await asyncio.gather(asyncio.to_thread(ask, pool), lost_and_found(locks))
        pool.dispose()


async def test_a_lock_is_free_soon_also_where_its_server_waits_for_an_answer_to_be_acknowledged(
    far: tuple[Wire, Server],
) -> None:
    way, server = far
    async with open_database(server.url) as database:
        await prepare(database)
        async with alive(database, "me") as locks:
            await asyncio.to_thread(way.lose_answers, server.port)
            # While what it said is on its way the server sends no keepalive: it says it again, for some fifteen minutes.
            async with asyncio.timeout(HANGING):
                await lost_and_found(locks)


def ask(pool: Engine) -> None:
    with pool.connect() as connection:
        connection.execute(text("SELECT 1"))


async def lost_and_found(locks: Locks) -> None:
    assert await locks.held("me") is None
    assert locks.key("me") in (await locks.held("me") or ())


async def test_who_is_told_to_leave_while_the_server_cannot_be_reached_does_so_in_time(
    far: tuple[Wire, Server], tmp_path: Path
) -> None:
    way, server = far
    async with a_stage(server.url, tmp_path) as stage:
        replica = await stage.serve()
        await stage.ask()
        await asyncio.to_thread(way.lose_everything)
        told = time.monotonic()
        async with asyncio.timeout(60):
            assert await stage.replicas.leave(replica) == 0
        took = time.monotonic() - told
    assert took < DRAIN + AT_LAST + 3.0
