"""Lays out the edits of a reply in time."""

from __future__ import annotations

from dataclasses import dataclass

NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class EditSpacing:
    """Holds the figures of pacing, found by search in the simulation of `benchmarks` over loads steady and random.

    Times are in seconds.
    """

    least: float = 0.25  # between two edits of a reply
    memory: float = 700.0  # in which what was seen of askers fades
    burst: float = 0.35  # in which those who ask right behind others are counted with them ...
    crowd: float = 20.0  # ... and how much less each counts, for each before it
    prior: float = 5.0  # answers that the first guess of their lengths weighs
    keep: float = 0.95  # of what each weighs, for each that ends after it
    again: float = 0.98  # how much longer one is taken to last at least, for each second of its age
    newcomers: float = 1.4  # how much of what those will want is kept who are likely to come ...
    ends: float = 0.9  # ... and how many slots for each of them that is likely to be over
    whole: float = 6.0  # edits from which on their number need not be a whole one
    opening: float = 0.35  # how much sooner than an equal step the first post leaves
    worth: float = 0.15  # the shortest that is worth it: a single answer begins with its first word
    soon: float = 0.86  # the longest that it waits for more words ...
    late: float = 2.0  # ... and where an answer may have fewer than `few` edits in between
    few: float = 3.0
    patience: float = 2.5  # how late a last edit may be before the rest is posted instead

    def gap(self, left: float, a_second: float, *, lean: float) -> float:
        """Returns the time until the next edit of a reply that is likely to go on for `left` seconds, and may have so many edits in
        between `a_second`; `inf` where that is none. `lean` says how near to one more a part of one has to be."""
        edits = a_second * left
        if edits < self.whole:
            edits = float(int(edits + lean))
        return max(left / (1 + edits), self.least) if edits >= 1 else NEVER

    def wait(self, typical: float, a_second: float) -> float:
        """Returns how long a first post waits for more words: an equal step of an answer that is `typical`, a little less."""
        edits = a_second * typical
        most = self.late if edits < self.few else self.soon
        wait = typical / (2 + edits) - self.opening
        return min(wait, most) if wait >= self.worth else 0.0
