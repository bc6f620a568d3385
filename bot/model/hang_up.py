"""Leaving a model's stream so that its connection closes at once.

Closing a generator throws into the outermost one alone; those inside it are left to the garbage collector, and with them the
connection. That is how the clients of Google and Fireworks, which use aiohttp, went on for seconds: words nobody reads were paid
for. A read that is cancelled unwinds all of them. So whoever leaves begins one more read, and cancels it.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

T = TypeVar("T")

_MOMENT = 0.01
"""Seconds until a read that has not come back is one that waits for the network."""

_AHEAD = 64
"""Chunks at most that have arrived already, and are skipped to come to such a read."""


@asynccontextmanager
async def hanging_up(chunks: AsyncGenerator[T, None]) -> AsyncGenerator[AsyncGenerator[T, None]]:
    """`chunks`, closed with all that they come from when the block is left."""
    try:
        yield chunks
    finally:
        try:
            await _interrupt(chunks)
        finally:
            await chunks.aclose()


async def _interrupt(chunks: AsyncGenerator[T, None]) -> None:
    for _ in range(_AHEAD):
        reading = asyncio.ensure_future(anext(chunks, None))
        try:
            done, _waiting = await asyncio.wait({reading}, timeout=_MOMENT)
        finally:
            reading.cancel()
        # What it raises now, nobody is left to hear: the answer was left, or has failed already.
        [chunk] = await asyncio.gather(reading, return_exceptions=True)
        if not done or chunk is None or isinstance(chunk, BaseException):
            return
