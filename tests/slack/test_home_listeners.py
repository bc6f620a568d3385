"""What Bolt answers to what happens at our App Home: an ack, once it is handed on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.conversation.app_home import DELETE_DATA, HomeVisit
from bot.slack.listeners import build_bolt
from tests.slack.directory import KnownWorkspaces, PressRecorder
from tests.slack.test_agent_listeners import PaneRecorder
from tests.slack.test_listeners import US, Recorder

OPENED = {
    "type": "event_callback",
    "team_id": "T1",
    "event": {"type": "app_home_opened", "tab": "home", "channel": "D1", "user": "U1"},
}
DELETED = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "U1"},
    "container": {"type": "view", "view_id": "V1"},
    "view": {"type": "home", "id": "V1"},
    "actions": [{"type": "button", "action_id": DELETE_DATA, "block_id": "b"}],
}


class HomeRecorder:
    """Keeps who was there."""

    def __init__(self) -> None:
        self.shown: list[HomeVisit] = []
        self.deleted: list[HomeVisit] = []

    def show(self, visit: HomeVisit) -> None:
        self.shown.append(visit)

    def delete(self, visit: HomeVisit) -> None:
        self.deleted.append(visit)


async def acked(homes: HomeRecorder, body: dict[str, Any], panes: PaneRecorder | None = None) -> int:
    app = build_bolt(
        AsyncWebClient("xoxb-1"),
        KnownWorkspaces(US),
        signing_secret="",
        taker=Recorder(),
        controls=PressRecorder(),
        panes=panes or PaneRecorder(),
        homes=homes,
    )
    response = await app.async_dispatch(AsyncBoltRequest(body=json.dumps(body), mode="socket_mode"))
    return response.status


async def test_a_home_that_is_opened_and_a_wish_to_delete_are_handed_on() -> None:
    homes = HomeRecorder()
    assert [await acked(homes, OPENED), await acked(homes, DELETED)] == [200, 200]
    assert (homes.shown, homes.deleted) == ([HomeVisit("T1", "U1")], [HomeVisit("T1", "U1")])


async def test_the_other_tab_is_the_pane_and_no_home() -> None:
    homes, panes = HomeRecorder(), PaneRecorder()
    messages = OPENED | {"event": {**OPENED["event"], "tab": "messages"}}  # type: ignore[dict-item]
    assert await acked(homes, messages, panes) == 200
    assert (homes.shown, len(panes.opened)) == ([], 1)


@pytest.mark.parametrize(
    "change",
    [
        {"team": {"id": "T9"}},
        {"view": {"type": "modal", "id": "V1"}},
        {"user": {}},
        {"actions": [{"type": "button", "action_id": "teleprinter.other", "block_id": "b"}]},
    ],
    ids=["another workspace", "another view", "nobody", "another button"],
)
async def test_whatever_else_is_pressed_there_is_acked_and_deletes_nothing(change: dict[str, Any]) -> None:
    homes = HomeRecorder()
    assert await acked(homes, DELETED | change) == 200
    assert homes.deleted == []
