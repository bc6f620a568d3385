"""Deltas on their way from a run to its reader, and the back-pressure between the two."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.deltas import Delta


class Backlog:
    """At most `limit` deltas, put by one task at a time and got by one other, in the same loop."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._deltas: deque[Delta] = deque()
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._closed = False

    async def put(self, delta: Delta) -> None:
        """Add `delta` when there is room. Dropped when closed: then nobody reads any more."""
        while len(self._deltas) >= self._limit and not self._closed:
            self._room.clear()
            await self._room.wait()
        if not self._closed:
            self._deltas.append(delta)
            self._news.set()

    async def get(self) -> Delta | None:
        """The oldest delta. None: closed, and all that was put has been got."""
        while not self._deltas and not self._closed:
            self._news.clear()
            await self._news.wait()
        if not self._deltas:
            return None
        self._room.set()
        return self._deltas.popleft()

    def close(self) -> None:
        """Nothing more is taken; whoever waits, waits no longer."""
        self._closed = True
        self._news.set()
        self._room.set()
