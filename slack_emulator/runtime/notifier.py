"""Waiting for something to become true, without polling."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Found = TypeVar("Found")


class Notifier:
    """Rung at every change: whoever waits looks again."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Something changed."""
        # A new event each time: the old one stays set for those who have not run yet.
        self._rung.set()
        self._rung = asyncio.Event()

    async def until(self, look: Callable[[], Found], *, within: float | None = None) -> Found:
        """Wait until `look()` is true and answer what it found; what it finds after `within` seconds, true or not."""
        try:
            async with asyncio.timeout(within):
                while not (found := look()):
                    await self._rung.wait()
                return found
        except TimeoutError:
            return look()

    async def next_ring(self, *, within: float | None) -> None:
        """Wait for the next change, at most `within` seconds."""
        try:
            async with asyncio.timeout(within):
                await self._rung.wait()
        except TimeoutError:
            return
