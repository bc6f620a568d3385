"""`teleprinter feedback`: what people have said of answers, one object or one row each, the oldest first."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.commands.existing_database import open_existing
from bot.core.conversation.answer_key import AGAIN
from bot.durable.feedback_store import FeedbackStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import TextIO

    from bot.durable.feedback_store import Feedback

JSON_LINES, CSV = "jsonl", "csv"
FORMATS = (JSON_LINES, CSV)
COLUMNS = ("team", "channel", "question", "take", "person", "verdict", "note", "given_at")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def export(database: Path | str | None, out: TextIO, *, form: str) -> None:
    """Writes what is kept to `out`. Raises SettingsError where the settings name no database, or one that is not there."""
    async with open_existing(database, sought="feedback") as opened:
        said = await FeedbackStore(opened).all()
    rows = map(_row, said)
    write = _write_csv if form == CSV else _write_json_lines
    write(rows, out)


def _row(one: Feedback) -> dict[str, str | int]:
    question, _, take = one.answer.partition(AGAIN)
    given_at = datetime.fromtimestamp(one.given_at, UTC).isoformat(timespec="seconds")
    values = (one.team, one.channel, question, int(take or 0), one.person, one.verdict, one.note, given_at)
    return dict(zip(COLUMNS, values, strict=True))


def _write_json_lines(rows: Iterable[Mapping[str, str | int]], out: TextIO) -> None:
    out.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def _write_csv(rows: Iterable[Mapping[str, str | int]], out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        inert = {**row, "note": _inert(str(row["note"]))}
        writer.writerow([inert[name] for name in COLUMNS])


def _inert(text: str) -> str:
    """A note that a spreadsheet would take for a formula, as the text that it is."""
    return f"'{text}" if text.startswith(_FORMULA) else text
