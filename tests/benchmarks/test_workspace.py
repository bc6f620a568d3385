"""`python -m benchmarks.workspace`, on a small scale."""

from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner

from benchmarks.workspace import Load, cli, figures, report


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_it_measures_answers_readers_and_memory() -> None:
    result = CliRunner().invoke(cli, ["--readers", "3", "--rate", "20", "--seconds", "0.5"])
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["answered", "seen", "lost", "memory", "processor"]
    assert "lost       0 of 10 messages" in lines


def test_what_not_all_have_seen_counts_as_lost() -> None:
    load = Load([0.001, 0.002], {0: 0.0, 1: 0.0, 2: 0.0}, {0: [0.1, 0.3], 1: [0.2, 0.1], 2: [0.1]})
    assert load.shown(2) == [0.3, 0.2]
    assert "lost       1 of 3 messages" in report(load, 2, [])
    assert "seen       by all 3: none" in report(load, 3, [])


def test_figures_are_milliseconds() -> None:
    assert figures([0.001, 0.002, 0.003]) == "median 2.0 ms, 99th percentile 3.0 ms, worst 3 ms"
