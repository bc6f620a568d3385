"""What a workspace asks of us, as far as it can be guessed."""

from __future__ import annotations

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.pacing.edit_spacing import EditSpacing
from bot.core.pacing.load_forecast import FIRST, NEWCOMERS, LoadForecast

SCHEDULE = EditSpacing(prior=8.0, keep=0.5, again=0.9, memory=100.0, burst=0.5, crowd=9.0)


def test_before_any_has_ended_answers_are_taken_to_last_about_nine_seconds() -> None:
    assert median(FIRST) == pytest.approx(9.0, abs=0.1)
    assert LoadForecast(SCHEDULE).typical == pytest.approx(sum(FIRST) / len(FIRST))


def test_an_answer_is_taken_to_last_as_long_as_those_before_it_the_newest_most() -> None:
    load = LoadForecast(SCHEDULE)
    for seconds in (60.0, *[20.0] * 30):
        load.lasted(seconds)
    assert load.typical == pytest.approx(20.0, abs=0.1)
    load.lasted(40.0)
    assert load.typical == pytest.approx(30.0, abs=0.1)


def test_it_goes_on_as_long_as_those_did_that_lasted_longer() -> None:
    load = LoadForecast(SCHEDULE)
    for seconds in (*[10.0] * 30, 40.0):
        load.lasted(seconds)
    assert load.remaining(0.0) == pytest.approx(25.0, abs=0.1)
    assert load.remaining(5.0) == pytest.approx(20.0, abs=0.1)
    assert load.remaining(10.0) == pytest.approx(30.0, abs=0.1)


def test_who_outlives_the_others_goes_on_for_a_part_of_its_age() -> None:
    assert LoadForecast(SCHEDULE).remaining(100.0) == 90.0
    assert LoadForecast(EditSpacing(again=0.1)).remaining(100.0) == 50.0


def test_what_is_long_past_is_forgotten() -> None:
    load = LoadForecast(SCHEDULE)
    for _ in range(30):
        load.lasted(1.0)
    assert load.remaining(2.0) == pytest.approx(1.8)


@given(st.lists(st.floats(0.01, 10_000), max_size=60), st.floats(0, 10_000))
def test_every_answer_goes_on_for_a_while_at_least(lengths: list[float], age: float) -> None:
    load = LoadForecast(SCHEDULE)
    for seconds in lengths:
        load.lasted(seconds)
    assert load.remaining(age) >= SCHEDULE.again * age
    assert load.remaining(0.0) == pytest.approx(load.typical)


def test_before_anybody_asked_somebody_is_expected() -> None:
    count, seconds = NEWCOMERS
    load = LoadForecast(SCHEDULE)
    load.look(5.0)
    assert load.askers(5.0) == count / seconds


def test_the_longer_nobody_has_asked_the_fewer_are_expected() -> None:
    load = LoadForecast(SCHEDULE)
    load.began(0.0)
    rates = [load.askers(now) for now in (0.0, 10.0, 100.0, 1000.0)]
    assert rates == sorted(rates, reverse=True)


def test_a_steady_rate_is_learned() -> None:
    load = LoadForecast(EditSpacing())
    for second in range(0, 3000, 4):
        load.began(float(second))
    assert load.askers(3000.0) == pytest.approx(0.25, abs=0.03)


def test_who_ask_at_once_are_one_event_and_not_a_rate() -> None:
    alone, crowd = LoadForecast(SCHEDULE), LoadForecast(SCHEDULE)
    alone.began(0.0)
    for _ in range(5):
        crowd.began(0.0)
    assert crowd.askers(0.0) < 1.5 * alone.askers(0.0)
