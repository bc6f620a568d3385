"""One timer for all who look, in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from bot.durable.change_poller import LOOK, look_out
from tests.clock import VIRTUAL


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


class Looks:
    """When was looked; each look takes so long."""

    def __init__(self, takes: float = 0.0) -> None:
        self.takes = takes
        self.at: list[float] = []

    async def look(self) -> None:
        self.at.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.takes)


async def test_all_look_again_and_again_and_none_waits_for_another_to_begin() -> None:
    slow, quick = Looks(LOOK), Looks()
    looking = asyncio.create_task(look_out(slow.look, quick.look))
    await asyncio.sleep(3.5 * LOOK)
    looking.cancel()
    assert slow.at == quick.at == [LOOK, 3 * LOOK]


async def test_what_a_look_raises_is_not_swallowed() -> None:
    async def breaks() -> None:
        raise ZeroDivisionError

    with pytest.raises(ExceptionGroup) as raised:
        await look_out(breaks)
    assert isinstance(raised.value.exceptions[0], ZeroDivisionError)
