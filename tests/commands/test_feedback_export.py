"""What people have said of answers, for whoever runs the bot."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from bot.commands.feedback_export import COLUMNS, CSV, JSON_LINES, export
from bot.durable.database import open_database
from bot.durable.feedback_store import FeedbackStore
from bot.durable.turn_store import TurnStore
from bot.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
async def kept(tmp_path: Path) -> Path:
    """A database in which two people have said something."""
    where = tmp_path / "turns.sqlite"
    async with open_database(where) as database:
        await TurnStore(database, "me").prepare()
        store = FeedbackStore(database)
        await store.judge(("T", "C", "1.0"), "U1", "good")
        await store.judge(("T", "C", "1.0+02"), "U2", "bad")
        await store.annotate(("T", "C", "1.0+02"), "U2", "=1+1, “zu kurz”\nsagt Åsa")
    return where


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def exported(where: Path | str | None, form: str) -> str:
    out = io.StringIO()
    await export(where, out, form=form)
    return out.getvalue()


async def test_each_line_is_an_object(kept: Path) -> None:
    lines = [json.loads(line) for line in (await exported(kept, JSON_LINES)).splitlines()]
    assert [list(line) for line in lines] == [list(COLUMNS)] * 2
    said = [(one["question"], one["take"], one["person"], one["verdict"], one["note"]) for one in lines]
    assert said == [("1.0", 0, "U1", "good", ""), ("1.0", 2, "U2", "bad", "=1+1, “zu kurz”\nsagt Åsa")]
    assert lines[0]["given_at"].endswith("+00:00")


async def test_a_table_has_a_header_and_no_formulas(kept: Path) -> None:
    header, *rows = csv.reader(io.StringIO(await exported(kept, CSV)))
    assert header == list(COLUMNS)
    assert [row[3:7] for row in rows] == [
        ["0", "U1", "good", ""],
        ["2", "U2", "bad", "'=1+1, “zu kurz”\nsagt Åsa"],
    ]


async def test_where_nothing_was_said_there_is_nothing(tmp_path: Path) -> None:
    async with open_database(tmp_path / "new.sqlite"):
        """An older version has left it, without a table of feedback."""
    assert await exported(tmp_path / "new.sqlite", JSON_LINES) == ""


@pytest.mark.parametrize("name", [None, "missing.sqlite"])
async def test_a_database_that_is_not_there_is_not_made(tmp_path: Path, name: str | None) -> None:
    where = tmp_path / name if name else None
    with pytest.raises(SettingsError, match="there is no feedback at"):
        await exported(where, JSON_LINES)
    assert files(tmp_path) == []
