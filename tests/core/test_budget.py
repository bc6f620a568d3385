"""What a workspace still lets us send."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.core.budget import FORGET, LEAST, Budget


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


def test_what_is_left_counts_what_comes_back_in_time() -> None:
    budget = Budget(3, 60)
    spend(budget, 0.0, 10.0)
    assert [budget.left(20.0, within=seconds) for seconds in (0.0, 39.9, 40.0, 50.0)] == [1, 1, 2, 3]


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
    assert budget.free(30.0) > 0


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


class TestLearning:
    def test_a_429_below_the_floor_lowers_the_limit_and_is_forgotten_little_by_little(self) -> None:
        budget = Budget(50, 60)
        spend(budget, *[0.0] * 40)
        budget.leave()
        budget.limited(0.0, 1)
        budget.answered(0.0)
        assert budget.limit(0.0) == 40
        assert budget.limit(FORGET / 2) == 45
        assert budget.limit(FORGET) == 50

    def test_one_429_takes_half_at_most_and_many_never_all(self) -> None:
        budget = Budget(50, 60)
        budget.leave()
        budget.limited(0.0, 1)
        assert budget.limit(0.0) == 25
        for _ in range(9):
            budget.limited(0.0, 1)
        assert budget.limit(0.0) == LEAST

    def test_more_than_the_floor_is_not_tried_unasked(self) -> None:
        budget = Budget(2, 60)
        spend(budget, 0.0, 0.0)
        assert budget.free_at(0.0, urgent=True) == 60.0

    def test_where_it_may_be_tried_it_is_one_step_at_a_time_and_only_by_urgent_calls(self) -> None:
        budget = Budget(2, 60, most=4)
        spend(budget, 0.0, 0.0)
        assert budget.free_at(0.0) == 60.0
        assert budget.free_at(0.0, urgent=True) == 0.0
        spend(budget, 0.0)  # taken without a word: three are proven, four may be tried
        assert budget.limit(0.0, urgent=True) == 4
        spend(budget, 0.0)
        assert budget.limit(0.0, urgent=True) == 4  # as many as the operator allows

    def test_a_429_ends_it_for_a_while(self) -> None:
        budget = Budget(4, 60, most=6)
        spend(budget, *[0.0] * 4)
        budget.leave()
        budget.limited(0.0, 1)
        budget.answered(0.0)
        assert budget.limit(0.0, urgent=True) == 4
        assert budget.limit(FORGET - 1, urgent=True) == 4


class TestTogether:
    def test_what_others_have_spent_counts_as_our_own(self) -> None:
        budget = Budget(3, 60)
        spend(budget, 10.0)
        budget.hear([0.0, 5.0], closed_until=0.0, lowered=None)
        assert budget.free(10.0) == 0
        assert budget.free_at(10.0) == 60.0
        assert budget.free_at(10.0, slots=3) == 70.0
        assert budget.free(65.0) == 2

    def test_what_is_heard_again_replaces_what_was_heard(self) -> None:
        budget = Budget(3, 60)
        budget.hear([0.0, 0.0], closed_until=0.0, lowered=None)
        budget.hear([1.0], closed_until=0.0, lowered=None)
        assert budget.free(1.0) == 2

    def test_a_429_that_another_met_is_ours_as_well(self) -> None:
        budget = Budget(50, 60)
        budget.hear([], closed_until=30.0, lowered=(20, 0.0))
        assert budget.free(29.0) == 0
        assert budget.limit(30.0) == 21
        assert budget.verdict == (30.0, (20, 0.0))

    def test_an_older_lesson_does_not_replace_a_newer_one(self) -> None:
        budget = Budget(50, 60)
        budget.hear([], closed_until=0.0, lowered=(20, 10.0))
        budget.hear([], closed_until=0.0, lowered=(40, 5.0))
        assert budget.limit(10.0) == 20

    def test_a_call_that_did_not_leave_after_all_does_not_count(self) -> None:
        budget = Budget(1, 60)
        budget.leave()
        budget.withdraw()
        assert budget.free(0.0) == 1

    def test_a_call_about_to_leave_is_allowed_where_it_and_those_kept_fit(self) -> None:
        budget = Budget(3, 60)
        budget.leave()
        assert budget.allows(0.0, slots=3)
        budget.hear([0.0], closed_until=0.0, lowered=None)
        assert not budget.allows(0.0, slots=3)
        assert budget.allows(0.0, slots=2)
        budget.hear([], closed_until=9.0, lowered=None)
        assert not budget.allows(0.0)

    def test_who_hears_nothing_takes_an_equal_share_until_something_is_heard(self) -> None:
        budget = Budget(50, 60)
        budget.hear([0.0] * 20, closed_until=0.0, lowered=None)
        budget.divide(3, 1.0)
        assert budget.free(1.0) == 10  # of the thirty that are left
        spend(budget, *[2.0] * 10)
        assert budget.free(2.0) == 6  # of the sixteen that are a third of the limit
        budget.divide(100, 3.0)  # it is lost still, not again
        spend(budget, *[61.0] * 6)
        assert budget.free(61.0) == 0
        assert budget.free_at(61.0) == 62.0
        budget.hear([], closed_until=0.0, lowered=None)
        assert budget.free(61.0) == 34

    def test_however_many_share_a_last_edit_can_leave(self) -> None:
        budget = Budget(50, 60)
        budget.divide(25, 0.0)
        assert budget.free(0.0) == LEAST
