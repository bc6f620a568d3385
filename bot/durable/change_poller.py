"""One look at the database for all who want to know what has changed there: our turns, and what the others spend.

Who has nothing that could change asks nothing, so an idle process only has its watch over the dead: see `bot.durable.liveness`,
which has a thread of its own.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

LOOK = 0.5
"""Seconds between two looks: a stop that was pressed at another replica is heard within one."""


async def look_out(*looks: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Calls each of the looks again and again, until cancelled. What one of them raises ends all."""

    while True:
        await asyncio.sleep(LOOK)
        # At once: a stop must not wait for the budget.
        async with asyncio.TaskGroup() as tasks:
            for look in looks:
                tasks.create_task(look())
