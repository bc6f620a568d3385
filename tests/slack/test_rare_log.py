"""Log lines that strangers can cause."""

from __future__ import annotations

import logging

import pytest

from bot.slack.rare_log import Seldom

log = logging.getLogger("bot.test")


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


def test_a_line_names_its_kind_and_its_fields(seldom: Seldom, caplog: pytest.LogCaptureFixture) -> None:
    seldom.warn(log, "http.turned_away", "not signed", peer="192.0.2.1")
    seldom.warn(log, "http.turned_away", "not signed", peer="192.0.2.2")
    [line] = [vars(record) for record in caplog.records]
    assert (line["message"], line["kind"], line["times"], line["peer"]) == (
        "http.turned_away",
        "not signed",
        1,
        "192.0.2.1",
    )
