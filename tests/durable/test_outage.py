"""A database that is out is told once, and so is that it is back."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest

from bot.durable.outage import CALM, LOCKED, Outage
from tests.clock import VIRTUAL


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


class Clock:
    """Seconds, as the test sets them."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_is_told_once_when_it_begins_and_once_when_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage(clock := Clock())
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorname = "SQLITE_FULL"
    outage.begin(full)
    outage.begin(full)
    assert outage.is_on
    clock.now = CALM
    outage.end()
    outage.end()
    assert not outage.is_on
    told = [(one.getMessage(), vars(one).get("why"), vars(one).get("seconds")) for one in caplog.records]
    assert told == [("database.lost", "SQLITE_FULL", None), ("database.back", None, CALM)]


def test_a_write_that_succeeds_between_two_that_do_not_is_no_end() -> None:
    outage = Outage(clock := Clock())
    outage.begin(None)
    clock.now = CALM - 0.1
    outage.end()
    assert outage.is_on


def test_who_asked_before_it_was_over_and_was_refused_after_it_tells_nothing_new() -> None:
    outage = Outage(clock := Clock())
    busy = sqlite3.OperationalError("database is locked")
    busy.sqlite_errorname = "SQLITE_BUSY"
    outage.begin(busy)
    clock.now = CALM
    outage.end()
    clock.now = CALM + LOCKED / 1000 - 0.1
    outage.begin(busy)
    assert not outage.is_on
    clock.now = CALM + LOCKED / 1000 + 0.1
    outage.begin(busy)
    assert outage.is_on


async def test_what_is_done_in_time_is_waited_for() -> None:
    outage = Outage(Clock())
    assert await outage.spares(asyncio.create_task(asyncio.sleep(3600)))
    outage.begin(None)
    assert await outage.spares(asyncio.create_task(asyncio.sleep(0.1)))


async def test_what_is_shared_with_other_processes_is_waited_for_however_long_it_takes() -> None:
    outage = Outage(Clock())
    outage.is_shared = True
    outage.begin(None)
    assert await outage.spares(asyncio.create_task(asyncio.sleep(3600)))


async def test_what_is_not_is_waited_for_no_longer_once_the_database_is_out() -> None:
    outage = Outage(Clock())
    work = asyncio.create_task(asyncio.sleep(3600))
    asyncio.get_running_loop().call_later(60, outage.begin, None)
    assert not await outage.spares(work)
    assert not work.done()
    work.cancel()
