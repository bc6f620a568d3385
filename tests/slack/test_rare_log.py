"""Log lines that strangers can cause."""

from __future__ import annotations

import pytest

from bot.slack.rare_log import Seldom


@pytest.fixture
def now() -> list[float]:
    """A clock that starts below zero, as one may: what counts is how far it moves."""
    return [-5000.0]


@pytest.fixture
def seldom(now: list[float]) -> Seldom:
    return Seldom(lambda: now[0])


def test_the_first_of_a_kind_is_told_and_others_within_the_hour_are_not(
    seldom: Seldom, now: list[float]
) -> None:
    assert seldom.due("silent") == 1
    now[0] += 3599
    assert (seldom.due("silent"), seldom.due("unsigned")) == (None, 1)


def test_after_an_hour_the_line_says_how_many_there_were(seldom: Seldom, now: list[float]) -> None:
    assert [seldom.due("silent"), seldom.due("silent"), seldom.due("silent")] == [1, None, None]
    now[0] += 3600
    assert seldom.due("silent") == 3
