"""Long work of the core, done a little at a time, so that the event loop is never held up by it.

The core has no await: it says when it has worked for a while (`work_meter.pausing`), and is left there until all others had
their turn. A thread would not do: whoever computes in one holds the interpreter, and the loop waits for it at each turn.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped, unused-ignore]

from bot.core.markdown.parse.work_meter import pausing

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


async def in_steps(work: Callable[[], Result]) -> Result:
    """Returns or raises what `work` does. Others run between its steps, and must leave alone what it works on."""
    loop = getcurrent()
    results: list[Result] = []

    def steps() -> None:
        with pausing(loop.switch):
            results.append(work())

    worker = greenlet(steps)
    try:
        worker.switch()
        while not worker.dead:
            await asyncio.sleep(0)
            worker.switch()
    finally:
        worker.throw()  # cancelled: it ends where it stands
    return results[0]
