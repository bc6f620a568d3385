"""How soon readers could see the words at best: a bound that no bot which edits its messages can beat.

The bot may know beforehand who asks when, how long every answer gets and how quickly it is written. It posts each answer once, edits as it likes, and
Slack takes `limit` edits in any `window` seconds.

**A step** is a post or an edit: it shows all that is written so far. A step that shows n new words of a model that writes
`rate` words a second makes them wait 0, 1, … n-1 times 1 / rate seconds: n (n-1) / (2 rate) together, and `latency` each.

**One block.** Cut time into blocks of `window` seconds. An answer that has W words in a block, and s steps for them, waits
least where all its steps show equally much, since n (n-1) is convex: W (W / s - 1) / (2 rate). At most S steps show the words of all
answers together, and the sum of W² / (2 rate s) is least where s goes with W / √rate:

    waiting in the block >= (sum of W / √rate)² / 2S - sum of W / (2 rate)

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
    from benchmarks.scenarios import Question, Scenario


def least_mean(scenario: Scenario, *, latency: float, limit: int = 50, window: float = 60.0) -> float:
    """The least mean delay of a word, in seconds, of any bot that posts once an answer and edits."""
    waiting = max(
        sum(_waiting(scenario, cut, cut + window, limit) for cut in _cuts(scenario, question.start, window))
        for question in scenario.questions
    )
    return waiting / scenario.words + latency


def _cuts(scenario: Scenario, first: float, window: float) -> list[float]:
    """Where blocks begin, one of them at `first`, so that they hold all that is written."""
    before = math.ceil((first - min(each.start for each in scenario.questions)) / window)
    after = math.floor((max(each.end for each in scenario.questions) - first) / window)
    return [first + number * window for number in range(-before, after + 1)]


def _waiting(scenario: Scenario, begin: float, end: float, limit: int) -> float:
    """The least that all words written from `begin` to `end` wait together, in seconds, latency apart."""
    steps, weight, paced = limit, 0.0, 0.0
    for question in scenario.questions:
        words = _written(question, end) - _written(question, begin)
        late = question.end + question.seconds > end
        steps += (1 + late) if words else 0
        weight += words / math.sqrt(question.rate)
        paced += words / question.rate
    return max(0.0, (weight**2 / steps - paced) / 2)


def _written(question: Question, now: float) -> int:
    """Words that the answer has at `now`."""
    # A little more: a word that is due at this very moment must not fall out by a rounding.
    return min(max(math.floor((now - question.start) * question.rate + 1e-6), 0), question.words)
