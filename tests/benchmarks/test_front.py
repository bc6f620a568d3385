"""The search for schedules that no other beats."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from benchmarks.front import PULLING, SPANS, WIDTH, Point, draw, front, played, table, verdict
from benchmarks.scenarios import SCENARIOS, alike
from bot.core.pacing.edit_spacing import EditSpacing

OURS = EditSpacing()


def point(*means: float) -> Point:
    return Point(OURS, means)


@pytest.mark.parametrize(
    ("one", "other", "beats"),
    [
        ((0.3, 0.6, 1.7), (0.3, 0.6, 1.8), True),
        ((0.3, 0.6, 1.7), (0.3, 0.6, 1.7), False),
        ((0.3, 0.6, 1.7), (0.4, 0.5, 1.8), False),
        ((0.301, 0.6, 1.7), (0.304, 0.6, 1.7), False),
    ],
    ids=["somebody waits less", "the same", "somebody waits longer", "no difference that anybody sees"],
)
def test_one_beats_another_where_nobody_waits_longer_and_somebody_less(
    one: tuple[float, ...], other: tuple[float, ...], *, beats: bool
) -> None:
    assert point(*one).beats(point(*other)) is beats


def test_the_front_holds_what_no_other_beats_the_quickest_first() -> None:
    quick, even, beaten = point(0.2, 0.9, 2.0), point(0.4, 0.6, 1.7), point(0.5, 0.6, 1.7)
    assert front([beaten, even, quick]) == [quick, even]


def test_the_same_seed_draws_the_same_rhythms_within_their_spans() -> None:
    schedules = draw(20, seed=7)
    assert schedules == draw(20, seed=7)
    assert schedules != draw(20, seed=8)
    assert all(
        low <= getattr(each, name) <= high for each in schedules for name, (low, high) in SPANS.items()
    )


def test_a_rhythm_is_played_in_each_scenario_that_pulls(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, starts in zip(PULLING, ((0.0,), (0.0,) * 3, (0.0,) * 6), strict=True):
        monkeypatch.setitem(SCENARIOS, name, alike(name, starts, words=40, rate=20.0))
    means = played(OURS).means
    assert means == played(OURS).means
    assert list(means) == sorted(means)


def test_the_table_marks_ours_and_tells_how_far_from_the_least_each_is() -> None:
    out, ours = io.StringIO(), point(0.36, 0.64, 1.76)
    Console(file=out, width=WIDTH).print(table([point(0.3, 0.7, 1.9), ours], ours, plain=True))
    rows = [line.split() for line in out.getvalue().splitlines()]
    assert rows[1][0] == "0.30"
    assert rows[2][:6] == ["ours", "0.36", "s", "=", "1.99", "0.64"]


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ([point(0.5, 0.7, 1.9)], "Of 1 schedules drawn at random none beat ours in all three."),
        ([point(0.3, 0.6, 1.7)] * 2, "Of 2 schedules drawn at random 2 beat ours in all three."),
    ],
)
def test_the_verdict_counts_those_that_beat_ours(others: list[Point], said: str) -> None:
    assert verdict(point(0.36, 0.64, 1.76), others) == said
