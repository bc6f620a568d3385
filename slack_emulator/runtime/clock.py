"""The workspace's own time: real, or faster, or moved on by hand, so that a retry after five minutes is there in a moment.

Retries, limits and expiries go by it. How long an app has to answer does not: an app cannot be hurried.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from slack_emulator.errors import WorkspaceError
from slack_emulator.runtime.notifier import Notifier

if TYPE_CHECKING:
    from collections.abc import Callable

Found = TypeVar("Found")


class Clock:
    """Seconds since the epoch: `clock()`. `source` tells the real ones."""

    def __init__(self, source: Callable[[], float] = time.time, *, bell: Notifier | None = None) -> None:
        self.speed = 1.0
        self._source = source
        self._bell = bell or Notifier()
        self._ahead = 0.0  # of the source, at the moment `_since`
        self._since = 0.0
        self._settings = 0

    def __call__(self) -> float:
        real = self._source()
        if self.speed == 1.0:  # exactly what the source says, to the last digit
            return real + self._ahead
        return real + self._ahead + (real - self._since) * (self.speed - 1.0)

    def real(self) -> float:
        """Returns what the app's own clock tells: for signatures, which it holds against that."""
        return self._source()

    def run(self, speed: float) -> None:
        """From now on, let `speed` seconds pass in each real one."""
        if not 0 < speed < float("inf"):
            raise WorkspaceError(f"time cannot run at {speed:g}: choose a speed above 0; 1 is real time")
        now, real = self(), self._source()
        self.speed, self._ahead, self._since = speed, now - real, real
        self._set()

    def advance(self, seconds: float) -> None:
        """Let that many seconds be over."""
        if not 0 <= seconds < float("inf"):
            raise WorkspaceError(f"time cannot go {seconds:g} s: it only goes forward")
        self._ahead += seconds
        self._set()

    def _set(self) -> None:
        self._settings += 1
        self._bell.ring()

    def in_real(self, seconds: float) -> float:
        """The time it will be here when `seconds` of real time have passed."""
        return self() + seconds * self.speed

    async def sleep(self, seconds: float) -> None:
        """Wait so many of these seconds."""
        await self.until(lambda: False, within=seconds)

    async def next_ring(self, *, until: float | None) -> None:
        """Wait for the bell to ring next, or until that time; for ever where there is none."""
        left = None if until is None else max(0.0, until - self()) / self.speed
        await self._bell.next_ring(within=left)

    async def until(self, look: Callable[[], Found], *, within: float) -> Found:
        """Returns what `look()` finds, looked for at every ring of the bell; after `within` of these seconds, true or not."""
        due = self() + within
        found = look()
        while not found and (left := due - self()) > 0:
            found, over = await self._look_until_set(look, left / self.speed)
            if over:
                break
        return found

    async def _look_until_set(self, look: Callable[[], Found], real: float) -> tuple[Found, bool]:
        """Look for so many real seconds, or until the clock is set; whether the seconds are over, or something found.

        The source is not asked again when they are over: a test's may stand still.
        """
        setting = self._settings
        await self._bell.until(lambda: look() or self._settings != setting, within=real)
        return look(), self._settings == setting
