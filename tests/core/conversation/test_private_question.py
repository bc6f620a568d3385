"""What is asked by a slash command, in a message's menu, and by an invitation."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation.content_parts import text_of, text_parts
from bot.core.conversation.history import ThreadMessage
from bot.core.conversation.incoming import ThreadKey
from bot.core.conversation.private_question import (
    EXPLAIN_PROMPT,
    SUMMARISE_PROMPT,
    CommandGiven,
    Invitation,
    ShortcutKind,
    conversation,
    parse_command,
    parse_own_arrival,
    parse_share,
    parse_shortcut,
)

URL = "https://hooks.slack.example/x"
COMMAND = {
    "command": "/ask",
    "text": "  How high is it? ",
    "team_id": "T1",
    "channel_id": "C1",
    "user_id": "U1",
    "response_url": URL,
}
CHOSEN = {
    "type": "message_action",
    "callback_id": "explain_message",
    "channel": {"id": "C1"},
    "user": {"id": "U1"},
    "message": {"ts": "2.0", "thread_ts": "1.0", "user": "U2", "text": "Ship it"},
    "response_url": URL,
}


def test_a_command_says_what_is_asked_by_whom_and_where() -> None:
    assert parse_command(COMMAND) == CommandGiven("/ask", "How high is it?", "T1", "C1", "U1", URL)


@pytest.mark.parametrize(
    ("text", "wants_help"),
    [("", True), ("  ", True), (None, True), ("HELP", True), ("?", True), ("help me", False)],
)
def test_who_asks_nothing_wants_help(text: object, *, wants_help: bool) -> None:
    assert parse_command(COMMAND | {"text": text}).wants_help is wants_help


@pytest.mark.parametrize("kind", ShortcutKind)
def test_what_is_chosen_is_of_a_message_and_its_thread(kind: ShortcutKind) -> None:
    chosen = parse_shortcut(CHOSEN | {"callback_id": kind.value}, team="T1", bot_user="U0")
    assert chosen is not None
    assert (chosen.kind, chosen.thread, chosen.ts) == (kind, ThreadKey("T1", "C1", "1.0"), "2.0")
    assert (chosen.author, chosen.user, text_of(chosen.parts), chosen.ours) == ("U2", "U1", "Ship it", False)


def test_a_message_that_begins_its_thread_is_its_own_and_ours_is_known() -> None:
    message = {"ts": "2.0", "user": "U0", "text": "La la"}
    chosen = parse_shortcut(CHOSEN | {"message": message}, team="T1", bot_user="U0")
    assert chosen is not None
    assert (chosen.thread.thread_ts, chosen.ours) == ("2.0", True)


def test_a_message_of_an_app_has_its_author() -> None:
    message = {"ts": "2.0", "bot_id": "B9", "text": "Down"}
    chosen = parse_shortcut(CHOSEN | {"message": message}, team="T1", bot_user="U0")
    assert chosen is not None
    assert chosen.author == "B9"


def test_what_is_none_of_ours_is_known_as_that() -> None:
    chosen = parse_shortcut(CHOSEN | {"callback_id": "made_up"}, team="T1", bot_user="U0")
    assert chosen is not None
    assert chosen.kind is None


@pytest.mark.parametrize(
    "change",
    [{"type": "shortcut"}, {"message": None}, {"message": {"text": "x"}}, {"channel": {}}, {"user": "U1"}],
)
def test_without_a_message_nothing_was_chosen(change: dict[str, Any]) -> None:
    assert parse_shortcut(CHOSEN | change, team="T1", bot_user="U0") is None


@pytest.mark.parametrize("place", [{"container": {"channel_id": "C1"}}, {"channel": {"id": "C1"}}])
def test_who_shares_is_whom_slack_names(place: dict[str, Any]) -> None:
    press = parse_share(
        {"actions": [{"value": "n"}], "user": {"id": "U1"}, "response_url": URL, **place}, team="T1"
    )
    assert (press.name, press.team, press.channel, press.user) == ("n", "T1", "C1", "U1")


def test_a_share_without_anything_names_nothing() -> None:
    assert parse_share({}, team="T1").name == ""


def joined(**change: Any) -> dict[str, Any]:
    event = {"type": "member_joined_channel", "user": "U0", "channel": "C1", "inviter": "U2"} | change
    return {"team_id": "T1", "event": event}


def test_we_know_that_we_were_invited() -> None:
    assert parse_own_arrival(joined(), bot_user="U0") == Invitation("T1", "C1", "U2")


@pytest.mark.parametrize("change", [{"user": "U1"}, {"channel": None}, {"type": "member_left_channel"}])
def test_that_somebody_else_comes_or_we_go_is_nothing_to_us(change: dict[str, Any]) -> None:
    assert parse_own_arrival(joined(**change), bot_user="U0") is None


@pytest.mark.parametrize(
    ("callback", "words"),
    [
        ("summarise_thread", ["Shall we?", "Ship it", SUMMARISE_PROMPT]),
        ("explain_message", ["Ship it", EXPLAIN_PROMPT]),
    ],
)
def test_the_model_reads_the_thread_or_the_message_and_then_what_is_wanted(
    callback: str, words: list[str]
) -> None:
    said = [
        ThreadMessage("1.0", "U3", text_parts("Shall we?")),
        ThreadMessage("2.0", "U2", text_parts("Ship it")),
    ]
    chosen = parse_shortcut(CHOSEN | {"callback_id": callback}, team="T1", bot_user="U0")
    assert chosen is not None
    assert [one.text for one in conversation(chosen, said)] == words
