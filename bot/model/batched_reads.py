"""Says how often a stream is looked at: closely at first, then at ticks that all streams share.

A model sends a packet a word, and to wake up for each, read it and make objects of it costs more than all that is done with the word
afterwards. A reader sees an edit a second at the most. So once the first words are out, a stream is left alone until the next tick,
and what has come by then is read in one go:

    first packet ── every packet, for 0.3 s ──► a look each 50 ms ── finish reason ──► every packet, to the end

Where the system can, packets between two looks wake nobody (`bot.model.receive_mark`). Use it only where one read takes all that has
come (aiohttp's): httpx hands out one chunk of HTTP a read, and such a stream would fall behind its model by seconds.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from bot.model.chunk_merge import is_end, merge

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable
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
        self._due: list[Callable[[], object]] = []

    def call(self, work: Callable[[], object]) -> None:
        """Does `work`, which raises nothing, at the next tick."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # whoever waited in another one waits no more
            self._loop, self._due = loop, []
        if not self._due:
            loop.call_later(self._every, self._tick)
        self._due.append(work)

    async def next(self) -> None:
        """Returns at the next tick."""
        tick = asyncio.get_running_loop().create_future()
        self.call(partial(_set, tick))
        await tick

    def _tick(self) -> None:
        due, self._due = self._due, []
        for work in due:
            work()


def _set(tick: asyncio.Future[None]) -> None:
    if not tick.done():  # cancelled: its reader has left
        tick.set_result(None)


class WakingMark(Protocol):
    """Decides whether packets wake their reader; see `bot.model.receive_mark`."""

    @property
    def works(self) -> bool: ...
    def hold(self) -> None: ...
    def release(self) -> None: ...


class Packets(Protocol):
    """A stream that is read a packet at a time; see `bot.model.packet_stream.PacketStream`."""

    def __aiter__(self) -> AsyncIterator[list[Any]]:
        """The chunks of each packet."""
        ...

    @property
    def mark(self) -> WakingMark:
        """That of its connection."""
        ...

    async def close(self) -> None:
        """Closes its response."""
        ...


class Looks:
    """The chunks of one stream, merged look by look. Enter it, read it once, and its response is closed when it is left.

    `light`: all packets but the first are merged so (`bot.model.chunk_merge`); the first has to tell whose stream it is.
    """

    def __init__(self, packets: Packets, ticks: Ticks, *, light: bool = False) -> None:
        self._packets = packets
        self._mark = packets.mark
        self._ticks = ticks
        self._light = light

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._mark.release()
        await self._packets.close()

    async def __aiter__(self) -> AsyncGenerator[Any, None]:
        clock = asyncio.get_running_loop().time
        leisurely: float | None = None
        async for packet in self._packets:
            chunks = merge(packet, light=self._light and leisurely is not None)
            leisurely = clock() + CLOSELY if leisurely is None else leisurely
            for chunk in chunks:
                yield chunk
            if any(map(is_end, chunks)):  # what was merged only adds words
                leisurely = float("inf")
            if clock() >= leisurely:
                await self._pause()

    async def _pause(self) -> None:
        """Leaves the stream alone until the next tick."""
        if not self._mark.works:
            await self._ticks.next()
            return
        # Nobody has to wake up at the tick only to find out what has come: that wakes its reader by itself.
        self._mark.hold()
        self._ticks.call(self._mark.release)
