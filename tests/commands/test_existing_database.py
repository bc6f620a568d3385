"""A database that is looked into has to be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.commands.existing_database import check_existing
from bot.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    nowhere = tmp_path / "turns.sqlite"
    with pytest.raises(SettingsError, match=r"DATABASE_URL: there is no usage at .*turns\.sqlite"):
        check_existing(nowhere, sought="usage")
    with pytest.raises(SettingsError, match="a file that goes with its process"):
        check_existing(None, sought="usage")
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_will_do(tmp_path: Path) -> None:
    (there := tmp_path / "turns.sqlite").touch()
    check_existing(there, sought="usage")
    check_existing("postgresql://host/bot", sought="usage")
