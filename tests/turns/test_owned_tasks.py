"""Work that is done after Slack has its ack."""

from __future__ import annotations

import asyncio

import pytest

from bot.observability.facts import Fact, WorkCrashed
from bot.observability.hooks import subscribe
from bot.turns.owned_tasks import GRACE, OwnedTasks
from tests.clock import VIRTUAL


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


async def take(seconds: float, done: list[float]) -> None:
    await asyncio.sleep(seconds)
    done.append(seconds)


async def test_who_ends_waits_for_what_is_under_way_for_a_moment() -> None:
    tasks, done = OwnedTasks(), list[float]()
    async with tasks.open():
        tasks.start("a short one", take(1, done))
        tasks.start("a long one", take(60, done))
    assert (done, asyncio.get_running_loop().time()) == ([1], GRACE)


async def test_what_breaks_is_told_and_takes_nothing_else_with_it() -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    tasks, done, seen = OwnedTasks(), list[float](), list[Fact]()
    with subscribe(seen.append):
        async with tasks.open():
            tasks.start("a broken one", broken())
            tasks.start("another", take(1, done))
    assert done == [1]
    assert [one.work for one in seen if isinstance(one, WorkCrashed)] == ["a broken one"]
