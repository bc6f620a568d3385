"""How long the reader of a run waits, in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import ModelEndless, ModelStalled
from bot.model.langchain.deadlines import Waits
from tests.clock import VIRTUAL


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


async def test_without_limits_it_waits() -> None:
    assert await Waits("x", idle=None, rest=None).until(asyncio.sleep(1e6, "late")) == "late"


async def test_silence_is_a_stall() -> None:
    with pytest.raises(ModelStalled, match="x said nothing for 10 s"):
        await Waits("x", idle=10, rest=60).until(asyncio.sleep(11))


async def test_all_waits_together_are_the_time_of_the_run() -> None:
    waits = Waits("x", idle=10, rest=15)
    await waits.until(asyncio.sleep(9))
    await asyncio.sleep(1000)  # the reader's own time
    with pytest.raises(ModelEndless, match="after 15 s"):
        await waits.until(asyncio.sleep(9))


async def test_what_is_held_counts_for_neither() -> None:
    waits = Waits("x", idle=10, rest=15)

    async def work() -> str:
        await asyncio.sleep(5)
        with waits.held(), waits.held():
            await asyncio.sleep(1000)
        await asyncio.sleep(9)
        return "done"

    assert await waits.until(work()) == "done"
    with pytest.raises(ModelEndless):
        await waits.until(asyncio.sleep(2))


async def test_what_is_held_between_two_waits_is_held_in_the_second() -> None:
    waits = Waits("x", idle=10, rest=None)
    with waits.held():
        await waits.until(asyncio.sleep(100))
    with pytest.raises(ModelStalled):
        await waits.until(asyncio.sleep(100))
