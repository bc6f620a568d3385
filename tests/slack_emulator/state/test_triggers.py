"""Trigger ids and response URLs: for a while, and not for ever."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slack_emulator.errors import Refused
from slack_emulator.state.triggers import URL_TIMES, ResponseUrl, Trigger, Triggers

TRIGGER = Trigger("A1", "U1", until=3.0)
URL = ResponseUrl("A1", "U1", "C1", until=1800.0)


def test_a_trigger_tells_whom_to_open_for() -> None:
    tickets = Triggers()
    assert tickets.exchange(tickets.trigger(TRIGGER), "A1", 1.0) == TRIGGER


def test_what_a_trigger_opens_stands_in_the_tab_it_came_from() -> None:
    tickets = Triggers()
    name = tickets.trigger(replace(TRIGGER, tab="one"))
    assert tickets.exchange(name, "A1", 1.0).tab == "one"


@pytest.mark.parametrize(
    ("app", "now", "error"),
    [("A2", 1.0, "invalid_trigger_id"), ("A1", 3.1, "expired_trigger_id")],
)
def test_a_trigger_is_for_its_app_and_for_a_moment(app: str, now: float, error: str) -> None:
    tickets = Triggers()
    with pytest.raises(Refused, match=error):
        tickets.exchange(tickets.trigger(TRIGGER), app, now)


def test_a_trigger_is_used_once() -> None:
    tickets = Triggers()
    name = tickets.trigger(TRIGGER)
    tickets.exchange(name, "A1", 1.0)
    with pytest.raises(Refused, match="exchanged_trigger_id"):
        tickets.exchange(name, "A1", 1.0)


def test_a_trigger_nobody_gave_is_none() -> None:
    with pytest.raises(Refused, match="invalid_trigger_id"):
        Triggers().exchange("1.2.3", "A1", 1.0)


def test_a_response_url_is_used_five_times() -> None:
    tickets = Triggers()
    name = tickets.url(ResponseUrl("A1", "U1", "C1", until=1800.0))
    assert [tickets.use(name, 1.0).channel for _ in range(URL_TIMES)] == ["C1"] * URL_TIMES
    with pytest.raises(Refused, match="used_url"):
        tickets.use(name, 1.0)


def test_a_response_url_is_good_for_half_an_hour() -> None:
    tickets = Triggers()
    name = tickets.url(URL)
    assert tickets.knows(name)
    assert not tickets.knows("A1/2/3")
    with pytest.raises(Refused, match="expired_url"):
        tickets.use(name, 1800.1)
