"""What Bolt answers to what happens in the agent pane: an ack, once it is handed on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.conversation.agent_pane import PaneOpened
from bot.core.conversation.incoming import ThreadKey
from bot.slack.listeners import build_bolt
from tests.slack.directory import KnownWorkspaces
from tests.slack.test_listeners import US, Recorder

OPENED = {"type": "app_home_opened", "tab": "messages", "channel": "D1", "user": "U1"}
STOPPED = {"type": "agent_session_stopped", "channel": "D1", "thread_ts": "1.0", "user": "U1"}
LOOKED = {"type": "app_context_changed", "channel": "D1", "user": "U1", "context": {}}


class PaneRecorder:
    """Keeps what happened."""

    def __init__(self) -> None:
        self.opened: list[PaneOpened] = []
        self.stopped: list[ThreadKey] = []
        self.broken: Exception | None = None

    def open(self, pane: PaneOpened) -> None:
        self.opened.append(pane)

    async def stop(self, thread: ThreadKey) -> None:
        if self.broken is not None:
            raise self.broken
        self.stopped.append(thread)


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


async def test_slacks_own_stop_is_handed_on() -> None:
    assert await acked(panes := PaneRecorder(), STOPPED) == 200
    assert panes.stopped == [ThreadKey("T1", "D1", "1.0")]


async def test_a_stop_that_cannot_be_recorded_is_delivered_again() -> None:
    panes = PaneRecorder()
    panes.broken = OSError("disk full")
    assert await acked(panes, STOPPED) == 500


@pytest.mark.parametrize("event", [OPENED | {"tab": "home"}, STOPPED | {"thread_ts": ""}, LOOKED])
async def test_whatever_else_happens_there_is_acked_without_a_word_in_the_log(
    event: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot")
    assert await acked(panes := PaneRecorder(), event) == 200
    assert (panes.opened, panes.stopped, caplog.messages) == ([], [], [])


async def test_another_workspace_opens_and_stops_nothing() -> None:
    panes = PaneRecorder()
    assert [await acked(panes, one, team="T9") for one in (OPENED, STOPPED)] == [200, 200]
    assert (panes.opened, panes.stopped) == ([], [])
