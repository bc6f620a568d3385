"""Long work in steps: others have their turn in between."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.markdown.parse.work_meter import SHARE, spend
from bot.delivery.cooperative_steps import in_steps


def costly(steps: int) -> str:
    """A stand-in for a text that takes long: it only says so."""
    for _ in range(steps):
        spend(SHARE)
    return "shown"


async def test_it_returns_what_the_work_does() -> None:
    assert await in_steps(lambda: costly(0)) == "shown"
    assert await in_steps(lambda: costly(50)) == "shown"


async def test_others_have_a_turn_after_each_step() -> None:
    turns: list[int] = []

    async def other() -> None:
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    await in_steps(lambda: costly(20))
    task.cancel()
    assert len(turns) >= 20


async def test_what_goes_wrong_in_it_is_raised() -> None:
    def broken() -> None:
        costly(2)
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await in_steps(broken)


async def test_cancelled_it_ends_where_it_stands() -> None:
    ended: list[str] = []

    def endless() -> None:
        try:
            costly(10**9)
        finally:
            ended.append("here")

    task = asyncio.create_task(in_steps(endless))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == ["here"]


async def test_two_at_once_take_turns() -> None:
    both = await asyncio.gather(in_steps(lambda: costly(5)), in_steps(lambda: costly(9)))
    assert list(both) == ["shown", "shown"]
