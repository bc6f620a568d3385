"""Who asks when: the loads under which policies are compared."""

from __future__ import annotations

from dataclasses import dataclass

LATENCY = 0.12  # seconds of one call to Slack, as measured from a data centre
RATE = 40.0  # words a second: a quick model


@dataclass(frozen=True, slots=True)
class Scenario:
    """`starts` are the seconds at which somebody asks; each answer has `words` words. They are asked in so many `channels`, in
    turn, or each in one of its own.
    """

    name: str
    starts: tuple[float, ...]
    words: int = 300
    rate: float = RATE
    channels: int | None = None

    @property
    def seconds(self) -> float:
        """How long the model writes one answer."""
        return self.words / self.rate


def spread(count: int, seconds: float) -> tuple[float, ...]:
    """`count` starts, evenly over `seconds`."""
    return tuple(n * seconds / count for n in range(count))


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("1 answer", (0.0,)),
        Scenario("5 at once", (0.0,) * 5),
        Scenario("20 in 10 s", spread(20, 10)),
        Scenario("40 in 10 s", spread(40, 10)),
        Scenario("30 a minute", spread(90, 180)),
        Scenario("4 a minute, slow", spread(12, 180), rate=12.0),
        Scenario("1,500 words", (0.0,), words=1500),
        Scenario("100 in a minute", spread(100, 60)),
        Scenario("40 in 5 s, one channel", spread(40, 5), channels=1),
        Scenario("5 at once, one channel", (0.0,) * 5, channels=1),
    )
}
