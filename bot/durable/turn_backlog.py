"""Counts the turns of all replicas that are on record and not over, for whoever watches how they fare."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot.durable.retried_writes import execute
from bot.durable.schema import turns
from bot.durable.turn_statements import not_over
from bot.observability.levels import Level, LevelKind, offer_levels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.durable.database import Database

EVERY = 15.0  # seconds between two counts: as often as Prometheus asks
RECENT = 6 * 3600.0
"""Seconds. Turns that began before are not counted, so that two days of rows need not be read: none is at work for so long."""


class TurnBacklog:
    """Counts while it runs. Waits, and raises, as `bot.durable.turn_store.TurnStore` does; meanwhile the last count stands."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._count: int | None = None

    async def run(self) -> None:
        """Counts again and again, until cancelled."""
        with offer_levels(self._levels):
            while True:
                self._count = await self.count()
                await asyncio.sleep(EVERY)

    async def count(self) -> int:
        """Returns how many there are."""
        recent = turns.c.begun_at > time.time() - RECENT
        rows = await execute(
            self._database, select(func.count()).select_from(turns).where(recent, not_over())
        )
        return int(rows.all[0][0])

    def _levels(self) -> Iterator[Level]:
        if self._count is not None:
            yield Level(LevelKind.TURNS_ON_RECORD, self._count)
