"""Which blocks Slack takes."""

from __future__ import annotations

from typing import Any

import pytest

from slack_emulator.blocks.block_kit import Flaw, block_flaws

TEXT = {"type": "plain_text", "text": "Go"}
BUTTON: dict[str, Any] = {"type": "button", "action_id": "go", "text": TEXT}
FEEDBACK: dict[str, Any] = {
    "type": "feedback_buttons",
    "positive_button": {"text": TEXT},
    "negative_button": {"text": TEXT},
}


def actions(*elements: dict[str, Any], kind: str = "actions") -> dict[str, Any]:
    return {"type": kind, "elements": list(elements)}


def section(**parts: Any) -> dict[str, Any]:
    return {"type": "section"} | parts


def words(*blocks: dict[str, Any]) -> list[str]:
    return [flaw.words for flaw in block_flaws(blocks)]


@pytest.mark.parametrize(
    "block",
    [
        actions(BUTTON | {"style": "primary", "value": "x" * 2_000}),
        actions(FEEDBACK, kind="context_actions"),
        actions({"type": "icon_button", "visible_to_user_ids": ["U1"] * 10}, kind="context_actions"),
        actions({"type": "mrkdwn", "text": "x"}, kind="context"),
        actions({"type": "static_select", "options": [{}] * 100}),
        section(text={"type": "mrkdwn", "text": "x"}, fields=[TEXT]),
        section(fields=[TEXT] * 10, block_id="b" * 255),
        {"type": "header", "text": TEXT},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 500}] * 20]},
        {"type": "plan", "title": "How", "tasks": []},
    ],
)
def test_a_good_block_has_no_flaw(block: dict[str, Any]) -> None:
    assert words(block) == []


@pytest.mark.parametrize(
    ("block", "flaw"),
    [
        (
            actions(BUTTON | {"text": {"type": "plain_text", "text": "x" * 76}}),
            "text must be less than 76 characters",
        ),
        (actions(BUTTON | {"text": None}), "missing required field: text"),
        (actions(BUTTON | {"style": "loud"}), "unsupported style: loud"),
        (actions(BUTTON | {"value": "x" * 2_001}), "value must be less than 2001 characters"),
        (actions(BUTTON | {"url": "x" * 3_001}), "url must be less than 3001 characters"),
        (actions(BUTTON | {"action_id": "x" * 256}), "action_id must be less than 256 characters"),
        (actions(FEEDBACK | {"positive_button": {}}, kind="context_actions"), "missing required field: text"),
        (
            actions({"type": "icon_button", "visible_to_user_ids": ["U1"] * 11}, kind="context_actions"),
            "no more than 10 visible_to_user_ids allowed",
        ),
        (actions(BUTTON, kind="context_actions"), "unsupported type of element: button"),
        (actions(BUTTON, kind="context"), "unsupported type of element: button"),
        (actions({"type": "static_select", "options": [{}] * 101}), "no more than 100 options allowed"),
        (section(fields=[{"type": "mrkdwn", "text": "x" * 2_001}]), "text must be less than 2001 characters"),
        (section(text=TEXT, fields=[TEXT] * 11), "must hold 1 to 10 fields"),
        (section(text=TEXT, block_id="b" * 256), "block_id must be less than 256 characters"),
        ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "a header is plain_text"),
        (
            {"type": "image", "image_url": "x", "alt_text": "x" * 2_001},
            "alt_text must be less than 2001 characters",
        ),
        (
            {"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 10_001}]]},
            "must hold at most 10,000 characters",
        ),
    ],
)
def test_a_flaw_is_said(block: dict[str, Any], flaw: str) -> None:
    assert flaw in words(block)


def test_a_block_id_is_used_once() -> None:
    assert words({"type": "divider", "block_id": "b"}, {"type": "divider", "block_id": "b"}) == [
        "block_id already exists"
    ]


def test_a_flaw_is_told_as_slack_tells_it() -> None:
    assert str(Flaw("no more than 50 items allowed", "/blocks")) == (
        "[ERROR] no more than 50 items allowed [json-pointer:/blocks]"
    )
