"""Pauses that grow, up to a longest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.backoff import Backoff


def test_each_failure_makes_the_pause_longer_up_to_the_longest() -> None:
    backoff = Backoff(1.0, longest=30.0)
    assert [backoff.pause(n) for n in range(8)] == [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_a_pause_grows_by_the_factor_that_is_given() -> None:
    assert [Backoff(2.0, factor=3.0).pause(n) for n in (1, 2, 3)] == [2.0, 6.0, 18.0]


def test_chance_takes_off_a_share_of_the_pause_and_no_more() -> None:
    backoff = Backoff(2.0, longest=8.0, jitter=0.25)
    assert [backoff.pause(9, chance=chance) for chance in (0.0, 0.5, 1.0)] == [8.0, 7.0, 6.0]


def test_any_number_of_failures_has_a_pause() -> None:
    assert Backoff(0.1, longest=5.0).pause(10**9) == pytest.approx(5.0)


@given(st.integers(1, 2000), st.floats(0, 1), st.floats(0, 1))
def test_no_pause_is_shorter_than_the_jitter_allows_or_longer_than_the_longest(
    failures: int, jitter: float, chance: float
) -> None:
    pause = Backoff(0.5, longest=60.0, jitter=jitter).pause(failures, chance=chance)
    assert 0.5 * (1 - jitter) <= pause <= 60.0
