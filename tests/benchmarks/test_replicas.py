"""Replicas that share one budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.replicas import measure
from benchmarks.scenarios import alike

if TYPE_CHECKING:
    from pathlib import Path


async def test_two_show_all_words_and_are_never_refused(tmp_path: Path) -> None:
    figures = await measure(alike("four", (0.0,) * 4, words=40), tmp_path / "turns.sqlite")
    assert (figures.lost, figures.limited) == (0, 0)
    assert figures.calls >= 8
