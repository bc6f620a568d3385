"""Decides how long to wait before something that failed is tried again: longer each time, and never longer than makes sense."""

from __future__ import annotations

import math
from dataclasses import dataclass

_ENOUGH = 64
"""Failures after which a pause grows no more: a night without a network must not end in an OverflowError."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses in seconds: `first` after the first failure, `factor` times as long after each one more, `longest` at most.

    `jitter` is the share of a pause that chance may take off, so that many who failed together do not come back together.
    """

    first: float
    longest: float = math.inf
    factor: float = 2.0
    jitter: float = 0.0

    def pause(self, failures: int, *, chance: float = 0.0) -> float:
        """Seconds before the next try, after so many failures in a row; 0.0 after none. `chance` is from 0 to 1."""
        if failures < 1:
            return 0.0
        whole = min(self.first * self.factor ** min(failures - 1, _ENOUGH), self.longest)
        return whole * (1 - self.jitter * chance)
