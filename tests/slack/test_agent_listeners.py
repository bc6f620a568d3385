"""What Bolt answers to what happens in the agent pane: an ack, once it is handed on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.conversation.agent_pane import PaneOpened
from bot.slack.listeners import build_bolt
from tests.slack.directory import KnownWorkspaces
from tests.slack.test_listeners import US, Recorder

OPENED = {"type": "app_home_opened", "tab": "messages", "channel": "D1", "user": "U1"}
LOOKED = {"type": "app_context_changed", "channel": "D1", "user": "U1", "context": {}}


class PaneRecorder:
    """Keeps what happened."""

    def __init__(self) -> None:
        self.opened: list[PaneOpened] = []

    def open(self, pane: PaneOpened) -> None:
        self.opened.append(pane)


async def acked(panes: PaneRecorder, event: dict[str, Any], *, team: str = "T1") -> int:
    app = build_bolt(
        AsyncWebClient("xoxb-1"), KnownWorkspaces(US), signing_secret="", taker=Recorder(), panes=panes
    )
    body = {"type": "event_callback", "team_id": team, "event": event}
    response = await app.async_dispatch(AsyncBoltRequest(body=json.dumps(body), mode="socket_mode"))
    return response.status


async def test_an_opened_pane_is_handed_on() -> None:
    assert await acked(panes := PaneRecorder(), OPENED) == 200
    assert panes.opened == [PaneOpened("T1", "D1", "U1")]


@pytest.mark.parametrize("event", [OPENED | {"tab": "home"}, LOOKED])
async def test_whatever_else_happens_there_is_acked_without_a_word_in_the_log(
    event: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot")
    assert await acked(panes := PaneRecorder(), event) == 200
    assert (panes.opened, caplog.messages) == ([], [])


async def test_another_workspace_opens_nothing() -> None:
    assert await acked(panes := PaneRecorder(), OPENED, team="T9") == 200
    assert panes.opened == []
