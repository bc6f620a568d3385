"""What Slack says was pressed, read once at the edge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.conversation.answer_key import AnswerTag
from bot.core.conversation.incoming import ThreadKey
from bot.core.delivery.controls import AnswerEnd, ControlKind, Controls, block_kit, button, note_modal
from bot.core.delivery.press import (
    MOST_NOTE,
    NoteGiven,
    Press,
    QuestionEdited,
    parse_edited,
    parse_note,
    parse_press,
    parse_session_stop,
    pressing_team,
)
from bot.language.catalogue import ENGLISH
from slack_emulator.blocks.interactive_elements import elements, used

if TYPE_CHECKING:
    from bot.core.conversation.json_payload import Payload

TAG = AnswerTag("1700000000.000100", 1, 0)
THREAD = ThreadKey("T1", "C1", "1.0")


def pressed(action: Payload, **more: Any) -> dict[str, Any]:
    """The payload of a press, as Slack sends it."""
    return {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1", "team_id": "T1"},
        "container": {"type": "message", "message_ts": "9.0", "channel_id": "C1", "thread_ts": "1.0"},
        "trigger_id": "1.2.3",
        "actions": [action],
        **more,
    }


def used_element(controls: Controls, action_id: str, value: object = None) -> Payload:
    """The action that Slack makes of an element of ours."""
    blocks = [dict(block) for block in block_kit(controls, ENGLISH)]
    found = [one for one in elements(blocks) if one[1].get("action_id") == action_id]
    return used(*found[0], value, "9.5")


OVER = Controls(str(TAG), AnswerEnd.STOPPED, former=("https://a",))
WRITING = Controls(str(TAG), None)


@pytest.mark.parametrize(
    ("action", "control", "verdict"),
    [
        (used_element(WRITING, "teleprinter.stop"), ControlKind.STOP, ""),
        (used_element(OVER, "teleprinter.continue"), ControlKind.CONTINUE, ""),
        (used_element(OVER, "teleprinter.regenerate"), ControlKind.REGENERATE, ""),
        (used_element(OVER, "teleprinter.menu", f"delete {TAG}"), ControlKind.DELETE, ""),
        (used_element(OVER, "teleprinter.menu", f"former {TAG}"), ControlKind.FORMER, ""),
        (used_element(OVER, "teleprinter.menu", f"leave {TAG}"), ControlKind.LEAVE, ""),
        (used_element(OVER, "teleprinter.feedback", f"good {TAG}"), ControlKind.FEEDBACK, "good"),
        (used_element(OVER, "teleprinter.feedback", f"bad {TAG}"), ControlKind.FEEDBACK, "bad"),
    ],
)
def test_what_we_offer_is_understood_when_it_is_pressed(
    action: Payload, control: ControlKind, verdict: str
) -> None:
    assert parse_press(pressed(action)) == Press(THREAD, "9.0", "U1", control, TAG, verdict, "1.2.3")


@pytest.mark.parametrize("control", [ControlKind.NOTE, ControlKind.EDITED])
def test_a_button_that_one_person_alone_sees_says_itself_in_which_thread_it_is(control: ControlKind) -> None:
    action = {**button(control, str(TAG), ENGLISH, thread_ts="7.0"), "type": "button"}
    alone = {"message_ts": "9.0", "channel_id": "C1", "is_ephemeral": True}
    press = parse_press(pressed(action, container=alone))
    assert press == Press(ThreadKey("T1", "C1", "7.0"), "9.0", "U1", control, TAG, "", "1.2.3")


@pytest.mark.parametrize(
    ("action", "control", "tag"),
    [
        ({"action_id": "teleprinter.stop", "value": "everything"}, ControlKind.STOP, None),
        ({"action_id": "teleprinter.stop"}, ControlKind.STOP, None),
        ({"action_id": "teleprinter.stop", "value": 7}, ControlKind.STOP, None),
        ({"action_id": "teleprinter.explode", "value": str(TAG)}, None, TAG),
        ({"action_id": "another.apps", "value": ""}, None, None),
        ({"action_id": "teleprinter.delete", "value": str(TAG)}, None, TAG),
        ({"action_id": "teleprinter.menu", "value": f"delete {TAG}"}, None, None),
        ({"action_id": "teleprinter.menu", "selected_option": {"value": f"stop {TAG}"}}, None, TAG),
        ({"action_id": "teleprinter.feedback", "value": f"great {TAG}"}, None, None),
        ({"action_id": "teleprinter.feedback", "value": "good"}, ControlKind.FEEDBACK, None),
        ({"action_id": "teleprinter.note", "value": str(TAG)}, ControlKind.NOTE, None),
    ],
)
def test_what_was_tampered_with_names_no_control_or_no_answer(
    action: Payload, control: ControlKind | None, tag: AnswerTag | None
) -> None:
    press = parse_press(pressed(action))
    assert press is not None
    assert (press.control, press.tag) == (control, tag)


def test_a_press_whose_container_says_little_is_read_from_its_message() -> None:
    action = {"action_id": "teleprinter.stop", "value": str(TAG)}
    message = {"ts": "9.0", "thread_ts": "1.0"}
    press = parse_press(pressed(action, container={}, channel={"id": "C1"}, message=message))
    assert press is not None
    assert (press.thread, press.ts) == (THREAD, "9.0")


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"type": "event_callback"},
        pressed({}, user={}),
        pressed({}, container={"view_id": "V1", "type": "view"}),
        {**pressed({}), "actions": []},
    ],
)
def test_what_is_no_press_below_a_message_is_none(payload: Payload) -> None:
    assert parse_press(payload) is None


STOPPED: dict[str, Any] = {"type": "agent_session_stopped", "channel": "C1", "thread_ts": "1.0"}


def test_slacks_own_stop_says_in_which_thread_it_was_pressed() -> None:
    assert parse_session_stop({"team_id": "T1", "event": STOPPED}) == THREAD


@pytest.mark.parametrize("more", [{"type": "message"}, {"channel": ""}, {"thread_ts": None}])
def test_what_is_no_stop_of_a_session_stops_nothing(more: dict[str, Any]) -> None:
    assert parse_session_stop({"team_id": "T1", "event": {**STOPPED, **more}}) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.dictionaries(st.sampled_from(["team", "user", "container", "actions", "view", "event"]), JSON), JSON
)
def test_whatever_is_sent_is_read_without_an_error(parts: dict[str, Any], action: Any) -> None:
    assert parse_press({"type": "block_actions", **parts}) is None
    parse_press(pressed(action if isinstance(action, dict) else {}))
    parse_note({"type": "view_submission", **parts})
    parse_edited({"type": "event_callback", **parts}, bot_user="U0")


@pytest.mark.parametrize(
    ("payload", "team"),
    [
        ({"team": {"id": "T1"}}, "T1"),
        ({"team": None, "enterprise": {"id": "E1"}}, "E1"),
        ({"team": {"id": "T2"}, "view": {"app_installed_team_id": "T1"}}, "T1"),
        ({}, ""),
    ],
)
def test_the_workspace_of_a_press_is_the_one_that_has_installed_us(payload: Payload, team: str) -> None:
    assert pressing_team(payload) == team


def submitted(text: object, **more: Any) -> dict[str, Any]:
    """The payload of our modal, sent with that text."""
    view = {
        **note_modal("C1", "1.0", str(TAG), ENGLISH),
        "state": {"values": {"note": {"note": {"value": text}}}},
        **more,
    }
    return {"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1"}, "view": view}


def test_a_note_is_read_from_the_modal_that_we_have_opened() -> None:
    assert parse_note(submitted(" Too long. ")) == NoteGiven(THREAD, "U1", TAG, "Too long.")


def test_a_modal_without_a_word_brings_an_empty_note() -> None:
    given = parse_note(submitted(None))
    assert given.text == ""


def test_a_note_is_no_longer_than_slack_lets_it_be() -> None:
    given = parse_note(submitted("x" * 9_000))
    assert len(given.text) == MOST_NOTE


def test_a_modal_that_was_tampered_with_belongs_to_no_answer() -> None:
    given = parse_note(submitted("Hm", private_metadata="C1 everything"))
    assert given.tag is None


def test_what_another_modal_brings_belongs_to_no_answer() -> None:
    assert parse_note(submitted("Hm", callback_id="another")) == NoteGiven(THREAD, "U1", None, "Hm")


def changed(**more: Any) -> dict[str, Any]:
    event = {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C1",
        "message": {"ts": "1.0", "user": "U1", "text": "2 + 3?"},
        "previous_message": {"ts": "1.0", "user": "U1", "text": "2 + 2?"},
        **more,
    }
    return {"type": "event_callback", "team_id": "T1", "event": event}


def test_a_person_who_changes_their_words_may_have_changed_a_question() -> None:
    assert parse_edited(changed(), bot_user="U0") == QuestionEdited(THREAD, "1.0", "U1")
    reply = {"ts": "5.0", "thread_ts": "1.0", "user": "U1", "text": "and 3?"}
    assert parse_edited(changed(message=reply), bot_user="U0") == QuestionEdited(THREAD, "5.0", "U1")


@pytest.mark.parametrize(
    "payload",
    [
        changed(subtype="message_deleted"),
        changed(message={"ts": "1.0", "user": "U0", "text": "more"}),
        changed(message={"ts": "1.0", "user": "U9", "bot_id": "B9", "text": "more"}),
        changed(message={"ts": "1.0", "user": "U1", "text": "2 + 2?", "attachments": [{}]}),
        changed(message={"ts": "1.0", "user": "U1", "subtype": "tombstone", "text": ""}),
        changed(message={}),
    ],
    ids=["deleted", "ours", "an app's", "a preview", "a tombstone", "nothing"],
)
def test_other_changes_of_messages_are_none(payload: Payload) -> None:
    assert parse_edited(payload, bot_user="U0") is None
