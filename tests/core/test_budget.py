"""What a workspace still lets us send."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.core.budget import Budget


def spend(budget: Budget, *times: float) -> None:
    for now in times:
        budget.leave()
        budget.answered(now)


def test_a_slot_comes_back_a_window_after_the_answer() -> None:
    budget = Budget(2, 60)
    spend(budget, 0.0, 10.0)
    assert budget.free(10.0) == 0
    assert budget.free_at(10.0) == 60.0
    assert budget.free_at(10.0, slots=2) == 70.0
    assert budget.free(60.0) == 1


def test_a_call_in_flight_holds_its_slot_until_it_is_answered() -> None:
    budget = Budget(1, 60)
    budget.leave()
    assert budget.free(0.0) == 0
    assert budget.free_at(500.0) == float("inf")
    budget.answered(500.0)
    assert budget.free_at(500.0) == 560.0


def test_a_429_closes_the_method_until_its_deadline() -> None:
    budget = Budget(50, 60)
    budget.limited(0.0, 30)
    assert budget.free(29.9) == 0
    assert budget.free_at(0.0) == 30.0
    assert budget.free(30.0) == 50


def test_a_deadline_only_moves_later() -> None:
    budget = Budget(50, 60)
    budget.limited(0.0, 30)
    budget.limited(1.0, 5)
    assert budget.free_at(1.0) == 30.0


def test_a_deadline_holds_also_for_slots_that_come_back_earlier() -> None:
    budget = Budget(1, 10)
    spend(budget, 0.0)
    budget.limited(0.0, 30)
    assert budget.free_at(0.0) == 30.0


@given(st.integers(1, 5), st.lists(st.floats(0, 5), min_size=1, max_size=60))
def test_in_no_window_are_more_calls_than_the_limit(limit: int, pauses: list[float]) -> None:
    """However eager the caller is, as long as it waits for `free_at`."""
    budget, now, sent = Budget(limit, 10.0), 0.0, []
    for pause in pauses:
        now = budget.free_at(now + pause)
        assert budget.free(now) >= 1
        spend(budget, now)
        sent.append(now)
    assert all(later >= first + 10.0 for first, later in zip(sent, sent[limit:], strict=False))
    assert all(a <= b for a, b in pairwise(sent))
