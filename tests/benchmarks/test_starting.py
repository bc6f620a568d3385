"""From an event to the beginning of its turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.starting import Starts, durably, without

if TYPE_CHECKING:
    from pathlib import Path


async def test_both_ways_are_measured(tmp_path: Path) -> None:
    plain = await without(events=5)
    kept = await durably(tmp_path / "turns.sqlite", events=5)
    assert 0 < plain.median <= plain.p99
    assert plain.median < kept.median <= kept.p99


def test_the_figures_are_milliseconds() -> None:
    figures = Starts.of([0.001, 0.002, 0.003])
    assert (figures.median, figures.p99 >= 3.0) == (2.0, True)
