"""Says how often a stream is looked at: closely at first, then at ticks that all streams share.

A model sends a packet a word, and to wake up for each, read it and make objects of it costs more than all that is done with the word
afterwards. A reader sees an edit a second at the most. So once the first words are out, a stream is left alone until the next tick,
and what has come by then is read in one go:

    first packet ── every packet, for 0.3 s ──► a look each 50 ms ── finish reason ──► every packet, to the end

Use it only where one read takes all that has come (aiohttp's): httpx hands out one chunk of HTTP a read, and such a stream would
fall behind its model by seconds.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

from bot.model.chunk_merge import is_end, merge

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from types import TracebackType
    from typing import Self

CLOSELY = 0.3
"""Seconds from the first packet on in which nothing waits: the first post wants a whole word, and soon."""

LOOK = 0.05
"""Seconds between two looks. Of 47 microseconds a word at 20 looks a second, half is gone at 10; nobody sees 50 ms."""


class Ticks:
    """One timer for all who wait: none while nobody does."""

    def __init__(self, every: float = LOOK) -> None:
        self._every = every  # seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: list[asyncio.Future[None]] = []

    async def next(self) -> None:
        """Returns at the next tick."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # whoever waited in another one waits no more
            self._loop, self._waiting = loop, []
        if not self._waiting:
            loop.call_later(self._every, self._tick)
        tick = loop.create_future()
        self._waiting.append(tick)
        await tick

    def _tick(self) -> None:
        waiting, self._waiting = self._waiting, []
        for tick in waiting:
            if not tick.done():  # cancelled: its reader has left
                tick.set_result(None)


class Packets(Protocol):
    """A stream that is read a packet at a time; see `bot.model.packet_stream.PacketStream`."""

    def __aiter__(self) -> AsyncIterator[list[Any]]:
        """The chunks of each packet."""
        ...

    async def close(self) -> None:
        """Closes its response."""
        ...


class Looks:
    """The chunks of one stream, merged look by look. Enter it, read it once, and its response is closed when it is left."""

    def __init__(self, packets: Packets, ticks: Ticks) -> None:
        self._packets = packets
        self._ticks = ticks

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._packets.close()

    async def __aiter__(self) -> AsyncGenerator[Any, None]:
        clock = asyncio.get_running_loop().time
        leisurely: float | None = None
        async for packet in self._packets:
            leisurely = clock() + CLOSELY if leisurely is None else leisurely
            chunks = merge(packet)
            for chunk in chunks:
                yield chunk
            if any(map(is_end, chunks)):  # what was merged only adds words
                leisurely = float("inf")
            if clock() >= leisurely:
                await self._ticks.next()
