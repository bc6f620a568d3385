"""How soon readers could see the words at best: a bound that no bot which edits its messages can beat.

The bot may know beforehand who asks when and how long every answer gets. It posts each answer once, edits as it likes, and
Slack takes `limit` edits in any `window` seconds.

**A step** is a post or an edit: it shows all that is written so far. A step that shows n new words of a model that writes
`rate` words a second makes them wait 0, 1, … n-1 times 1 / rate seconds: n (n-1) / (2 rate) together, and `latency` each.

**One block.** Cut time into blocks of `window` seconds. In a block that holds W words of all answers at most S steps show
them, and n (n-1) is convex, so that the sum is least where all steps show equally much, W / S words:

    waiting in the block >= W (W / S - 1) / (2 rate)

S counts the `limit` edits of the block, one post for every answer that is written in it, and one step more for an answer
whose words may be shown by an edit of a later block. Words that wait for the next block's edits wait at least until it
begins; to pretend that it begins with a free step for that answer only makes the bound lower. That edit comes no sooner
than the block ends, so an answer that ended at least its own length before would not want it: let its step before that one
wait for its end instead, and each of its words waits no longer than the answer takes. Such an answer gets no free step.

**All blocks** together give a bound wherever the cuts are, so the cuts that give the highest count.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.scenarios import Scenario


def least_mean(scenario: Scenario, *, latency: float, limit: int = 50, window: float = 60.0) -> float:
    """The least mean delay of a word, in seconds, of any bot that posts once an answer and edits."""
    waiting = max(
        sum(_waiting(scenario, cut, cut + window, limit) for cut in _cuts(scenario, first, window))
        for first in scenario.starts
    )
    return waiting / (scenario.words * len(scenario.starts)) + latency


def _cuts(scenario: Scenario, first: float, window: float) -> list[float]:
    """Where blocks begin, one of them at `first`, so that they hold all that is written."""
    before = math.ceil((first - min(scenario.starts)) / window)
    after = math.floor((max(scenario.starts) + scenario.seconds - first) / window)
    return [first + number * window for number in range(-before, after + 1)]


def _waiting(scenario: Scenario, begin: float, end: float, limit: int) -> float:
    """The least that all words written from `begin` to `end` wait together, in seconds, latency apart."""
    words, steps = 0, limit
    for start in scenario.starts:
        here = _written(scenario, start, end) - _written(scenario, start, begin)
        late = start + 2 * scenario.seconds > end
        words += here
        steps += (1 + late) if here else 0
    return max(0.0, words * (words / steps - 1) / (2 * scenario.rate))


def _written(scenario: Scenario, start: float, now: float) -> int:
    """Words that the answer begun at `start` has at `now`."""
    # A little more: a word that is due at this very moment must not fall out by a rounding.
    return min(max(math.floor((now - start) * scenario.rate + 1e-6), 0), scenario.words)
