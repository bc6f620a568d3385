"""Finds how many edits in between can be kept up, from what running replies will want within each of several horizons."""

from __future__ import annotations

from functools import lru_cache
from math import expm1
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.pacing.edit_spacing import EditSpacing
    from bot.core.pacing.load_forecast import LoadForecast

HORIZONS = (1.0, 3.0, 6.0, 9.0, 12.0, 16.0, 21.0, 27.0, 34.0, 41.0)
"""Seconds. More of them changed nothing in the random loads of `benchmarks`; longer ones keep too much from a single answer."""
COUNT = len(HORIZONS)
GRAIN = 1024.0
"""Of a second or a slot, the parts that are counted: so sums of them are exact, in whatever order they are added and taken away."""


class ExpectedUse:
    """Sums up what running replies want within each horizon: `slots` for their last edits, and the `seconds` in which they are
    written; and for how many seconds they are likely to go on together."""

    def __init__(self) -> None:
        self.slots = [0.0] * len(HORIZONS)
        self.seconds = [0.0] * len(HORIZONS)
        self.to_go = 0.0

    def replace(self, old: Sequence[float], new: Sequence[float]) -> None:
        """Takes the `old` row of a reply away and adds its `new` one; either is [] where it wants nothing."""
        for sign, row in ((-1, old), (1, new)):
            for n, each in enumerate(row[:COUNT]):
                self.slots[n] += sign * each
            for n, each in enumerate(row[COUNT : 2 * COUNT]):
                self.seconds[n] += sign * each
            self.to_go += sign * row[-1] if row else 0.0


def expected_use(
    left: float, *, replies: int = 1, outlived: bool = False, waits: bool = False, ends: bool = True
) -> list[float]:
    """Returns what so many replies want that are likely to go on for `left` seconds each. Those that have outlived the others may be
    over at any moment: of a horizon they are likely to write less. Who `waits` to be posted, because the channel takes no more just
    now, is not edited meanwhile. `ends`: their last edits are paid from the same."""
    slots = [ends * (min(1.0, horizon / left) if left > 0 else 1.0) for horizon in HORIZONS]
    seconds = [left * -expm1(-horizon / left) if outlived else min(left, horizon) for horizon in HORIZONS]
    if waits:
        seconds = [0.0] * len(HORIZONS)
    return [round(each * replies * GRAIN) / GRAIN for each in (*slots, *seconds, left)]


def sustainable_rate(
    free: Sequence[int],
    wants: Sequence[ExpectedUse],
    load: LoadForecast,
    schedule: EditSpacing,
    *,
    askers: float,
) -> float:
    """Returns the edits in between for each second of writing that can be kept up over every horizon, where `free` slots are free
    within it."""
    least = float("inf")
    newcomers = _newcomers(load.typical)
    ends, written = schedule.ends * askers, schedule.newcomers * askers
    for n, (over, writing) in enumerate(newcomers):
        slots, seconds = free[n] - ends * over, written * writing
        for each in wants:
            slots -= each.slots[n]
            seconds += each.seconds[n]
        if seconds and slots < least * seconds:
            least = slots / seconds
    return max(0.0, least)


@lru_cache(maxsize=64)
def _newcomers(typical: float) -> tuple[tuple[float, float], ...]:
    """Returns, for each horizon, what comes of each that comes a second, where an answer lasts `typical` seconds: how many of their
    answers are over within it, and the seconds in which they are written."""
    beyond = [max(0.0, horizon - typical) for horizon in HORIZONS]
    return tuple((over, (horizon**2 - over**2) / 2) for horizon, over in zip(HORIZONS, beyond, strict=True))
