"""How many turns are on record and not over is there to be read as long as somebody counts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.durable.turn_backlog import TurnBacklog
from bot.durable.turn_store import TurnStore
from bot.observability.levels import Level, LevelKind, read_levels
from tests.durable.prepared import open_prepared
from tests.fakes import an_answer

if TYPE_CHECKING:
    from pathlib import Path

    from bot.durable.database import Database


async def test_turns_count_until_they_are_over_whichever_replica_has_them(somewhere: Path | str) -> None:
    async with open_prepared(somewhere) as database:
        one, other = TurnStore(database, "r1"), TurnStore(database, "r2")
        first, second = an_answer("1.0"), an_answer("2.0", thread_ts="2.0")
        backlog = TurnBacklog(database)
        assert await backlog.count() == 0
        await one.claim(first, at_work=True)
        await other.claim(second, at_work=True)
        assert await backlog.count() == 2
        await one.finish(first)
        assert await backlog.count() == 1


class Counting(TurnBacklog):
    """Tells when it has counted."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.counted = asyncio.Event()

    async def count(self) -> int:
        count = await super().count()
        self.counted.set()
        return count


async def test_the_count_is_read_as_long_as_it_is_kept_up(somewhere: Path | str) -> None:
    async with open_prepared(somewhere) as database:
        await TurnStore(database, "r1").claim(an_answer("1.0"), at_work=True)
        backlog = Counting(database)
        counting = asyncio.create_task(backlog.run())
        await backlog.counted.wait()
        assert Level(LevelKind.TURNS_ON_RECORD, 1) in read_levels()
        counting.cancel()
        await asyncio.gather(counting, return_exceptions=True)
        assert Level(LevelKind.TURNS_ON_RECORD, 1) not in read_levels()
