"""Slack's JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from slack_emulator.payloads.object_payloads import channel_json, message_json, user_json
from slack_emulator.seeding.loader import sparkling
from slack_emulator.state.models import File, Message

if TYPE_CHECKING:
    from slack_emulator.state.workspace import WorkspaceState

GENERAL, ADA, BOT = "C000GENERAL", "U0000000ADA", "U0TELEPRINT"


@pytest.fixture
def state() -> WorkspaceState:
    return sparkling(1_766_458_026.0)


def test_what_a_message_does_not_have_is_left_out(state: WorkspaceState) -> None:
    shown = message_json(Message(GENERAL, "1.0", ADA, ""), state)
    assert shown == {"type": "message", "user": ADA, "text": "", "ts": "1.0", "team": "T0SPARKLING"}


def test_everything_a_message_has_is_shown(state: WorkspaceState) -> None:
    file = File("F1", "notes.txt", "text/plain", 12)
    message = Message(
        GENERAL,
        "1.0",
        BOT,
        "hi",
        attachments=({"text": "a"},),
        metadata={"event_type": "x"},
        files=(file,),
        app_id="A0TELEPRINT",
    )
    shown = message_json(message, state)
    assert (shown["attachments"], shown["metadata"]) == ([{"text": "a"}], {"event_type": "x"})
    assert shown["files"][0]["mode"] == "hosted"
    assert shown["bot_profile"]["team_id"] == "T0SPARKLING"


def test_a_reply_whose_parent_is_gone_names_only_the_thread(state: WorkspaceState) -> None:
    shown = message_json(Message(GENERAL, "2.0", ADA, "hi", thread_ts="1.0"), state)
    assert shown["thread_ts"] == "1.0"
    assert "parent_user_id" not in shown


def test_people_are_admins_and_bots_are_bots(state: WorkspaceState) -> None:
    assert (user_json(state.user(ADA), state)["is_admin"], user_json(state.user(BOT), state)["is_bot"]) == (
        True,
        True,
    )


def test_a_conversation_is_shown_as_its_viewer_sees_it(state: WorkspaceState) -> None:
    assert channel_json(state.channel("D01TELEPRINT"), BOT, state)["user"] == ADA
    assert channel_json(state.channel(GENERAL), "U9", state)["is_member"] is False
