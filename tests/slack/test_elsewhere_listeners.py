"""What Bolt answers to commands, shortcuts, Share and invitations: an ack at once, and a command has a word with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.conversation.private_question import (
    SHARE,
    CommandGiven,
    Invitation,
    SharePressed,
    ShortcutChosen,
    ShortcutKind,
)
from bot.slack.listeners import build_bolt
from tests.slack.directory import KnownWorkspaces, PressRecorder
from tests.slack.test_listeners import US, Recorder

if TYPE_CHECKING:
    from slack_bolt.response import BoltResponse


COMMAND = {
    "command": "/ask",
    "text": "Why?",
    "team_id": "T1",
    "channel_id": "C1",
    "user_id": "U1",
    "response_url": "",
}
CHOSEN = {
    "type": "message_action",
    "callback_id": "explain_message",
    "team": {"id": "T1"},
    "channel": {"id": "C1"},
    "user": {"id": "U1"},
    "message": {"ts": "2.0", "user": "U2", "text": "Ship it"},
}
SHARED = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "U1"},
    "container": {"type": "message", "message_ts": "9.0", "channel_id": "C1", "is_ephemeral": True},
    "channel": {"id": "C1"},
    "actions": [{"type": "button", "action_id": SHARE, "block_id": "b", "value": "n"}],
}
JOINED = {"type": "member_joined_channel", "user": US.user, "channel": "C1"}


class PrivateRecorder:
    """Keeps what people want."""

    def __init__(self) -> None:
        self.given: list[CommandGiven] = []
        self.chosen: list[ShortcutChosen] = []
        self.shared: list[SharePressed] = []
        self.greeted: list[Invitation] = []

    async def ask(self, given: CommandGiven) -> str:
        self.given.append(given)
        return "Wait."

    def choose(self, chosen: ShortcutChosen) -> None:
        self.chosen.append(chosen)

    def share(self, press: SharePressed) -> None:
        self.shared.append(press)

    def greet(self, invited: Invitation) -> None:
        self.greeted.append(invited)

    @property
    def all(self) -> list[object]:
        return [*self.given, *self.chosen, *self.shared, *self.greeted]


async def dispatched(
    private: PrivateRecorder, body: dict[str, Any], *, mode: str = "socket_mode"
) -> BoltResponse:
    app = build_bolt(
        AsyncWebClient("xoxb-1"),
        KnownWorkspaces(US),
        signing_secret="",
        taker=Recorder(),
        controls=PressRecorder(),
        private=private,
    )
    return await app.async_dispatch(AsyncBoltRequest(body=json.dumps(body), mode=mode))


def an_event(event: dict[str, Any], team: str = "T1") -> dict[str, Any]:
    return {"type": "event_callback", "team_id": team, "event": event}


async def test_a_command_has_its_word_with_the_ack_for_its_author_alone() -> None:
    response = await dispatched(private := PrivateRecorder(), COMMAND)
    assert (response.status, json.loads(response.body)) == (
        200,
        {"response_type": "ephemeral", "text": "Wait."},
    )
    assert [one.question for one in private.given] == ["Why?"]


async def test_another_command_is_answered_too() -> None:
    response = await dispatched(private := PrivateRecorder(), COMMAND | {"command": "/other"})
    assert (response.status, [one.name for one in private.given]) == (200, ["/other"])


async def test_what_is_chosen_and_shared_is_handed_on() -> None:
    private = PrivateRecorder()
    assert [(await dispatched(private, body)).status for body in (CHOSEN, SHARED)] == [200, 200]
    assert [one.kind for one in private.chosen] == [ShortcutKind.EXPLAIN]
    assert [(one.name, one.user) for one in private.shared] == [("n", "U1")]


async def test_our_own_arrival_is_handed_on_and_nobody_elses() -> None:
    private = PrivateRecorder()
    assert (await dispatched(private, an_event(JOINED))).status == 200
    assert (await dispatched(private, an_event(JOINED | {"user": "U1"}))).status == 200
    assert [one.channel for one in private.greeted] == ["C1"]


@pytest.mark.parametrize(
    "body",
    [
        COMMAND | {"team_id": "T9"},
        CHOSEN | {"team": {"id": "T9"}},
        SHARED | {"team": {"id": "T9"}},
        an_event(JOINED, team="T9"),
    ],
    ids=["a command", "a shortcut", "a share", "an arrival"],
)
async def test_another_workspace_is_acked_and_nothing_is_done(body: dict[str, Any]) -> None:
    response = await dispatched(private := PrivateRecorder(), body)
    assert (response.status, private.all) == (200, [])


@pytest.mark.parametrize(
    "body",
    [CHOSEN | {"type": "shortcut", "message": None}, CHOSEN | {"message": None}],
    ids=["a global shortcut", "no message"],
)
async def test_a_shortcut_without_a_message_is_acked_and_nothing_is_done(body: dict[str, Any]) -> None:
    response = await dispatched(private := PrivateRecorder(), body)
    assert (response.status, private.all) == (200, [])


async def test_a_command_over_http_is_a_form() -> None:
    app = build_bolt(
        AsyncWebClient("xoxb-1"),
        KnownWorkspaces(US),
        signing_secret="",
        taker=Recorder(),
        private=(private := PrivateRecorder()),
    )
    request = AsyncBoltRequest(
        body=urlencode(COMMAND),
        headers={"content-type": "application/x-www-form-urlencoded"},
        mode="socket_mode",
    )
    assert (await app.async_dispatch(request)).status == 200
    assert [one.question for one in private.given] == ["Why?"]
