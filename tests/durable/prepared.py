"""A database as the bot opens it: with DBOS's tables and ours."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.durable.database import open_database
from bot.durable.turn_store import TurnStore
from bot.durable.workflow import prepare

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from bot.durable.database import Database


@asynccontextmanager
async def open_prepared(where: Path | str | None) -> AsyncGenerator[Database]:
    """The database, ready for turns and for whatever else is kept."""
    async with open_database(where) as database:
        await prepare(database)
        await TurnStore(database, "me").prepare()
        yield database
