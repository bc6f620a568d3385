"""Says how an app stands with the Events API over HTTP: switched off when it fails, cut short when it is sent too much.

Figures: the Events API page. More than 95 % of the deliveries of an hour failed, with 1,000 of them or more: its
subscriptions are disabled. More than 30,000 in an hour: the rest is dropped, and once a minute it is told so.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

HOUR, MINUTE = 3600.0, 60.0
MOST = 30_000  # deliveries an hour
JUDGED_FROM = 1_000  # deliveries an hour
MOST_FAILED = 0.95


class Outcome(NamedTuple):
    """One delivery, and whether the app took it."""

    at: float
    taken: bool


class FailureRate:
    """The deliveries of the last hour, in one workspace."""

    def __init__(self) -> None:
        self.disabled = False
        self._outcomes: deque[Outcome] = deque()
        self._failed = 0
        self._told = -MINUTE

    def delivered(self, now: float, *, taken: bool) -> None:
        """Count one delivery, retries too. An app that takes nearly none is disabled."""
        self._forget(now)
        self._outcomes.append(Outcome(now, taken))
        self._failed += not taken
        count = len(self._outcomes)
        self.disabled |= count >= JUDGED_FROM and self._failed > MOST_FAILED * count

    def enable(self) -> None:
        """The app's owner has switched its subscriptions on again."""
        self.disabled = False
        self._outcomes.clear()
        self._failed = 0

    def full(self, now: float) -> bool:
        """Tells whether this hour has had all the deliveries it may."""
        self._forget(now)
        return len(self._outcomes) >= MOST

    def tells(self, now: float) -> bool:
        """Tells whether it is time to send app_rate_limited (again)."""
        if now < self._told + MINUTE:
            return False
        self._told = now
        return True

    def _forget(self, now: float) -> None:
        while self._outcomes and self._outcomes[0].at <= now - HOUR:
            self._failed -= not self._outcomes.popleft().taken
