"""The owner of the tasks, in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from slack_emulator.runtime.background_tasks import BackgroundTasks
from tests.clock import VIRTUAL


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


async def test_a_task_that_still_runs_is_ended_and_awaited() -> None:
    ended = list[str]()

    async def work() -> None:
        try:
            await asyncio.sleep(100)
        finally:
            ended.append("yes")

    async with BackgroundTasks() as background:
        background.start(work())
        await asyncio.sleep(1)
    assert ended == ["yes"]
    assert asyncio.get_running_loop().time() == 1


async def test_a_task_that_failed_is_told_at_the_end() -> None:
    async def work() -> None:
        raise ValueError("bad")

    with pytest.RaisesGroup(ValueError):
        async with BackgroundTasks() as background:
            background.start(work())
            await asyncio.sleep(1)


async def test_the_callers_own_error_leaves_as_it_is() -> None:
    async def work() -> None:
        raise ValueError("bad")

    async def caller() -> None:
        async with BackgroundTasks() as background:
            background.start(work())
            await asyncio.sleep(1)
            raise KeyError

    with pytest.raises(KeyError):
        await caller()
