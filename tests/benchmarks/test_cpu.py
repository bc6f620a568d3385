"""The processor's time."""

from __future__ import annotations

from benchmarks.cpu import costs


def test_each_cost_is_measured_beside_another() -> None:
    measured = costs(times=3)
    assert [cost.what for cost in measured] == ["a delta", "a decision", "an edit"]
    assert all(cost.micros > 0 and cost.beside_micros > 0 for cost in measured)
