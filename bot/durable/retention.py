"""Old rows go daily. What is kept is ids and times; that is no reason to keep them for ever."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


KEPT = 2 * 24 * 3600.0
"""Seconds. Slack delivers an event again for up to 24 hours (Events API, delayed events), so a turn's id outlives that."""
DAY = 24 * 3600.0


class RetentionTarget(Protocol):
    """Keeps rows."""

    async def forget(self, before: float) -> None:
        """Forget what began before that time, in seconds since the epoch, and is over."""
        ...


async def retain(keepers: Sequence[RetentionTarget]) -> None:
    """Let the keepers forget what is old, now and every day, until cancelled."""
    while True:
        for keeper in keepers:
            await keeper.forget(time.time() - KEPT)
        await asyncio.sleep(DAY)
