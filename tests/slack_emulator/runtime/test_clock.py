"""The workspace's own time."""

from __future__ import annotations

import asyncio

import pytest

from slack_emulator.errors import WorkspaceError
from slack_emulator.runtime.clock import Clock
from slack_emulator.runtime.notifier import Notifier
from tests.clock import VIRTUAL


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


def running() -> Clock:
    """A clock that runs as the loop's does."""
    return Clock(asyncio.get_running_loop().time)


async def test_it_tells_what_its_source_tells() -> None:
    clock = running()
    await clock.sleep(5)
    assert clock() == 5.0


async def test_moved_on_by_hand_it_wakes_who_sleeps() -> None:
    clock = running()
    asyncio.get_running_loop().call_later(1, clock.advance, 300)
    await clock.sleep(300)
    assert asyncio.get_running_loop().time() == 1.0
    assert clock() == 301.0


async def test_it_can_run_faster_and_slower_again() -> None:
    clock = running()
    clock.run(60)
    await clock.sleep(120)
    assert asyncio.get_running_loop().time() == 2.0
    clock.run(1)
    await clock.sleep(1)
    assert (asyncio.get_running_loop().time(), clock()) == (3.0, 121.0)


async def test_who_sleeps_while_its_speed_changes_wakes_at_the_right_time() -> None:
    clock = running()
    asyncio.get_running_loop().call_later(10, clock.run, 10)
    await clock.sleep(110)
    assert asyncio.get_running_loop().time() == 20.0


async def test_what_is_waited_for_ends_the_wait() -> None:
    bell, found = Notifier(), list[int]()
    clock = Clock(asyncio.get_running_loop().time, bell=bell)

    def find() -> None:
        found.append(1)
        bell.ring()

    asyncio.get_running_loop().call_later(2, find)
    assert await clock.until(lambda: found, within=100) == [1]
    assert clock() == 2.0


async def test_a_wait_for_nothing_ends_at_once() -> None:
    assert await running().until(lambda: "", within=0) == ""


async def test_real_seconds_are_more_where_it_runs_faster() -> None:
    clock = running()
    clock.run(60)
    assert clock.in_real(3) == 180.0


async def test_the_next_ring_is_waited_for_until_a_time() -> None:
    clock = running()
    clock.run(10)
    await clock.next_ring(until=50)
    assert clock() == 50.0
    await clock.next_ring(until=0)
    assert clock() == 50.0


async def test_a_clock_that_stands_still_keeps_nobody() -> None:
    await Clock(lambda: 7.0).sleep(30)
    assert asyncio.get_running_loop().time() == 30.0


@pytest.mark.parametrize("speed", [0, -1, float("inf")])
async def test_a_speed_that_is_none_is_refused(speed: float) -> None:
    with pytest.raises(WorkspaceError, match="choose a speed above 0"):
        running().run(speed)


@pytest.mark.parametrize("seconds", [-1, float("inf")])
async def test_time_only_goes_forward(seconds: float) -> None:
    with pytest.raises(WorkspaceError, match="it only goes forward"):
        running().advance(seconds)
