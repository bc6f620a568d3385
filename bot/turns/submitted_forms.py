"""Keeps what people submit in a form while Slack waits: it is kept in time, or they read that it was not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.core.conversation import notices
from bot.observability import facts
from bot.observability.hooks import tell
from bot.observability.logs import way_to

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.language.translatable import Translatable

PATIENCE = 2.0
"""Seconds for Slack and the record, of the three after which Slack gives up a form."""


async def keep_in_time(work: Awaitable[Translatable | None], *, name: str) -> Translatable | None:
    """Waits for `work`, which the log calls by that `name` where it breaks. Returns why nothing is kept; None where it is."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await work
    except Exception as error:
        # Whoever waits before the form has to know, whatever broke.
        tell(facts.WorkCrashed(work=name, way=way_to(error)))
        return notices.UNDONE
