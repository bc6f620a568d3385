"""`teleprinter usage`: what was used and what it cost, by the day, the person, the model or the workspace."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console
from rich.text import Text

from bot.commands.existing_database import open_existing
from bot.commands.terminal_table import drawn_table
from bot.core.conversation.spending import SpendingLimits, day_of
from bot.durable.spending_store import DAY, SpendingStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import TextIO

    from bot.durable.spending_store import UsageRow

BY = ("day", "person", "model", "team")
NOBODY = "(deleted)"
_SIDES = ("left", "right", "right", "right", "right")


class UsageSum(NamedTuple):
    """Sums up what was used under one name. `cost` is in the currency of the prices."""

    name: str
    turns: int
    input_tokens: int
    output_tokens: int
    cost: Decimal


async def report(
    database: Path | str | None, out: TextIO, *, by: str, days: int, currency: str, as_json: bool
) -> None:
    """Writes the sums of the last `days` to `out`, with what they cost where a `currency` says in what.

    Raises SettingsError where the settings name no database, or one that is not there.
    """
    async with open_existing(database, sought="usage") as opened:
        rows = await SpendingStore(opened, SpendingLimits()).used(
            since=day_of(time.time() - (days - 1) * DAY)
        )
    sums = sum_up(rows, by=by)
    if as_json:
        out.writelines(f"{json.dumps(_as_json(one, by, currency))}\n" for one in sums)
    else:
        _draw(sums, out, by=by, currency=currency)


def sum_up(rows: Iterable[UsageRow], *, by: str) -> list[UsageSum]:
    """Returns the sums under each day, person, model or team: days in their order, others by what they cost and used."""
    sums: dict[str, UsageSum] = {}
    for row in rows:
        name = str(getattr(row, by)) or NOBODY
        old = sums.get(name, UsageSum(name, 0, 0, 0, Decimal(0)))
        sums[name] = UsageSum(
            name,
            old.turns + row.turns,
            old.input_tokens + row.input_tokens,
            old.output_tokens + row.output_tokens,
            old.cost + Decimal(row.micros) / 1_000_000,
        )
    found = list(sums.values())
    return found if by == "day" else sorted(found, key=lambda one: (-one.cost, -one.turns, one.name))


def _as_json(one: UsageSum, by: str, currency: str) -> dict[str, str | int | None]:
    return {
        by: one.name,
        "answers": one.turns,
        "input_tokens": one.input_tokens,
        "output_tokens": one.output_tokens,
        "cost": f"{one.cost:.6f}" if currency else None,
        "currency": currency or None,
    }


def _draw(sums: Sequence[UsageSum], out: TextIO, *, by: str, currency: str) -> None:
    if not sums:
        out.write("Nothing was asked in that time.\n")
        return
    total = UsageSum(
        "all",
        sum(one.turns for one in sums),
        sum(one.input_tokens for one in sums),
        sum(one.output_tokens for one in sums),
        sum((one.cost for one in sums), Decimal(0)),
    )
    columns = (by, "answers", "tokens in", "tokens out", *([currency] if currency else []))
    rows = [
        [Text(name) for name in columns],
        *(_cells(one)[: len(columns)] for one in [*sums, total]),
    ]
    console = Console(file=out, highlight=False, soft_wrap=True)
    for line in drawn_table(rows, _SIDES[: len(columns)], width=max(console.width, 60), rule="-"):
        line.rstrip()
        console.print(line)


def _cells(one: UsageSum) -> list[Text]:
    figures = (f"{one.turns:,}", f"{one.input_tokens:,}", f"{one.output_tokens:,}", f"{one.cost:,.4f}")
    return [Text(one.name), *(Text(figure) for figure in figures)]
