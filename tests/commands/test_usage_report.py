"""What was used and what it cost, for whoever pays for it."""

from __future__ import annotations

import io
import json
import time
from typing import TYPE_CHECKING

import pytest

from bot.commands.usage_report import NOBODY, report, sum_up
from bot.core.conversation.spending import ModelUse, SpendingLimits, day_of
from bot.durable.database import open_database
from bot.durable.spending_store import Reservation, SpendingStore, UsageRow
from bot.durable.turn_store import TurnStore
from bot.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

DAYS = [
    UsageRow("T", "U1", "2026-11-26", "mini", 1, 100, 10, 50),
    UsageRow("T", "U2", "2026-11-26", "gpt", 1, 100, 10, 2_000_000),
    UsageRow("T", "", "2026-11-27", "mini", 2, 200, 20, 100),
]


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("day", ["2026-11-26", "2026-11-27"]),
        ("person", ["U2", NOBODY, "U1"]),
        ("model", ["gpt", "mini"]),
        ("team", ["T"]),
    ],
)
def test_days_are_in_their_order_and_others_by_what_they_cost(by: str, names: list[str]) -> None:
    assert [one.name for one in sum_up(DAYS, by=by)] == names


def test_what_stands_under_one_name_is_summed_up() -> None:
    (team,) = sum_up(DAYS, by="team")
    assert (team.turns, team.input_tokens, team.output_tokens, str(team.cost)) == (4, 400, 40, "2.00015")


@pytest.fixture
async def kept(tmp_path: Path) -> Path:
    """A database in which somebody has used something today, and long ago."""
    where, now = tmp_path / "turns.sqlite", time.time()
    async with open_database(where) as database:
        await TurnStore(database, "me").prepare()
        store = SpendingStore(database, SpendingLimits())
        for day in (day_of(now), day_of(now - 40 * 24 * 3600)):
            await store.settle(
                Reservation("T", "U1", day, 0), ModelUse("mini", 1_200, 34, 500), answered=True
            )
    return where


async def printed(where: Path | None, *, as_json: bool = False, days: int = 31, currency: str = "EUR") -> str:
    out = io.StringIO()
    await report(where, out, by="person", days=days, currency=currency, as_json=as_json)
    return out.getvalue()


async def test_the_last_days_are_a_table_with_its_sum(kept: Path) -> None:
    lines = (await printed(kept)).splitlines()
    assert [line.split() for line in lines if not line.startswith("-")] == [
        ["person", "answers", "tokens", "in", "tokens", "out", "EUR"],
        ["U1", "1", "1,200", "34", "0.0005"],
        ["all", "1", "1,200", "34", "0.0005"],
    ]


async def test_for_a_program_it_is_an_object_a_line(kept: Path) -> None:
    (line,) = (await printed(kept, as_json=True, days=60)).splitlines()
    assert json.loads(line) == {
        "person": "U1",
        "answers": 2,
        "input_tokens": 2_400,
        "output_tokens": 68,
        "cost": "0.001000",
        "currency": "EUR",
    }


async def test_where_nobody_says_what_models_cost_no_cost_is_told(kept: Path) -> None:
    lines = (await printed(kept, currency="")).splitlines()
    assert lines[0].split() == ["person", "answers", "tokens", "in", "tokens", "out"]
    told = json.loads(await printed(kept, as_json=True, currency=""))
    assert (told["cost"], told["currency"], told["answers"]) == (None, None, 1)


async def test_where_nothing_was_asked_that_is_said(tmp_path: Path) -> None:
    where = tmp_path / "turns.sqlite"
    async with open_database(where) as database:
        await TurnStore(database, "me").prepare()
    assert await printed(where) == "Nothing was asked in that time.\n"


async def test_a_database_that_is_not_there_is_named() -> None:
    with pytest.raises(SettingsError, match="there is no usage"):
        await printed(None)
