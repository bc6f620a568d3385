"""Who leaves a stream leaves nothing of it running."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.model.hang_up import hanging_up
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


class Client:
    """Hangs up only where its read is cancelled, as those do whose generators nobody closes."""

    def __init__(self, arrived: int = 1, last: Exception | None = None) -> None:
        self.connected = True
        self._arrived = arrived
        self._last = last

    async def read(self) -> AsyncGenerator[int, None]:
        for number in range(self._arrived):
            yield number
        try:
            if self._last is not None:
                raise self._last
            await asyncio.Event().wait()
        except (asyncio.CancelledError, OSError):
            self.connected = False
            raise


@pytest.mark.parametrize("arrived", [1, 2, 50], ids=["all read", "one not read", "many not read"])
async def test_leaving_hangs_up(arrived: int) -> None:
    client = Client(arrived)
    async with hanging_up(client.read()) as chunks:
        assert await anext(chunks) == 0
    assert not client.connected
    assert asyncio.get_running_loop().time() < 1


async def test_leaving_before_the_first_word_hangs_up() -> None:
    client = Client(0)
    async with hanging_up(client.read()):
        pass
    assert not client.connected


async def test_what_breaks_while_leaving_is_nobody_s_any_more() -> None:
    client = Client(1, last=ConnectionResetError())
    async with hanging_up(client.read()) as chunks:
        await anext(chunks)
    assert not client.connected


async def test_a_stream_that_is_over_is_left_as_it_is() -> None:
    async def one() -> AsyncGenerator[int, None]:
        yield 1

    async with hanging_up(one()) as chunks:
        assert [number async for number in chunks] == [1]
    assert asyncio.get_running_loop().time() == 0


async def test_the_reader_s_own_error_is_what_is_raised() -> None:
    client = Client()
    with pytest.raises(KeyError):
        async with hanging_up(client.read()) as chunks:
            raise KeyError(await anext(chunks))
    assert not client.connected
