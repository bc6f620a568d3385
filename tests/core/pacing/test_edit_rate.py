"""How many edits in between can be kept up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.pacing.edit_rate import HORIZONS, ExpectedUse, expected_use, sustainable_rate
from bot.core.pacing.edit_spacing import EditSpacing
from bot.core.pacing.load_forecast import LoadForecast

NOBODY_COMES = EditSpacing(newcomers=0.0, ends=0.0)
LEFT = st.floats(0, 1000)


def wants(*lefts: float) -> ExpectedUse:
    summed = ExpectedUse()
    for left in lefts:
        summed.replace([], expected_use(left))
    return summed


def given_a_second(
    free: list[int], *lefts: float, schedule: EditSpacing = NOBODY_COMES, askers: float = 0.1
) -> float:
    return sustainable_rate(free, [wants(*lefts)], LoadForecast(schedule), schedule, askers=askers)


def test_what_is_free_is_for_the_seconds_in_which_replies_are_written() -> None:
    assert given_a_second([11] * len(HORIZONS), 10.0) == pytest.approx(1.0)


def test_the_tightest_horizon_counts() -> None:
    free = [100] * len(HORIZONS)
    free[HORIZONS.index(6.0)] = 14
    assert given_a_second(free, 6.0, 6.0) == pytest.approx(1.0)


def test_a_slot_is_kept_for_every_last_edit_and_where_no_more_are_free_there_are_none_in_between() -> None:
    assert given_a_second([2] * len(HORIZONS), 1.0, 1.0, 1.0) == 0.0


def test_some_is_kept_for_those_who_are_likely_to_come_the_more_the_more_ask() -> None:
    rates = [
        given_a_second([40] * len(HORIZONS), 9.0, schedule=EditSpacing(), askers=askers)
        for askers in (0.0, 0.1, 0.5)
    ]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] > 2 * rates[-1]


def test_who_writes_no_more_wants_a_slot_and_no_seconds() -> None:
    assert (wants(0.0).slots, wants(0.0).seconds) == ([1.0] * len(HORIZONS), [0.0] * len(HORIZONS))


def test_with_nothing_written_nothing_limits() -> None:
    assert given_a_second([5] * len(HORIZONS)) == float("inf")


def test_several_alike_want_so_many_times_as_much() -> None:
    many = ExpectedUse()
    many.replace([], expected_use(7.3, replies=3))
    each = wants(7.3, 7.3, 7.3)
    assert many.slots == pytest.approx(each.slots, abs=0.01)
    assert many.seconds == pytest.approx(each.seconds, abs=0.01)
    assert many.to_go == pytest.approx(each.to_go, abs=0.01)


@given(st.lists(LEFT, max_size=30), st.lists(LEFT, max_size=30))
def test_what_was_added_and_taken_away_leaves_no_trace(stay: list[float], go: list[float]) -> None:
    summed = wants(*go)
    for left in stay:
        summed.replace([], expected_use(left))
    for left in go:
        summed.replace(expected_use(left), [])
    plain = wants(*stay)
    assert (summed.slots, summed.seconds, summed.to_go) == (plain.slots, plain.seconds, plain.to_go)


def test_who_has_outlived_the_others_is_likely_to_write_less_within_a_horizon() -> None:
    assert all(
        some <= most for some, most in zip(expected_use(10.0, outlived=True), expected_use(10.0), strict=True)
    )
    assert expected_use(10.0, outlived=True) != expected_use(10.0)


def test_who_waits_to_be_posted_wants_its_last_edit_and_no_seconds() -> None:
    summed = ExpectedUse()
    summed.replace([], expected_use(10.0, waits=True))
    assert (summed.slots, summed.seconds) == (wants(10.0).slots, [0.0] * len(HORIZONS))
