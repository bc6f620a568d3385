"""Makes a call to Slack again after a 429, for whoever has the time: what is pressed and asked is no edit, which newer text makes needless."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from bot.errors import RateLimited

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Result = TypeVar("Result")

MOST_CALLS = 4
"""Times that a call is made: who is refused so often is up against more than a burst."""


async def patiently(call: Callable[[], Awaitable[Result]], *, seconds: float) -> Result:
    """Makes a call, and again when Slack lets it, as long as its waits are no more than so many `seconds` together. Raises SlackError
    as the call does: RateLimited at once where the next wait would be too long."""
    for _ in range(1, MOST_CALLS):
        try:
            return await call()
        except RateLimited as limit:
            seconds -= limit.retry_after
            if seconds < 0:
                raise
            await asyncio.sleep(limit.retry_after)
    return await call()
