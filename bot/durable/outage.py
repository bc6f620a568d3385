"""Knows whether the database takes what is to be kept; tells once when it no longer does, and once when it does again."""

from __future__ import annotations

import asyncio
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK = 0.1  # seconds between two looks whether it is still shared
CALM = 2.0  # seconds without a refusal after which a write says that it is over: a full disk has room for one now and then
LOCKED = 15_000
"""Milliseconds after which a locked file counts as out. A process that is frozen in a write for ten seconds is waited for: who
goes on without the record cannot know what the others do."""
GRACE = 0.25  # seconds that a database has which is known to be out: it may just be back


class Outage:
    """Of one database. May be told from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._since: float | None = None
        self._waiting: dict[asyncio.Future[None], asyncio.AbstractEventLoop] = {}  # for its beginning
        self._refused = float("-inf")
        self._ended = float("-inf")
        self.is_shared = False
        """Tells whether other processes work on the database, too: who cannot ask it must not go on without them then."""

    @property
    def is_on(self) -> bool:
        return self._since is not None

    def begin(self, error: BaseException | None) -> None:
        """It has refused a write, or cannot be reached."""
        with self._lock:
            # Who asked while it was out, and waited for the lock in vain behind all the others, has no news.
            if self._clock() - _waited(error) < self._ended:
                return
            self._refused = self._clock()
            if self._since is not None:
                return
            self._since = self._refused
            for one, loop in self._waiting.items():
                loop.call_soon_threadsafe(_wake, one)
        tell(facts.DatabaseLost(kind=type(error).__name__, why=_why(error)))

    def end(self) -> None:
        """It has taken a write."""
        with self._lock:
            if self._since is None or self._clock() - self._refused < CALM:
                return
            lasted, self._since = self._clock() - self._since, None
            self._ended = self._clock()
        tell(facts.DatabaseBack(seconds=round(lasted, 1)))

    async def spares(self, work: asyncio.Task[Any]) -> bool:
        """Waits for the work. False as soon as the database is out: the work goes on, and nobody should wait for it.

        Waits to its end where the database is shared.
        """
        while not work.done():
            if not self.is_on:
                await self._done_or_begun(work)
            elif self.is_shared:
                await asyncio.wait([work], timeout=LOOK)
            else:
                await asyncio.wait([work], timeout=GRACE)
                break
        return work.done()

    async def _done_or_begun(self, work: asyncio.Task[Any]) -> None:
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[None] = loop.create_future()
        with self._lock:
            self._waiting[woken] = loop
        if self.is_on:
            _wake(woken)  # it has begun just before
        wake = partial(_wake, woken)
        work.add_done_callback(wake)
        try:
            await woken
        finally:
            work.remove_done_callback(wake)
            with self._lock:
                del self._waiting[woken]


def _wake(waiting: asyncio.Future[None], _: object = None) -> None:
    if not waiting.done():
        waiting.set_result(None)


def _waited(error: BaseException | None) -> float:
    """Returns how long ago who is refused had asked, in seconds."""
    return LOCKED / 1000 if getattr(error, "sqlite_errorname", None) == "SQLITE_BUSY" else 0.0


def _why(error: BaseException | None) -> str:
    """SQLite's name of it, such as SQLITE_FULL, or PostgreSQL's five characters; "" where there is none."""
    return str(getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or "")
