"""A short day of a real process: everybody is answered, and nothing stays behind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from benchmarks.day.run import Day, DayPlan, play_day
from benchmarks.day.samples import Sample

if TYPE_CHECKING:
    from pathlib import Path

FEW = DayPlan(turns=40, people=10, channels=5, at_once=8, samples=2)
MORNING = Sample(20, 190.0, 10.0, 14, 9, 20, 12, 5.0)


def test_a_day_tells_what_is_missing_unfinished_and_grown() -> None:
    grown = replace(MORNING, turns=40, memory=250.0)
    day = Day(FEW, samples=[MORNING, grown], rows={"not over": 2}, missing=[7])
    assert day.wrong() == [
        "memory has grown from 190 to 250 MB",
        "1 questions have no whole answer: [7]",
        "2 turns are on record and not over",
    ]


def test_what_fills_in_the_first_third_is_no_leak() -> None:
    cold = replace(MORNING, turns=0, memory=100.0)
    assert Day(FEW, samples=[cold, MORNING, replace(MORNING, turns=40)]).wrong() == []


@pytest.mark.slow
async def test_everybody_is_answered_and_nothing_is_left_open(tmp_path: Path) -> None:
    told: list[str] = []
    url = f"sqlite:///{tmp_path / 'turns.sqlite'}"
    day = await play_day(FEW, database_url=url, folder=tmp_path, tell=told.append)
    assert (day.missing, day.rows["not over"], day.rows["turns"]) == ([], 0, 40)
    assert [one.turns for one in day.samples] == [0, 20, 40]
    assert len(told) == 2
