"""Learns what a workspace asks of us: how long its answers last, and how many people ask.

Learned from what happens, since nobody tells: a slow model's answers last long, a busy hour brings many.
"""

from __future__ import annotations

from bisect import bisect_right
from math import exp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.pacing.edit_spacing import EditSpacing

FIRST = (5.26, 6.60, 7.55, 8.51, 9.52, 10.73, 12.28, 15.40)
"""Seconds that answers are taken to last before any has ended: eight quantiles of a lognormal with the median 9 and the scatter 0.35."""
NEWCOMERS = 0.05, 34.0
"""Counts as seen before anything was: so many askers in so many seconds."""
NEGLIGIBLE = 1e-3
"""Of the weight of an answer that has just ended: one that weighs less is forgotten."""


class LoadForecast:
    """Guesses both, in seconds on the clock of `now`."""

    def __init__(self, schedule: EditSpacing) -> None:
        self._schedule = schedule
        self._seen = _Faded(schedule.memory)  # askers
        self._burst = _Faded(schedule.burst)
        self._begun_at: float | None = None
        self._ended = [(seconds, schedule.prior / len(FIRST)) for seconds in FIRST]
        self._count()

    def look(self, now: float) -> None:
        """Begins to watch, where it has not: nothing is known of the time before the first look."""
        if self._begun_at is None:
            self._begun_at = now

    def began(self, now: float) -> None:
        """Somebody asks. Those who ask right behind others are one event, not a rate: a meeting has begun, or a link was sent round."""
        self.look(now)
        self._seen.add(1 / (1 + self._schedule.crowd * self._burst.at(now)), now)
        self._burst.add(1.0, now)

    def lasted(self, seconds: float) -> None:
        """An answer is over, which its model wrote for `seconds`."""
        keep = self._schedule.keep
        faded = [(each, weight * keep) for each, weight in self._ended if weight * keep > NEGLIGIBLE]
        self._ended = sorted([*faded, (seconds, 1.0)])
        self._count()

    def askers(self, now: float) -> float:
        """Returns how many people ask in a second."""
        count, seconds = NEWCOMERS
        memory = self._schedule.memory
        watched = 0.0 if self._begun_at is None else now - self._begun_at
        return (count + self._seen.at(now)) / (seconds + memory * (1 - exp(-watched / memory)))

    def remaining(self, age: float) -> float:
        """Returns for how many seconds an answer of that age, in seconds, is likely to go on: as long as those did that lasted
        longer. Who has outlived the others may go on for long."""
        above = bisect_right(self._lengths, age)
        floor = self._schedule.again * age
        if above == len(self._lengths):
            return max(floor, age / 2)
        return max(self._seconds[above] / self._weights[above] - age, floor)

    def _count(self) -> None:
        """Sums up all that lasted at least as long as each."""
        weight = seconds = 0.0
        self._lengths, self._weights, self._seconds = list[float](), list[float](), list[float]()
        for each, weighs in reversed(self._ended):
            weight += weighs
            seconds += weighs * each
            self._lengths.append(each)
            self._weights.append(weight)
            self._seconds.append(seconds)
        for sums in (self._lengths, self._weights, self._seconds):
            sums.reverse()
        self.typical = seconds / weight
        """The seconds that a new answer is likely to last."""


class _Faded:
    """Keeps a sum whose parts fade with time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._sum = 0.0
        self._at = 0.0

    def at(self, now: float) -> float:
        return self._sum * exp((self._at - now) / self._seconds)

    def add(self, amount: float, now: float) -> None:
        self._sum, self._at = self.at(now) + amount, now
