"""Levels are gauges that Prometheus finds as they stand when it asks."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry

from bot.observability.level_gauges import LevelGauges
from bot.observability.levels import Level, LevelKind, offer_levels


def figure(name: str, **labels: str) -> float | None:
    registry = CollectorRegistry()
    registry.register(LevelGauges())
    return registry.get_sample_value(f"teleprinter_{name}", labels)


def test_of_a_budget_the_workspace_that_has_least_left_counts() -> None:
    one = [
        Level(LevelKind.BUDGET_LEFT, 40, "chat.update"),
        Level(LevelKind.BUDGET_LEFT, 3, "chat.postMessage"),
    ]
    other = [Level(LevelKind.BUDGET_LEFT, 12, "chat.update")]
    with offer_levels(lambda: one), offer_levels(lambda: other):
        assert figure("slack_budget_left", method="chat.update") == 12
        assert figure("slack_budget_left", method="chat.postMessage") == 3


@pytest.mark.parametrize(
    ("kind", "figures", "shown"),
    [(LevelKind.TURNS_WAITING, (2, 3), 5), (LevelKind.TURNS_ON_RECORD, (2, 3), 3)],
)
def test_turns_that_wait_add_up_and_those_on_record_are_the_same_for_all(
    kind: LevelKind, figures: tuple[int, int], shown: int
) -> None:
    with offer_levels(lambda: [Level(kind, one) for one in figures]):
        assert figure(kind.value) == shown


def test_where_nobody_knows_there_is_no_figure() -> None:
    assert figure("turns_on_record") is None
