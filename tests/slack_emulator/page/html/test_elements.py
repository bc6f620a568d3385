"""What people press."""

from __future__ import annotations

import json
from typing import Any

import pytest

from slack_emulator.page.html.elements import element_html
from tests.html import Html


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def drawn(**element: Any) -> Html:
    return Html(element_html(element, {"U1": "Ada"}, "b1"))


def test_a_button_says_which_it_is() -> None:
    html = element_html(
        {"type": "button", "text": plain("Stop"), "style": "danger", "action_id": "stop", "value": "x"},
        {},
        "b1",
    )
    assert html == (
        '<button type="button" class="button danger" data-element="stop" data-block="b1">Stop</button>'
    )


def test_a_button_of_an_unknown_style_is_a_plain_one() -> None:
    assert ("button", "class", "button") in drawn(type="button", text=plain("a"), style="loud").attributes


def test_a_button_with_an_address_is_a_link_that_tells_the_app_too() -> None:
    html = drawn(type="button", text=plain("Open"), url="https://x.test", action_id="open")
    assert html.tags == ["a"]
    assert {("a", "href", "https://x.test"), ("a", "data-element", "open")} <= set(html.attributes)


def test_an_address_that_is_not_safe_leaves_a_button() -> None:
    assert drawn(type="button", text=plain("Open"), url="javascript:alert(1)").tags == ["button"]


def test_a_button_may_ask_before_it_acts() -> None:
    html = drawn(type="button", text=plain("Delete"), confirm={"title": plain("Sure?")})
    asked = next(value for _, name, value in html.attributes if name == "data-confirm")
    assert json.loads(asked)["title"] == "Sure?"


def test_feedback_is_a_thumb_up_and_a_thumb_down() -> None:
    halves = {
        "positive_button": {"text": plain("Good"), "value": "good", "accessibility_label": "A good answer"},
        "negative_button": {"text": plain("Bad"), "value": "bad"},
    }
    html = drawn(type="feedback_buttons", action_id="feedback", **halves)
    assert [value for _, name, value in html.attributes if name == "data-value"] == ["good", "bad"]
    assert [value for _, name, value in html.attributes if name == "aria-label"] == ["A good answer", "Bad"]
    assert drawn(type="feedback_buttons", positive_button=halves["positive_button"]).tags == ["button"]


def test_an_icon_button_is_for_whom_it_names() -> None:
    html = drawn(type="icon_button", icon="trash", text=plain("Delete"), visible_to_user_ids=["U1", 7, "U2"])
    assert ("button", "data-only", "U1  U2") in html.attributes
    assert ("button", "aria-label", "Delete") in html.attributes
    assert html.text == ""
    assert drawn(type="icon_button", icon="star", text=plain("Star")).text == "Star"


@pytest.mark.parametrize(
    ("element", "html"),
    [
        ({"type": "mrkdwn", "text": "*a*"}, "<strong>a</strong>"),
        ({"type": "plain_text", "text": "*a*"}, "*a*"),
        ({"type": "image", "image_url": "x"}, "x"),
        ({"type": "poll"}, ""),
        ({}, ""),
    ],
    ids=["mrkdwn", "plain text", "image", "unknown", "nothing"],
)
def test_what_stands_in_a_row(element: dict[str, str], html: str) -> None:
    assert element_html(element, {}) == html


@pytest.mark.parametrize(
    ("kind", "tag"),
    [
        ("plain_text_input", "input"),
        ("static_select", "select"),
        ("checkboxes", "form"),
        ("overflow", "details"),
    ],
)
def test_fields_and_choices_are_drawn_too(kind: str, tag: str) -> None:
    assert drawn(type=kind).tags[0] == tag
