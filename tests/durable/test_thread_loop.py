"""Work in a thread and a loop of its own."""

from __future__ import annotations

import asyncio
import threading

import pytest

from bot.durable.thread_loop import aside


async def test_work_goes_on_while_our_loop_is_busy() -> None:
    told = threading.Event()

    async def tell() -> None:
        await asyncio.sleep(0)
        told.set()

    working = asyncio.create_task(aside(tell))
    await asyncio.sleep(0)
    assert told.wait(60)  # our loop stands still meanwhile
    await working


async def test_who_is_cancelled_waits_until_the_work_has_ended() -> None:
    begun, ended = threading.Event(), threading.Event()

    async def work() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.set()

    working = asyncio.create_task(aside(work))
    await asyncio.to_thread(begun.wait)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert ended.is_set()


async def test_what_the_work_raises_is_raised() -> None:
    async def fail() -> None:
        raise LookupError("nobody there")

    with pytest.raises(LookupError, match="nobody there"):
        await aside(fail)
