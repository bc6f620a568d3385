"""Opens the database that the settings name to look into it: one that is not there is not made by that."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.durable.database import open_database
from bot.durable.turn_store import TurnStore
from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bot.durable.database import Database


@asynccontextmanager
async def open_existing(database: Path | str | None, *, sought: str) -> AsyncGenerator[Database]:
    """The database, with the tables of this version. Raises SettingsError where it is not there; `sought` says what was looked for."""
    check_existing(database, sought=sought)
    async with open_database(database) as opened:
        await TurnStore(opened, sought).prepare()  # an older version's has not all of them
        yield opened


def check_existing(database: Path | str | None, *, sought: str) -> None:
    """Raises SettingsError where nothing can have been kept there; `sought` says of what."""
    if database is None or (isinstance(database, Path) and not database.exists()):
        raise SettingsError(
            f"DATABASE_URL: there is no {sought} at {database or 'a file that goes with its process'}; "
            "name the database that the bot runs with."
        )
