"""Holds what is on its way from a model to its reader, and the back-pressure between the two."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Backlog(Generic[T]):
    """At most `limit` items, put by one task at a time and got by one other, in the same loop."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: deque[T] = deque()
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._closed = False

    @property
    def closed(self) -> bool:
        """Tells whether nothing more is taken."""
        return self._closed

    async def put(self, item: T) -> None:
        """Add `item` when there is room. Dropped when closed: then nobody reads any more."""
        while len(self._items) >= self._limit and not self._closed:
            self._room.clear()
            await self._room.wait()
        if not self._closed:
            self._items.append(item)
            self._news.set()

    async def get(self) -> T | None:
        """The oldest item. None: closed, and all that was put has been got."""
        while not self._items and not self._closed:
            self._news.clear()
            await self._news.wait()
        if not self._items:
            return None
        self._room.set()
        return self._items.popleft()

    def close(self) -> None:
        """Nothing more is taken; whoever waits, waits no longer."""
        self._closed = True
        self._news.set()
        self._room.set()
