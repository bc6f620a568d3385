"""Modals and homes: shown, updated, stacked, closed."""

from __future__ import annotations

from typing import Any

import pytest

from slack_emulator.errors import Refused
from slack_emulator.state.open_views import MOST_STACKED, Views, check_view
from slack_emulator.state.triggers import Trigger

TITLE = {"type": "plain_text", "text": "So?"}
MODAL: dict[str, Any] = {"type": "modal", "title": TITLE, "blocks": []}
HOME: dict[str, Any] = {"type": "home", "blocks": []}


def test_one_view_stands_on_another_and_goes_with_it() -> None:
    views = Views()
    first = views.show("A1", "U1", MODAL)
    second = views.show("A1", "U1", MODAL, on=first)
    assert (second.root_id, second.previous_id) == (first.id, first.id)
    assert views.stack("A1", "U1") == [first, second]
    assert views.close(first) == [second, first]
    assert views.stack("A1", "U1") == []


def test_closing_the_upper_leaves_the_lower_and_closing_everything_leaves_none() -> None:
    views = Views()
    first = views.show("A1", "U1", MODAL)
    second = views.show("A1", "U1", MODAL, on=first)
    assert views.close(second) == [second]
    third = views.show("A1", "U1", MODAL, on=first)
    assert views.close(third, everything=True) == [third, first]


def test_three_stand_on_each_other_and_no_more() -> None:
    views = Views()
    for _ in range(MOST_STACKED):
        views.show("A1", "U1", MODAL)
    with pytest.raises(Refused, match="push_limit_reached"):
        views.show("A1", "U1", MODAL)
    assert views.show("A2", "U1", MODAL).app_id == "A2"


def test_each_tab_has_its_own_stack() -> None:
    views = Views()
    here, there = (views.show("A1", "U1", MODAL, tab=tab) for tab in ("one", "two"))
    upper = views.show("A1", "U1", MODAL, on=here)
    assert views.stack("A1", "U1", "one") == [here, upper]
    assert views.close(here, everything=True) == [upper, here]
    assert views.stack("A1", "U1", "two") == [there]


@pytest.mark.parametrize("pushed_on", [0, 1])
def test_a_modal_is_pushed_where_its_trigger_came_from(pushed_on: int) -> None:
    views = Views()
    stacks = [views.show("A1", "U1", MODAL, tab=tab) for tab in ("one", "two")]
    assert views.below(Trigger("A1", "U1", 0.0, stacks[pushed_on].id)) == stacks[pushed_on]


def test_nothing_is_pushed_by_a_trigger_of_a_message_or_where_nothing_stands() -> None:
    views = Views()
    assert views.below(Trigger("A1", "U1", 0.0, "V9")) is None
    views.show("A1", "U1", MODAL)
    assert views.below(Trigger("A1", "U1", 0.0)) is None


def test_what_stands_in_a_tab_that_is_closed_is_forgotten_and_nothing_else() -> None:
    views = Views()
    views.show("A1", "U1", MODAL, tab="one")
    kept, anywhere = (views.show("A1", "U1", MODAL, tab=tab) for tab in ("two", ""))
    others = views.show("A1", "U2", MODAL, tab="one")
    views.abandon("U1", {"two"})
    assert list(views.open.values()) == [kept, anywhere, others]


def test_a_hash_that_is_old_changes_nothing() -> None:
    views = Views()
    old = views.show("A1", "U1", MODAL)
    new = views.update(old, MODAL | {"callback_id": "x"}, hash_=old.hash)
    with pytest.raises(Refused, match="hash_conflict"):
        views.update(new, MODAL, hash_=old.hash)
    assert views.named("A1", view_id=old.id, external_id=None) == new


def test_a_view_is_found_by_an_id_of_the_apps_own_which_it_uses_once() -> None:
    views = Views()
    view = views.show("A1", "U1", MODAL | {"external_id": "mine"})
    assert views.named("A1", view_id=None, external_id="mine") == view
    with pytest.raises(Refused, match="duplicate_external_id"):
        views.show("A1", "U2", MODAL | {"external_id": "mine"})
    with pytest.raises(Refused, match="not_found"):
        views.named("A2", view_id=view.id, external_id=None)


def test_each_person_has_one_home_of_an_app() -> None:
    views = Views()
    old = views.publish("A1", "U1", HOME)
    new = views.publish("A1", "U1", HOME | {"callback_id": "x"})
    other = views.publish("A1", "U2", HOME)
    assert (old.id, len(views.homes)) == (new.id, 2)
    assert other.id != new.id


def test_what_was_put_into_a_view_stays_in_it() -> None:
    views = Views()
    filled = views.fill(views.show("A1", "U1", MODAL), {"why": {}})
    assert views.open[filled.id].values == {"why": {}}


def test_an_app_that_goes_takes_its_views_along() -> None:
    views = Views()
    views.show("A1", "U1", MODAL)
    kept = views.show("A2", "U1", MODAL)
    views.publish("A1", "U1", HOME)
    views.forget("A1")
    assert (list(views.open.values()), views.homes) == ([kept], {})


@pytest.mark.parametrize(
    ("content", "kind", "error"),
    [
        pytest.param(MODAL, "home", "a view of type home is needed", id="another type"),
        pytest.param(MODAL | {"title": None}, "modal", "missing required field: title", id="no title"),
        pytest.param({"type": "home"}, "home", "missing required field: blocks", id="no blocks"),
        pytest.param(MODAL | {"private_metadata": "x" * 250_001}, "modal", "view_too_large", id="too large"),
        pytest.param(
            MODAL | {"blocks": [{"type": "input"}]}, "modal", "needs a submit button", id="no submit"
        ),
    ],
)
def test_a_view_slack_refuses_is_refused(content: dict[str, Any], kind: str, error: str) -> None:
    with pytest.raises(Refused, match=error):
        check_view(content, kind)
