"""Each check by itself: what it takes for right, and what for wrong."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from bot.commands import health_checks
from bot.commands.finding import Verdict
from bot.commands.health_checks import check_storage, check_ways_out, clock_findings, in_time
from bot.settings import Settings
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from pathlib import Path

    from bot.commands.finding import Finding


@pytest.mark.parametrize(
    ("off", "verdict"),
    [
        (timedelta(0), Verdict.GOOD),
        (timedelta(minutes=10), Verdict.WRONG),
        (timedelta(days=-1), Verdict.WRONG),
    ],
    ids=str,
)
def test_a_clock_that_slack_would_not_believe_is_wrong(off: timedelta, verdict: Verdict) -> None:
    theirs = format_datetime(datetime.now(UTC) + off, usegmt=True)
    assert [one.verdict for one in clock_findings({"date": theirs})] == [verdict]


@pytest.mark.parametrize("headers", [{}, {"date": "yesterday"}])
def test_where_slack_tells_no_time_nothing_is_said_of_the_clock(headers: dict[str, str]) -> None:
    assert clock_findings(headers) == []


async def test_a_disk_without_room_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=5 * 1024 * 1024))
    found = await check_storage(Settings(database=tmp_path / "bot.sqlite"))
    assert found[-1].verdict is Verdict.WRONG
    assert found[-1].words.startswith("5 MB are free")


async def test_a_database_that_a_newer_release_has_changed_is_wrong(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "bot.sqlite")) as connection:
        connection.execute(
            "CREATE TABLE schema_versions (version INTEGER, usable_from INTEGER, release VARCHAR)"
        )
        connection.execute("INSERT INTO schema_versions VALUES (99, 99, '9.9')")
        connection.commit()
    [found] = await check_storage(Settings(database=tmp_path / "bot.sqlite"))
    assert found.verdict is Verdict.WRONG
    assert found.words.startswith("DATABASE_URL: Teleprinter 9.9 has changed the tables")


async def test_a_database_that_goes_with_the_process_can_always_be_used() -> None:
    assert [one.verdict for one in await check_storage(Settings(database=None))] == [Verdict.GOOD]


def test_it_says_who_is_asked_through_a_proxy() -> None:
    proxy = {"HTTPS_PROXY": "http://ada:hunter2@proxy:3128"}
    [both] = check_ways_out(Settings(), proxy)
    assert both.words == "Slack and the model are asked through a proxy."
    [model] = check_ways_out(Settings(), proxy | {"NO_PROXY": "slack.com"})
    assert model.words == "the model is asked through a proxy."
    assert check_ways_out(Settings(), {}) == []


@pytest.mark.parametrize("anyio_backend", [VIRTUAL])
async def test_a_check_that_takes_too_long_is_wrong(anyio_backend: object) -> None:
    async def endless() -> list[Finding]:
        await asyncio.Event().wait()
        return []

    [found] = await in_time("model", endless)
    assert found.verdict is Verdict.WRONG
    assert found.words.startswith(f"No answer within {health_checks.PATIENCE:.0f} s")
