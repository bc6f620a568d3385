"""What a workspace still lets us send."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.delivery.slack_calls import Post, Update
from bot.core.pacing.budget import (
    FORGET,
    LEAST,
    PROBE,
    START_LIMIT,
    Budget,
    Lesson,
    budget_name,
    workspace_budgets,
)


def spend(budget: Budget, *times: float) -> None:
    for now in times:
        budget.leave()
        budget.answered(now)


def refuse(budget: Budget, *times: float) -> None:
    """Slack answers 429 at these times, come back in a second."""
    for now in times:
        budget.leave()
        budget.limited(now, 1.0)
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
    assert budget.left(20.0, within=(0.0, 39.9, 40.0, 50.0)) == [1, 1, 2, 3]


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

    def test_one_429_takes_half_at_most(self) -> None:
        budget = Budget(50, 60)
        refuse(budget, 0.0)
        assert budget.limit(0.0) == 25

    def test_what_is_refused_in_a_row_teaches_once(self) -> None:
        budget = Budget(50, 60)
        refuse(budget, 0.0, 1.0, 3.0, 7.0, 15.0, 31.0, 100.0, 200.0)
        assert budget.limit(0.0) == 25

    def test_a_bad_minute_teaches_once_whatever_is_taken_in_between(self) -> None:
        budget = Budget(50, 60)
        refuse(budget, 0.0)
        budget.taken(1.0)
        refuse(budget, 59.0)
        assert budget.limit(0.0) == 25

    def test_a_limit_that_is_lower_for_good_is_found_minute_by_minute(self) -> None:
        budget = Budget(50, 60)
        refuse(budget, 0.0)
        for minute in range(1, 20):
            budget.taken(60.0 * minute)
            refuse(budget, 60.0 * minute + 1)
        assert budget.limit(60.0 * 19 + 1) <= 2 * LEAST

    def test_one_call_goes_ahead_after_a_429(self) -> None:
        budget = Budget(50, 60)
        refuse(budget, 0.0)
        assert budget.free(1.0) == 1
        budget.leave()
        assert budget.free(1.0) == 0
        assert budget.free_at(1.0) == 1.0 + PROBE
        assert budget.allows(1.0)
        budget.leave()
        assert not budget.allows(1.0)
        budget.withdraw()
        budget.taken(1.1)
        budget.answered(1.1)
        assert budget.free(1.1) == 23

    def test_calls_that_are_refused_in_a_row_wait_longer_each_time_and_not_for_ever(self) -> None:
        budget, now, waits = Budget(50, 60), 0.0, []
        for _ in range(8):
            refuse(budget, now)
            waits.append(budget.closed_for(now))
            now += waits[-1]
        assert waits == [1, 2, 4, 8, 16, 16, 16, 16]

    def test_calls_that_left_together_are_refused_as_one(self) -> None:
        budget = Budget(50, 60)
        refuse(budget, 0.0, 0.1, 0.2, 0.3)
        assert budget.closed_for(0.3) == 1.0

    def test_a_shorter_burst_keeps_the_pace(self) -> None:
        lesson = Lesson()
        one, other = (Budget(5, 5.0, burst=True, lesson=lesson) for _ in range(2))
        spend(one, *[0.0] * 4)
        one.leave()
        one.limited(0.0, 1)
        one.answered(0.0)
        assert [other.limit(1.0), other.free_at(1.0)] == [4, 1.0]
        other.taken(1.0)
        spend(other, *[1.0] * 4)
        assert other.free_at(1.0) == pytest.approx(5.0, abs=0.01)  # four in four seconds

    def test_a_burst_is_within_every_longer_one(self) -> None:
        budget, now, sent = Budget(3, 3.0, burst=True), 0.0, []
        for _ in range(20):
            now = budget.free_at(now)
            spend(budget, now)
            sent.append(now)
        assert sent[:6] == [0, 0, 0, 3, 4, 5]
        assert sent[-1] == 19

    def test_a_burst_is_never_shorter_than_one(self) -> None:
        budget = Budget(5, 5.0, burst=True)
        for n in range(9):
            refuse(budget, 10.0 * n)
            budget.taken(10.0 * n + 5)
        assert budget.limit(81.0) == 1

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

    def test_after_a_429_that_another_met_one_call_goes_ahead_here_too(self) -> None:
        budget = Budget(50, 60)
        budget.hear([], closed_until=30.0, lowered=(25, 0.0))
        assert budget.free(30.0) == 1
        budget.taken(30.0)
        budget.hear([], closed_until=30.1, lowered=(25, 0.1))  # the same one, by another clock
        assert budget.free(31.0) == 26

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


class TestBudgets:
    def test_all_updates_of_a_workspace_are_paid_from_one(self) -> None:
        budgets = workspace_budgets()
        assert budgets.of(Update.method, "C1") is budgets.of(Update.method, "C2")

    def test_the_posts_of_each_channel_are_paid_from_its_own(self) -> None:
        budgets = workspace_budgets()
        assert budgets.of(Post.method, "C1") is budgets.of(Post.method, "C1")
        assert budgets.of(Post.method, "C1") is not budgets.of(Post.method, "C2")

    def test_a_limit_on_posts_in_one_channel_holds_in_all(self) -> None:
        budgets = workspace_budgets()
        here, there = budgets.of(Post.method, "C1"), budgets.of(Post.method, "C2")
        here.leave()
        here.limited(0.0, 30.0)
        assert there.closed_for(0.0) == 30.0

    def test_they_hold_what_the_workspace_allows(self) -> None:
        budgets = workspace_budgets(updates=5, most=6, posts=2)
        updates, posts = budgets.of(Update.method, "C"), budgets.of(Post.method, "C")
        assert (updates.limit(0.0), updates.limit(0.0, urgent=True)) == (5, 6)
        assert posts.limit(0.0) == 2

    def test_a_method_that_nobody_counts_has_none(self) -> None:
        with pytest.raises(KeyError):
            workspace_budgets().of("chat.delete", "C")

    def test_what_is_free_is_told_by_method_and_of_channels_the_one_that_has_least(self) -> None:
        budgets = workspace_budgets(updates=5, posts=2)
        assert budgets.least_free(0.0)["chat.update"] == 5
        budgets.of("chat.update", "C").leave()
        budgets.of("chat.postMessage", "C").leave()
        budgets.of("chat.postMessage", "D")
        free = budgets.least_free(0.0)
        assert (free["chat.update"], free["chat.postMessage"], free["chat.startStream"]) == (
            4,
            1,
            START_LIMIT,
        )

    def test_under_a_429_nothing_is_free(self) -> None:
        budgets = workspace_budgets()
        update = budgets.of("chat.update", "C")
        update.leave()
        update.limited(0.0, 3.0)
        update.answered(0.0)
        assert budgets.least_free(1.0)["chat.update"] == 0

    def test_whether_a_429_holds_for_any_method_is_known_until_its_deadline(self) -> None:
        budgets = workspace_budgets()
        assert not budgets.is_closed(0.0)
        budgets.of("chat.update", "C")
        post = budgets.of("chat.postMessage", "C")
        post.leave()
        post.limited(0.0, 3.0)
        assert [budgets.is_closed(at) for at in (0.0, 2.9, 3.0)] == [True, True, False]

    def test_each_is_shared_under_a_name_of_its_own(self) -> None:
        assert budget_name(Update.method, "C") == "chat.update"
        assert budget_name(Post.method, "C") == "chat.postMessage C"


def test_urgent_calls_feel_their_way_up_to_a_ceiling_and_not_so_many_above_the_limit() -> None:
    budget = Budget(4, 60.0, most=5)
    for _ in range(5):
        budget.leave()
        budget.answered(0.0)
    assert budget.limit(1.0, urgent=True) == 5
    assert budget.left(1.0, urgent=True) == [0]
