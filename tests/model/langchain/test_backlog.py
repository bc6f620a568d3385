"""Between a run and its reader: order, back-pressure, and an end for whoever waits."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.conversation.deltas import Delta, Text
from bot.model.langchain.backlog import Backlog
from tests.clock import VIRTUAL, VirtualLoop


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


async def put_all(backlog: Backlog[Delta], count: int, pause: float = 0) -> None:
    for number in range(count):
        await backlog.put(Text(str(number)))
        await asyncio.sleep(pause)
    backlog.close()


async def get_all(backlog: Backlog[Delta], pause: float = 0) -> list[Delta]:
    got: list[Delta] = []
    while (delta := await backlog.get()) is not None:
        got.append(delta)
        await asyncio.sleep(pause)
    return got


async def test_a_writer_waits_while_the_reader_is_too_far_behind() -> None:
    backlog: Backlog[Delta] = Backlog(limit=2)
    writer = asyncio.create_task(put_all(backlog, 3))
    await asyncio.sleep(1)
    assert not writer.done()
    assert await backlog.get() == Text("0")
    await asyncio.sleep(1)
    assert writer.done()


async def test_what_was_put_before_the_end_is_still_got() -> None:
    backlog: Backlog[Delta] = Backlog(limit=5)
    await put_all(backlog, 3)
    assert await get_all(backlog) == [Text("0"), Text("1"), Text("2")]


async def test_a_reader_waits_for_news_and_no_longer_than_to_the_end() -> None:
    backlog: Backlog[Delta] = Backlog(limit=5)
    reader = asyncio.create_task(get_all(backlog))
    await asyncio.sleep(1)
    backlog.close()
    assert await reader == []


async def test_a_writer_whose_reader_left_waits_no_longer() -> None:
    backlog: Backlog[Delta] = Backlog(limit=1)
    writer = asyncio.create_task(put_all(backlog, 100))
    await asyncio.sleep(1)
    backlog.close()
    await writer
    assert await get_all(backlog) == [Text("0")]


@settings(deadline=None)  # a busy machine is no failure
@given(st.integers(1, 5), st.integers(0, 30), st.floats(0, 3), st.floats(0, 3))
def test_any_two_rhythms_lose_nothing_and_keep_the_order(
    limit: int, count: int, write_pause: float, read_pause: float
) -> None:
    async def run() -> list[Delta]:
        backlog: Backlog[Delta] = Backlog(limit=limit)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(put_all(backlog, count, write_pause))
            reader = tasks.create_task(get_all(backlog, read_pause))
        return reader.result()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert runner.run(run()) == [Text(str(number)) for number in range(count)]
