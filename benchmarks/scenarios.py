"""Who asks when: the loads under which policies are compared."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LATENCY = 0.12  # seconds of one call to Slack, as measured from a data centre
RATE = 40.0  # words a second: a quick model
WORDS = 300


@dataclass(frozen=True, slots=True)
class Question:
    """Somebody asks at the second `start`; the answer has so many `words`, written at `rate` words a second."""

    start: float
    words: int = WORDS
    rate: float = RATE

    @property
    def seconds(self) -> float:
        """How long the model writes the answer."""
        return self.words / self.rate

    @property
    def end(self) -> float:
        """When the model is done."""
        return self.start + self.seconds


@dataclass(frozen=True, slots=True)
class Scenario:
    """`questions` are asked in so many `channels`, in turn, or each in one of its own. Where `mixed`, every other one is asked in a
    direct message, where its answer may be streamed."""

    name: str
    questions: tuple[Question, ...]
    channels: int | None = None
    mixed: bool = False

    def channel(self, number: int) -> str:
        """Returns where the question of that number is asked."""
        kind = "D" if self.mixed and number % 2 else "C"
        return f"{kind}{number % (self.channels or len(self.questions))}"

    @property
    def words(self) -> int:
        """Words of all answers together."""
        return sum(question.words for question in self.questions)


def alike(
    name: str,
    starts: tuple[float, ...],
    *,
    words: int = WORDS,
    rate: float = RATE,
    channels: int | None = None,
) -> Scenario:
    """All get an answer of the same length, at the same pace."""
    return Scenario(name, tuple(Question(start, words, rate) for start in starts), channels)


def spread(count: int, seconds: float) -> tuple[float, ...]:
    """`count` starts, evenly over `seconds`."""
    return tuple(n * seconds / count for n in range(count))


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        alike("1 answer", (0.0,)),
        alike("5 at once", (0.0,) * 5),
        alike("10 at once", (0.0,) * 10),
        alike("20 in 10 s", spread(20, 10)),
        alike("40 in 10 s", spread(40, 10)),
        alike("30 a minute", spread(90, 180)),
        alike("4 a minute, slow", spread(12, 180), rate=12.0),
        alike("1,500 words", (0.0,), words=1500),
        alike("100 in a minute", spread(100, 60)),
        alike("40 in 5 s, one channel", spread(40, 5), channels=1),
        alike("5 at once, one channel", (0.0,) * 5, channels=1),
    )
}

MIXED = Scenario(
    "10 in channels and 10 in direct messages, in 10 s", alike("", spread(20, 10)).questions, mixed=True
)

BUSY = (5, 15, 40)
"""Askers a minute of the random loads."""
SECONDS = 180.0
SHORTEST, TYPICAL, LONGEST = 50, 200, 800
"""Words of an answer under a random load: lognormal, with that median, within these bounds."""
SCATTER = 0.7  # of the logarithm: five in a hundred would be longer or shorter than the bounds
SLOWEST, QUICKEST = 15.0, 80.0  # words a second: from a model on a small machine to a quick service


def random_load(a_minute: float, *, seed: int, seconds: float = SECONDS) -> Scenario:
    """People ask when they like, so many a minute on average; answers differ in length and pace. A seed is a load.

    One at least asks.
    """
    dice = random.Random(f"{a_minute} {seed}")  # noqa: S311  (a load, not a secret)
    starts = list(takewhile(lambda start: start < seconds, _arrivals(dice, a_minute / 60)))
    questions = tuple(_question(dice, start) for start in starts or [0.0])
    return Scenario(f"{a_minute:g} a minute at random, seed {seed}", questions)


def _arrivals(dice: random.Random, a_second: float) -> Iterator[float]:
    now = 0.0
    while True:
        now += dice.expovariate(a_second)
        yield now


def _question(dice: random.Random, start: float) -> Question:
    words = min(max(TYPICAL * dice.lognormvariate(0.0, SCATTER), SHORTEST), LONGEST)
    return Question(start, round(words), dice.uniform(SLOWEST, QUICKEST))
