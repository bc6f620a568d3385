"""What may be spent, and what an answer has cost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.core.conversation.deltas import Usage
from bot.core.conversation.spending import (
    EVERYBODY,
    Cap,
    ModelPrice,
    ModelUse,
    Period,
    Prices,
    SpendingLimits,
    day_of,
    periods,
    price,
)

MINI = Prices(
    models={
        "openai:gpt-4.1-mini": ModelPrice(Decimal("0.40"), Decimal("1.60")),
        "openai:*": ModelPrice(Decimal(2), Decimal(8)),
    }
)


@pytest.mark.parametrize(
    ("now", "day"), [(0.0, "1970-01-01"), (1_764_287_999.9, "2025-11-27"), (1_764_288_000.0, "2025-11-28")]
)
def test_a_day_begins_at_midnight_of_utc(now: float, day: str) -> None:
    assert day_of(now) == day


def test_a_turn_is_limited_by_its_persons_day_its_workspaces_day_and_the_month() -> None:
    limits = SpendingLimits(1, 2, 3, 4, 5)
    assert list(periods(limits, "U1", "2026-11-27")) == [
        Period("U1", "2026-11-27", Cap.PERSON, 1, 2),
        Period(EVERYBODY, "2026-11-27", Cap.TEAM, 3, 4),
        Period(EVERYBODY, "2026-11", Cap.MONTH, micros=5),
    ]


@pytest.mark.parametrize(
    ("limits", "caps"),
    [
        (SpendingLimits(), []),
        (SpendingLimits(person_tokens=1), [Cap.PERSON]),
        (SpendingLimits(team_turns=1), [Cap.TEAM]),
        (SpendingLimits(team_month=1), [Cap.MONTH]),
    ],
)
def test_what_nobody_limits_has_no_account(limits: SpendingLimits, caps: list[Cap]) -> None:
    assert [one.cap for one in periods(limits, "U1", "2026-11-27")] == caps
    assert bool(limits) is bool(caps)


@pytest.mark.parametrize(
    ("used", "noted"),
    [
        (Usage(1_000_000, 0), ModelUse("openai:gpt-4.1-mini", 1_000_000, 0, 400_000)),
        (Usage(1, 1), ModelUse("openai:gpt-4.1-mini", 1, 1, 2)),
        (Usage(0, 0), ModelUse("openai:gpt-4.1-mini", 0, 0, 0)),
        (Usage(10, 10, "openai:gpt-4.1"), ModelUse("openai:gpt-4.1", 10, 10, 100)),
        (Usage(10, 10, "mistral"), ModelUse("mistral", 10, 10, 0)),
    ],
)
def test_an_answer_costs_what_its_model_does_rounded_up(used: Usage, noted: ModelUse) -> None:
    assert price(MINI, "openai:gpt-4.1-mini", used) == noted
    assert noted.tokens == used.input_tokens + used.output_tokens
