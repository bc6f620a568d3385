"""What Bolt answers to whoever looks at the settings of a channel, and submits others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.conversation.channel_form import CHANNEL_FORM, SHOW_CHANNEL, ChannelVisit, PanelAnswer
from bot.core.conversation.settings_form import INSTRUCTIONS
from bot.slack.listeners import build_bolt
from tests.slack.directory import KnownWorkspaces, PressRecorder
from tests.slack.test_listeners import US, Recorder

if TYPE_CHECKING:
    from slack_bolt.response import BoltResponse

    from bot.core.conversation.json_payload import Payload

PRESSED = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "U1"},
    "trigger_id": "now",
    "container": {"type": "message", "message_ts": "1.0", "channel_id": "C12"},
    "actions": [{"type": "button", "action_id": SHOW_CHANNEL, "block_id": "b"}],
}
SUBMITTED = {
    "type": "view_submission",
    "team": {"id": "T1"},
    "user": {"id": "U1"},
    "view": {"type": "modal", "id": "V2", "callback_id": CHANNEL_FORM, "state": {"values": {}}},
}


class PanelRecorder:
    """Keeps who looked, and says `answer` to what is submitted."""

    def __init__(self, answer: PanelAnswer | None = None) -> None:
        self.answer = answer or PanelAnswer()
        self.shown: list[ChannelVisit] = []

    def show(self, visit: ChannelVisit) -> None:
        self.shown.append(visit)

    async def keep(self, payload: Payload, *, team: str) -> PanelAnswer:
        return self.answer


async def answer(panel: PanelRecorder, body: dict[str, Any]) -> BoltResponse:
    app = build_bolt(
        AsyncWebClient("xoxb-1"),
        KnownWorkspaces(US),
        signing_secret="",
        taker=Recorder(),
        controls=PressRecorder(),
        panel=panel,
    )
    return await app.async_dispatch(AsyncBoltRequest(body=json.dumps(body), mode="socket_mode"))


async def test_who_wants_to_see_them_is_handed_on() -> None:
    panel = PanelRecorder()
    direct = PRESSED | {"container": {"type": "message", "message_ts": "1.0", "channel_id": "D12"}}
    assert [(await answer(panel, one)).status for one in (PRESSED, direct)] == [200, 200]
    assert panel.shown == [ChannelVisit("T1", "C12", "U1", "now")]


@pytest.mark.parametrize(
    ("said", "body"),
    [
        (
            PanelAnswer("Not you."),
            {"response_action": "errors", "errors": {INSTRUCTIONS: "Not you."}},
        ),
        (PanelAnswer(view={"type": "modal"}), {"response_action": "update", "view": {"type": "modal"}}),
    ],
)
async def test_what_is_submitted_is_answered_in_the_form(said: PanelAnswer, body: dict[str, Any]) -> None:
    response = await answer(PanelRecorder(said), SUBMITTED)
    assert (response.status, json.loads(response.body)) == (200, body)
