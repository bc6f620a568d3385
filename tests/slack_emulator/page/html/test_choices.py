"""What people choose with."""

from __future__ import annotations

from typing import Any

import pytest

from slack_emulator.page.html.elements import element_html
from tests.html import Html

NAMES = {"U2": "Grace", "U1": "Ada", "C1": "general", "W3": "Raj", "G1": "secret"}


def option(value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": value.upper()}, "value": value}


def drawn(kind: str, **element: Any) -> Html:
    return Html(element_html({"type": kind, "action_id": "a", **element}, NAMES, "b"))


def values(html: Html, name: str = "value") -> list[str]:
    return [value for _, key, value in html.attributes if key == name]


def test_a_menu_offers_its_placeholder_and_its_options() -> None:
    html = drawn("static_select", options=[option("x"), option("y")], placeholder={"text": "Which?"})
    assert html.text == "Which?XY"
    assert values(html) == ["", "x", "y"]
    assert ("select", "aria-label", "Which?") in html.attributes
    assert ("select", "data-kind", "static_select") in html.attributes


def test_what_is_chosen_at_first_is_chosen() -> None:
    html = element_html(
        {"type": "static_select", "options": [option("x"), option("y")], "initial_option": option("y")}, NAMES
    )
    assert '<option value="">Choose one' in html
    assert '<option value="y" selected>' in html


def test_options_may_have_a_heading() -> None:
    html = drawn("static_select", option_groups=[{"label": {"text": "Letters"}, "options": [option("x")]}])
    assert ("optgroup", "label", "Letters") in html.attributes


@pytest.mark.parametrize(
    ("kind", "ids"),
    [
        ("users_select", ["U1", "U2", "W3"]),
        ("channels_select", ["C1"]),
        ("conversations_select", ["U1", "U2", "W3", "C1", "G1"]),
    ],
)
def test_people_and_channels_are_those_of_the_workspace_by_name(kind: str, ids: list[str]) -> None:
    assert values(drawn(kind)) == ["", *ids]


def test_a_person_may_be_chosen_at_first() -> None:
    assert '<option value="U1" selected>' in element_html(
        {"type": "users_select", "initial_user": "U1"}, NAMES
    )
    many = element_html({"type": "multi_users_select", "initial_users": ["U1", "U2"]}, NAMES)
    assert many.count(" checked") == 2


def test_what_only_the_app_knows_shows_what_it_was_given() -> None:
    assert values(drawn("external_select", initial_option=option("x"))) == ["", "x"]
    assert values(drawn("multi_external_select", initial_options=[option("x"), {}])) == ["x"]


def test_several_of_many_are_boxes_in_a_list_that_opens() -> None:
    html = drawn("multi_static_select", options=[option("x"), option("y")])
    assert html.tags[:3] == ["details", "summary", "form"]
    assert html.tags.count("input") == 2


def test_boxes_and_radio_buttons_have_a_form_of_their_own() -> None:
    boxes = drawn("checkboxes", options=[option("x") | {"description": {"text": "small"}}])
    assert boxes.text == "Xsmall"
    assert ("div", "role", "group") in boxes.attributes
    radio = drawn(
        "radio_buttons", options=[option("x")], initial_option=option("x"), accessibility_label="Size"
    )
    assert {("input", "type", "radio"), ("input", "checked", ""), ("div", "aria-label", "Size")} <= set(
        radio.attributes
    )


def test_the_three_dots_hide_links_too_where_these_lead_somewhere_safe() -> None:
    away = {**option("x"), "url": "https://a.example/1"}
    html = drawn("overflow", options=[away, {**option("y"), "url": "javascript:alert(1)"}])
    assert values(html, "href") == ["https://a.example/1"]
    assert values(html, "data-value") == ["x", "y"]


def test_the_three_dots_hide_a_few_buttons() -> None:
    html = drawn("overflow", options=[option("x"), option("y")])
    assert values(html, "data-value") == ["x", "y"]
    assert html.text == "⋯XY"
    assert ("summary", "aria-label", "More") in html.attributes
