"""Lays out the edits of a reply in time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The figures of pacing, found by search in the simulation of `benchmarks` over answers short and long, quick and slow.

    Times are in seconds.
    """

    first: float = 0.38  # between the first post and the first edit, where there is room enough
    growth: float = 1.03  # each gap is that many times the one before ...
    most: float = 3.0  # ... up to this
    horizon: float = 8.45  # how long an answer is taken to last before any has ended
    learn: float = 0.2  # how much each that ends moves that towards its own length
    again: float = (
        0.45  # how much longer one is taken to last that has outlived that, for each second of its age
    )
    recent: float = 0.34  # answers to come within a horizon, for each that began within the last one ...
    steady: float = 2.5  # ... or for each that a minute's average makes, where that is more
    wanted: float = 1.65  # slots that each of them will want
    spare: float = 1.0  # slots kept for whoever else asks
    once: float = 0.77  # a share is never taken for less: one edit in the middle of an answer is worth most
    opening: float = (
        0.3  # of how much longer than `first` the gap is: how long the first post waits for more words
    )
    patience: float = 1.0  # how late a last edit may be before the rest is posted instead

    def gap(self, edits: int, *, left: float, share: float) -> float:
        """The least time until the next edit of a reply that has had `edits` in between, is likely to go on for `left`
        more seconds, and may have `share` edits in that time."""
        steps = min(edits, 50)  # a long answer must not overflow the power
        alone = min(self.first * self.growth**steps, self.most)
        return max(alone, left / (1 + max(share, self.once)))
