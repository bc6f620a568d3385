"""The front: which schedules cannot be bettered for one reader without making another wait longer.

Nobody knows who will ask next. A schedule that spends its edits on a single answer has none left when twenty come, so the
three scenarios pull against each other. Schedules are drawn at random, played in virtual time, and those are kept that no
other beats in all three. These are not all that matters: what wins here by spending early leaves a long answer, or a slow
one, without edits for its end.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from benchmarks.least import least_mean
from benchmarks.scenarios import LATENCY, SCENARIOS
from benchmarks.sketch import sketch
from bot.core.pacing.edit_spacing import EditSpacing
from bot.core.pacing.pacing import Pacing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDTH = 130  # characters of a row, in a pipe
PULLING = ("1 answer", "5 at once", "20 in 10 s")
SPANS: dict[str, tuple[float, float]] = {
    "least": (0.15, 0.6),
    "again": (0.6, 1.2),
    "newcomers": (0.5, 2.5),
    "ends": (0.0, 1.5),
    "opening": (0.1, 0.7),
    "prior": (4.0, 15.0),
}
"""What is varied, from where to where."""


@dataclass(frozen=True, slots=True)
class Point:
    """A schedule, and the mean delay of a word in each of `PULLING`, in seconds."""

    schedule: EditSpacing
    means: tuple[float, ...]

    def beats(self, other: Point) -> bool:
        """Whether nobody waits longer than under `other`, and somebody less. A hundredth of a second is no difference."""
        pairs = [(round(a, 2), round(b, 2)) for a, b in zip(self.means, other.means, strict=True)]
        return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)


def draw(count: int, *, seed: int = 0) -> list[EditSpacing]:
    """`count` schedules at random, the same for every run with the same seed."""
    dice = random.Random(seed)  # noqa: S311  (a search, not a secret)
    return [EditSpacing(**{name: dice.uniform(*span) for name, span in SPANS.items()}) for _ in range(count)]


def played(schedule: EditSpacing) -> Point:
    """What `schedule` gives."""
    scenarios = (SCENARIOS[name] for name in PULLING)
    return Point(schedule, tuple(sketch(each, partial(Pacing, schedule=schedule)).mean for each in scenarios))


def front(points: Sequence[Point]) -> list[Point]:
    """Those that no other beats, the quickest for a single answer first."""
    kept = [point for point in points if not any(other.beats(point) for other in points)]
    return sorted(kept, key=lambda point: point.means)


def verdict(ours: Point, others: Sequence[Point]) -> str:
    """How many of `others` beat ours, in a sentence."""
    better = sum(other.beats(ours) for other in others)
    return f"Of {len(others)} schedules drawn at random {better or 'none'} beat ours in all three."


def table(points: Iterable[Point], ours: Point, *, plain: bool) -> Table:
    """`points`, with `ours` marked; behind each delay, how many times the least possible it is."""
    least = [least_mean(SCENARIOS[name], latency=LATENCY) for name in PULLING]
    shown = Table(box=None if plain else box.SIMPLE_HEAD, pad_edge=False)
    shown.add_column("")
    for name in (*PULLING, *SPANS):
        shown.add_column(name, justify="right", no_wrap=True)
    for point in points:
        delays = [
            f"{mean:.2f} s = {mean / bound:.2f}" for mean, bound in zip(point.means, least, strict=True)
        ]
        figures = [f"{getattr(point.schedule, name):.2f}" for name in SPANS]
        shown.add_row("ours" if point is ours else "", *delays, *figures)
    return shown
