"""Buttons: which was pressed, and what its app is sent."""

from __future__ import annotations

import pytest

from slack_emulator.blocks.interactive_elements import action_of
from slack_emulator.errors import Refused
from slack_emulator.payloads.interaction_payloads import block_actions
from slack_emulator.seeding.loader import sparkling
from slack_emulator.state.changes import Pressed
from slack_emulator.state.models import Message

STOP = {"type": "button", "action_id": "stop", "text": {"type": "plain_text", "text": "Stop"}, "value": "now"}
FEEDBACK = {"type": "feedback_buttons", "action_id": "feedback", "positive_button": {}, "negative_button": {}}
MESSAGE = Message(
    "C000GENERAL",
    "2.000000",
    "U0TELEPRINT",
    "a song",
    thread_ts="1.000000",
    blocks=(
        {"type": "markdown", "text": "a song"},
        {"type": "actions", "block_id": "b1", "elements": [STOP]},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "x"},
            "accessory": STOP | {"action_id": "more"},
        },
        {"type": "context_actions", "elements": [FEEDBACK]},
    ),
    app_id="A0TELEPRINT",
)


def test_a_button_brings_its_text_and_value() -> None:
    assert action_of(MESSAGE, "stop", None, "3.0") == {
        "type": "button",
        "action_id": "stop",
        "action_ts": "3.0",
        "block_id": "b1",
        "text": {"type": "plain_text", "text": "Stop"},
        "value": "now",
    }


def test_a_button_beside_a_section_is_one_too() -> None:
    assert action_of(MESSAGE, "more", None, "3.0")["type"] == "button"


def test_feedback_brings_the_value_of_the_half_that_was_pressed() -> None:
    action = action_of(MESSAGE, "feedback", "good", "3.0")
    assert (action["type"], action["value"]) == ("feedback_buttons", "good")


@pytest.mark.parametrize("message", [MESSAGE, Message("C1", "1.0", "U1", "no blocks")])
def test_a_button_that_is_not_there_is_named(message: Message) -> None:
    with pytest.raises(Refused, match="no button with the action_id dance"):
        action_of(message, "dance", None, "3.0")


def test_the_payload_names_message_person_and_place() -> None:
    state = sparkling(1_766_458_026.0)
    pressed = Pressed(MESSAGE, "U0000000ADA", action_of(MESSAGE, "stop", None, "3.0"), "3.0")
    payload = block_actions(pressed, state.apps["A0TELEPRINT"], state, until=0.0)
    assert (payload["type"], payload["user"]["id"], payload["channel"]["name"]) == (
        "block_actions",
        "U0000000ADA",
        "general",
    )
    assert payload["container"] == {
        "type": "message",
        "message_ts": "2.000000",
        "channel_id": "C000GENERAL",
        "is_ephemeral": False,
        "thread_ts": "1.000000",
    }
    assert payload["actions"][0]["action_id"] == "stop"


def test_of_an_ephemeral_message_the_payload_names_the_place_only() -> None:
    state = sparkling(1_766_458_026.0)
    action = action_of(MESSAGE, "stop", None, "3.0")
    pressed = Pressed(MESSAGE, "U0000000ADA", action, "3.0", ephemeral=True)
    payload = block_actions(pressed, state.apps["A0TELEPRINT"], state, until=0.0)
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
