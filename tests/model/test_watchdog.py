"""One timer for many waits, in virtual time."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.watchdog import Watchdog
from tests.clock import VIRTUAL, VirtualLoop, now


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


async def test_a_wait_that_ends_in_time_gives_what_it_waited_for() -> None:
    watchdog = Watchdog()
    assert await watchdog.wait(asyncio.sleep(3, "word"), 5) == "word"
    assert not watchdog.expired


async def test_a_wait_that_takes_too_long_is_cut_short() -> None:
    watchdog = Watchdog()
    await watchdog.wait(asyncio.sleep(3), 5)
    with pytest.raises(TimeoutError):
        await watchdog.wait(asyncio.sleep(9), 4)
    assert (watchdog.expired, now()) == (True, 7)


async def test_a_later_wait_may_be_the_shorter_one() -> None:
    watchdog = Watchdog()
    await watchdog.wait(asyncio.sleep(1), 100)
    with pytest.raises(TimeoutError):
        await watchdog.wait(asyncio.sleep(9), 2)
    assert now() == 3


async def test_between_two_waits_it_stands_still() -> None:
    watchdog = Watchdog()
    await watchdog.wait(asyncio.sleep(1), 5)
    await asyncio.sleep(100)
    assert await watchdog.wait(asyncio.sleep(4, "word"), 5) == "word"


async def test_after_a_wait_that_was_cut_short_the_task_goes_on_as_before() -> None:
    watchdog = Watchdog()
    with pytest.raises(TimeoutError):
        await watchdog.wait(asyncio.sleep(9), 1)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    assert await watchdog.wait(asyncio.sleep(1, "word"), 2) == "word"


async def test_a_time_out_of_what_is_waited_for_is_not_ours() -> None:
    async def fail() -> None:
        raise TimeoutError

    watchdog = Watchdog()
    with pytest.raises(TimeoutError):
        await watchdog.wait(fail(), 5)
    assert not watchdog.expired


@pytest.mark.parametrize("cancelled_after", [1, 5], ids=["before", "at the same moment"])
async def test_who_cancels_the_task_is_heard(cancelled_after: int) -> None:
    async def read() -> None:
        await Watchdog().wait(asyncio.sleep(9), 5)

    task = asyncio.create_task(read())
    await asyncio.sleep(cancelled_after)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_closed_one_leaves_no_timer() -> None:
    watchdog = Watchdog()
    await watchdog.wait(asyncio.sleep(1), 5)
    watchdog.close()
    watchdog.close()
    await asyncio.sleep(0)
    await asyncio.sleep(99)
    assert now() == 100


waits = st.lists(st.tuples(st.floats(0, 20), st.floats(0.1, 20), st.floats(0, 20)), max_size=10)


@given(waits)
def test_any_waits_end_as_they_would_with_a_timer_each(plan: list[tuple[float, float, float]]) -> None:
    async def run(limited: bool) -> list[tuple[float, bool]]:
        watchdog, ends = Watchdog(), list[tuple[float, bool]]()
        for takes, limit, pause in plan:
            late = False
            try:
                if limited:
                    await watchdog.wait(asyncio.sleep(takes), limit)
                else:
                    async with asyncio.timeout(limit):
                        await asyncio.sleep(takes)
            except TimeoutError:
                late = True
            ends.append((now(), late))
            await asyncio.sleep(pause)
        watchdog.close()
        return ends

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        ours = runner.run(run(limited=True))
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        theirs = runner.run(run(limited=False))
    assert [late for _, late in ours] == [late for _, late in theirs]
    assert [at for at, _ in ours] == pytest.approx([at for at, _ in theirs])
