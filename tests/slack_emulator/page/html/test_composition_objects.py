"""What blocks and elements are made of."""

from __future__ import annotations

import json

from slack_emulator.page.html.composition_objects import (
    confirmation,
    option_groups,
    text_html_of,
    text_object_html,
    words_of,
)


def test_mrkdwn_is_drawn_and_plain_text_is_not() -> None:
    assert text_object_html({"type": "mrkdwn", "text": "*a*\n_b_"}, {}) == "<strong>a</strong><br><em>b</em>"
    assert text_object_html({"type": "plain_text", "text": "*a* &amp; b"}, {}) == "*a* &amp; b"


def test_a_bare_string_stands_for_a_text_object() -> None:
    assert (words_of("a"), words_of({"text": "b &lt;"}), words_of(None)) == ("a", "b <", "")
    assert (text_html_of("<a>", {}), text_html_of({"text": "b"}, {}), text_html_of(7, {})) == (
        "&lt;a&gt;",
        "b",
        "",
    )


def test_options_come_in_groups() -> None:
    one = {"text": {"type": "plain_text", "text": "One"}, "value": "1", "description": {"text": "first"}}
    grouped = option_groups({"option_groups": [{"label": {"text": "Numbers"}, "options": [one]}]}, {})
    assert [(group.label, [tuple(option) for option in group.options]) for group in grouped] == [
        ("Numbers", [("1", "One", "first", "")])
    ]
    assert [group.label for group in option_groups({"options": [one]}, {})] == [""]


def test_the_question_before_an_action_is_plain_words() -> None:
    asked = confirmation({"confirm": {"title": {"text": "Sure?"}, "style": "danger"}})
    assert asked is not None
    assert json.loads(asked) == {"title": "Sure?", "text": "", "confirm": "", "deny": "", "style": "danger"}
    assert confirmation({}) is None
