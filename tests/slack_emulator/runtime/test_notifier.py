"""Waiting for a change, in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from slack_emulator.runtime.notifier import Notifier
from tests.clock import VIRTUAL


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


async def test_what_is_true_already_is_not_waited_for() -> None:
    assert await Notifier().until(lambda: "here") == "here"


async def test_whoever_waits_looks_again_at_each_ring() -> None:
    bell, found = Notifier(), list[str]()
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(bell.until(lambda: found[1:]))
        for word in ("one", "two"):
            await asyncio.sleep(1)
            found.append(word)
            bell.ring()
    assert waiting.result() == ["two"]
    assert asyncio.get_running_loop().time() == 2


async def test_several_can_wait() -> None:
    bell, found = Notifier(), list[str]()
    async with asyncio.TaskGroup() as tasks:
        waiting = [tasks.create_task(bell.until(lambda: found)) for _ in range(3)]
        await asyncio.sleep(1)
        found.append("one")
        bell.ring()
    assert [task.result() for task in waiting] == [["one"]] * 3


async def test_after_its_time_a_wait_answers_what_there_is() -> None:
    assert await Notifier().until(lambda: "", within=5) == ""
    assert asyncio.get_running_loop().time() == 5


async def test_the_next_ring_is_waited_for_but_not_for_ever() -> None:
    bell = Notifier()
    await bell.next_ring(within=3)
    asyncio.get_running_loop().call_later(1, bell.ring)
    await bell.next_ring(within=None)
    assert asyncio.get_running_loop().time() == 4
