"""Checks that the database that the settings name is there: it is not to be made by looking into it."""

from __future__ import annotations

from pathlib import Path

from bot.errors import SettingsError


def check_existing(database: Path | str | None, *, sought: str) -> None:
    """Raises SettingsError where nothing can have been kept there; `sought` says of what."""
    if database is None or (isinstance(database, Path) and not database.exists()):
        raise SettingsError(
            f"DATABASE_URL: there is no {sought} at {database or 'a file that goes with its process'}; "
            "name the database that the bot runs with."
        )
