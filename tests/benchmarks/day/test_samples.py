"""What grows is told, and what only comes and goes is not."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from benchmarks.chaos.replicas import database_url
from benchmarks.day.samples import (
    Sample,
    descriptors,
    leaks,
    megabytes,
    rows,
    rows_table,
    samples_table,
    sync_url,
)
from bot.durable.turn_store import TurnStore
from tests.benchmarks.day.printed import said
from tests.durable.prepared import open_prepared
from tests.fakes import an_answer

if TYPE_CHECKING:
    from pathlib import Path


MORNING = Sample(300, 190.0, 10.0, 14, 9, 20, 12, 5.0)
EVENING = replace(MORNING, turns=1000, memory=195.0, cpu=45.0)


def test_what_holds_as_much_in_the_evening_has_leaked_nothing() -> None:
    assert leaks([MORNING, replace(EVENING, memory=400.0), replace(EVENING, tasks=17)]) == []


@pytest.mark.parametrize(
    ("grown", "words"),
    [
        ({"memory": 200.0}, "memory has grown from 190 to 200 MB"),
        ({"tasks": 18}, "there are 18 tasks instead of 14"),
        ({"sockets": 40}, "there are 40 sockets instead of 9"),
        ({"files": 24}, "there are 24 files instead of 20"),
        ({"connections": 34}, "there are 34 connections to the file, where 33 are kept"),
    ],
)
def test_what_has_grown_is_told(grown: dict[str, float], words: str) -> None:
    assert leaks([MORNING, replace(EVENING, **grown)]) == [words]  # type: ignore[arg-type]


def test_the_table_tells_what_a_turn_costs_the_processor() -> None:
    assert "50.0" in said(samples_table([MORNING, EVENING], warm=400))
    assert said(samples_table([MORNING, EVENING], warm=400)).count("warm-up") == 1


def test_a_descriptor_is_told_by_what_it_leads_to(tmp_path: Path) -> None:
    with (tmp_path / "opened").open("w"):
        assert str(tmp_path / "opened") in descriptors(os.getpid())


async def test_rows_are_counted_and_turns_that_are_not_over(somewhere: Path | str) -> None:
    url = database_url(somewhere)
    async with open_prepared(somewhere) as database:
        store = TurnStore(database, "r1")
        for name in ("1.0", "2.0"):
            await store.claim(an_answer(name, thread_ts=name), at_work=True)
        await store.finish(an_answer("1.0"))
        found = rows(url)
        assert (found["turns"], found["not over"]) == (2, 1)
        assert megabytes(url) > 0
    assert "1.00" in said(rows_table(found, 2))


def test_postgresql_is_asked_by_the_driver_that_we_have() -> None:
    assert sync_url("postgresql://u@h/d") == "postgresql+psycopg://u@h/d"
    assert sync_url("sqlite:///x") == "sqlite:///x"
