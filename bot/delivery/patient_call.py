"""Makes a call to Slack again after a 429, or where nobody answers, for whoever has the time: what is pressed and asked is no edit,
which newer text makes needless."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from bot.core.backoff import Backoff
from bot.errors import RateLimited, SlackUnreachable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Result = TypeVar("Result")

MOST_CALLS = 4
"""Times that a call is made: who is refused so often is up against more than a burst."""
TRIES = 4
"""Times that nobody may answer a call before it is given up."""
RETRY = Backoff(0.5, longest=8.0)


async def patiently(
    call: Callable[[], Awaitable[Result]], *, seconds: float, most: int = MOST_CALLS
) -> Result:
    """Makes a call, and again when Slack lets it, `most` times and as long as its waits are no more than so many `seconds` together.
    Raises SlackError as the call does: RateLimited at once where the next wait would be too long."""
    for _ in range(1, most):
        try:
            return await call()
        except RateLimited as limit:
            seconds -= limit.retry_after
            if seconds < 0:
                raise
            await asyncio.sleep(limit.retry_after)
    return await call()


async def insist(call: Callable[[], Awaitable[Result]], *, seconds: float, most: int = MOST_CALLS) -> Result:
    """Makes a call that may be carried out twice: as `patiently` does, and again where nobody answers. Raises SlackError as the call
    does."""
    for tried in range(1, TRIES):
        try:
            return await patiently(call, seconds=seconds, most=most)
        except SlackUnreachable:
            await asyncio.sleep(RETRY.pause(tried))
    return await patiently(call, seconds=seconds, most=most)
