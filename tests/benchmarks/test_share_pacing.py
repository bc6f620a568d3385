"""The rule before."""

from __future__ import annotations

import pytest

from benchmarks.least import least_mean
from benchmarks.scenarios import LATENCY, SCENARIOS
from benchmarks.share_pacing import SharePacing
from benchmarks.sketch import sketch


@pytest.mark.parametrize(
    ("scenario", "ratio"),
    [("1 answer", 1.97), ("5 at once", 1.45), ("20 in 10 s", 1.44), ("4 a minute, slow", 2.54)],
)
def test_it_gives_what_it_gave(scenario: str, ratio: float) -> None:
    load = SCENARIOS[scenario]
    assert sketch(load, SharePacing).mean / least_mean(load, latency=LATENCY) == pytest.approx(
        ratio, abs=0.01
    )
