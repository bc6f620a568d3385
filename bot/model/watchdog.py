"""A limit for each of many short waits, with one timer for all of them.

`asyncio.timeout` sets a timer and takes it away again for every word of an answer, which costs as much as reading it. Here the timer
runs to the end of the first wait, looks when the wait that is under way then would have to end, and sets itself anew.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")


class Watchdog:
    """Cuts waits of one task short, one at a time. Between two waits it stands still. Close it after the last one."""

    def __init__(self) -> None:
        self.expired = False  # the last wait was cut short
        self._task: asyncio.Task[object] | None = None  # that waits
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None

    async def wait(self, step: Awaitable[T], seconds: float) -> T:
        """Returns what `step` returns. Raises TimeoutError where it has not within `seconds` of the loop's clock; `expired`
        tells then."""
        task = asyncio.current_task()
        assert task is not None
        cancelling = task.cancelling()
        self._begin(task, seconds)
        try:
            return await step
        except asyncio.CancelledError:
            # Who cancels the task from outside at the same moment is heard.
            if self.expired and task.cancelling() - 1 <= cancelling:
                raise TimeoutError from None
            raise
        finally:
            self._task = None
            if self.expired:
                task.uncancel()

    def close(self) -> None:
        """Takes the timer away."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _begin(self, task: asyncio.Task[object], seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._task, self._due, self.expired = task, loop.time() + seconds, False
        if self._timer is None or self._timer.when() > self._due:
            self.close()
            self._timer = loop.call_at(self._due, self._look)

    def _look(self) -> None:
        timer, self._timer = self._timer, None
        if self._task is None or timer is None:
            return
        if timer.when() < self._due:
            self._timer = self._task.get_loop().call_at(self._due, self._look)
            return
        self.expired = True
        self._task.cancel()
