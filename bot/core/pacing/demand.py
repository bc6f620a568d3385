"""Learns what a workspace asks of us: how long its answers last, and how many more are likely to come.

Learned from what happens, since nobody tells: a slow model's answers last long, a busy hour brings many.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.delivery.delivery import Delivery
    from bot.core.pacing.rhythm import Rhythm

MINUTE = 60.0
LEAST, MOST = 1.0, 120.0
"""Seconds between which an answer is taken to last, whatever was learned."""


class Demand:
    """Guesses, all in seconds on the clock of `now`."""

    def __init__(self, rhythm: Rhythm) -> None:
        self._rhythm = rhythm
        self._begun: deque[float] = deque()
        self.horizon = rhythm.horizon  # how long a new answer is likely to last

    def began(self, now: float) -> None:
        """An answer has begun."""
        self._begun.append(now)

    def lasted(self, seconds: float) -> None:
        """An answer is over, which its model wrote for `seconds`."""
        learned = self.horizon + self._rhythm.learn * (seconds - self.horizon)
        self.horizon = min(max(learned, LEAST), MOST)

    def left(self, reply: Delivery, now: float) -> float:
        """For how long the model is likely to go on writing `reply`. Who has outlived the others may go on for long."""
        if not reply.writing:
            return 0.0
        began_at = reply.timeline.began_at
        age = 0.0 if began_at is None else now - began_at
        return max(self.horizon - age, self._rhythm.again * age)

    def coming(self, now: float) -> float:
        """Returns how many answers are likely to begin within a horizon."""
        while self._begun and self._begun[0] <= now - MINUTE:
            self._begun.popleft()
        lately = sum(1 for begun in self._begun if begun > now - self.horizon)
        average = len(self._begun) * self.horizon / MINUTE
        return max(self._rhythm.recent * lately, self._rhythm.steady * average)
