"""Owns what is done for people after Slack has its ack: each piece of work is a task that somebody awaits."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.observability import facts
from bot.observability.hooks import tell
from bot.observability.logs import way_to

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine
    from typing import Any

GRACE = 3.0  # seconds that a process which ends lets it come to its end


class OwnedTasks:
    """Work that is under way. All but the constructor belongs inside the block of `open`."""

    def __init__(self) -> None:
        self._group = asyncio.TaskGroup()
        self._working: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """Work can be started while the block runs; what is under way at its end has `GRACE` seconds."""
        async with self._group:
            try:
                yield
            finally:
                if self._working:
                    await asyncio.wait(self._working, timeout=GRACE)
                for task in self._working:
                    task.cancel()

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Begins `work`, which the log calls by that `name` where a bug ends it."""
        task = self._group.create_task(self._do(name, work))
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _do(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            # Work ends here: a piece that breaks must not take the process with it.
            tell(facts.WorkCrashed(work=name, way=way_to(error)))
