"""What Bolt answers to what happens at our App Home: an ack, once it is handed on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.conversation.app_home import CHANGE_SETTINGS, DELETE_DATA, HomeVisit
from bot.core.conversation.settings_form import INSTRUCTIONS, PERSONAL_FORM
from bot.slack.listeners import build_bolt
from tests.slack.directory import KnownWorkspaces, PressRecorder
from tests.slack.test_agent_listeners import PaneRecorder
from tests.slack.test_listeners import US, Recorder

if TYPE_CHECKING:
    from slack_bolt.response import BoltResponse

    from bot.core.conversation.json_payload import Payload

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
        self.changing: list[HomeVisit] = []
        self.submitted: list[str] = []
        self.problem = ""

    def show(self, visit: HomeVisit) -> None:
        self.shown.append(visit)

    def delete(self, visit: HomeVisit) -> None:
        self.deleted.append(visit)

    def change(self, visit: HomeVisit) -> None:
        self.changing.append(visit)

    async def keep(self, payload: Payload, *, team: str) -> str:
        self.submitted.append(f"{team} {payload['user']['id']}")
        return self.problem


async def acked(homes: HomeRecorder, body: dict[str, Any], panes: PaneRecorder | None = None) -> int:
    return (await answer(homes, body, panes)).status


async def answer(
    homes: HomeRecorder, body: dict[str, Any], panes: PaneRecorder | None = None
) -> BoltResponse:
    app = build_bolt(
        AsyncWebClient("xoxb-1"),
        KnownWorkspaces(US),
        signing_secret="",
        taker=Recorder(),
        controls=PressRecorder(),
        panes=panes or PaneRecorder(),
        homes=homes,
    )
    return await app.async_dispatch(AsyncBoltRequest(body=json.dumps(body), mode="socket_mode"))


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


CHANGED = DELETED | {
    "trigger_id": "now",
    "actions": [{"type": "button", "action_id": CHANGE_SETTINGS, "block_id": "b"}],
}
SUBMITTED = {
    "type": "view_submission",
    "team": {"id": "T1"},
    "user": {"id": "U1"},
    "view": {"type": "modal", "id": "V2", "callback_id": PERSONAL_FORM, "state": {"values": {}}},
}


async def test_a_wish_to_change_settings_is_handed_on_with_what_opens_the_form() -> None:
    homes = HomeRecorder()
    assert await acked(homes, CHANGED) == 200
    assert homes.changing == [HomeVisit("T1", "U1", "now")]


async def test_a_form_that_is_submitted_closes_once_it_is_kept() -> None:
    homes = HomeRecorder()
    response = await answer(homes, SUBMITTED)
    assert (response.status, response.body, homes.submitted) == (200, "", ["T1 U1"])


async def test_a_form_that_cannot_be_kept_stays_open_and_says_why() -> None:
    homes = HomeRecorder()
    homes.problem = "Too long."
    response = await answer(homes, SUBMITTED)
    assert json.loads(response.body) == {
        "response_action": "errors",
        "errors": {INSTRUCTIONS: "Too long."},
    }


async def test_the_form_of_a_workspace_that_has_not_installed_us_is_kept_nowhere() -> None:
    homes = HomeRecorder()
    assert await acked(homes, SUBMITTED | {"team": {"id": "T9"}}) == 200
    assert homes.submitted == []
