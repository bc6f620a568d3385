"""What Bolt answers to a press and to a modal: an ack at once, and for a modal whether it may close."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.conversation import notices
from bot.core.conversation.incoming import ThreadKey
from bot.core.delivery.controls import ControlKind, note_modal
from bot.language.catalogue import ENGLISH
from bot.slack.identity import Identity
from bot.slack.listeners import build_bolt
from tests.slack.directory import KnownWorkspaces, PressRecorder
from tests.slack.test_listeners import Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from slack_bolt.response import BoltResponse

US = Identity(team="T1", user="U0BOT", bot_id="B1", name="teleprinter", team_name="Sparkling")
TAG = "1700000000.000100"
PRESS = {
    "type": "block_actions",
    "team": {"id": "T1", "domain": "sparkling"},
    "user": {"id": "U1", "team_id": "T1"},
    "container": {"type": "message", "message_ts": "9.0", "channel_id": "C1", "thread_ts": "1.0"},
    "channel": {"id": "C1", "name": "general"},
    "actions": [{"type": "button", "action_id": "teleprinter.stop", "block_id": "b", "value": TAG}],
}


async def dispatched(controls: PressRecorder, body: dict[str, Any]) -> BoltResponse:
    app = build_bolt(
        AsyncWebClient("xoxb-1"), KnownWorkspaces(US), signing_secret="", taker=Recorder(), controls=controls
    )
    return await app.async_dispatch(AsyncBoltRequest(body=json.dumps(body), mode="socket_mode"))


async def test_a_press_is_acked_and_handed_on() -> None:
    controls = PressRecorder()
    assert (await dispatched(controls, PRESS)).status == 200
    assert [(one.control, one.user) for one in controls.pressed] == [(ControlKind.STOP, "U1")]


async def test_a_press_of_something_that_is_not_ours_is_acked_too() -> None:
    controls = PressRecorder()
    body = {**PRESS, "actions": [{"type": "button", "action_id": "x", "block_id": "b"}]}
    assert (await dispatched(controls, body)).status == 200
    assert [one.control for one in controls.pressed] == [None]


async def test_a_press_in_a_view_is_acked_and_left() -> None:
    controls = PressRecorder()
    body = {**PRESS, "container": {"type": "view", "view_id": "V1"}, "channel": None}
    assert (await dispatched(controls, body)).status == 200
    assert controls.pressed == []


def submitted(callback_id: str = "") -> dict[str, Any]:
    view = {
        **note_modal("C1", "1.0", TAG, ENGLISH),
        "state": {"values": {"note": {"note": {"value": "Too long."}}}},
    }
    named = {"callback_id": callback_id} if callback_id else {}
    return {"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1"}, "view": {**view, **named}}


async def test_a_modal_closes_once_its_note_is_kept() -> None:
    controls = PressRecorder()
    response = await dispatched(controls, submitted())
    assert (response.status, response.body) == (200, "")
    assert [one.text for one in controls.notes] == ["Too long."]


@pytest.mark.parametrize(
    ("controls", "body", "word"),
    [
        (PressRecorder(notices.TOO_LATE.english), submitted(), notices.TOO_LATE.english),
        (PressRecorder(notices.UNKNOWN.english), submitted("another"), notices.UNKNOWN.english),
    ],
    ids=["too late", "another view"],
)
async def test_a_modal_that_cannot_be_kept_stays_open_and_says_why(
    controls: PressRecorder, body: dict[str, Any], word: str
) -> None:
    response = await dispatched(controls, body)
    assert json.loads(response.body) == {"response_action": "errors", "errors": {"note": word}}


async def test_a_changed_question_is_handed_on() -> None:
    controls = PressRecorder()
    event = {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C1",
        "message": {"ts": "1.0", "user": "U1", "text": "new"},
        "previous_message": {"ts": "1.0", "user": "U1", "text": "old"},
    }
    body = {"type": "event_callback", "team_id": "T1", "event": event}
    assert (await dispatched(controls, body)).status == 200
    assert [(one.ts, one.user) for one in controls.edited] == [("1.0", "U1")]


@pytest.fixture
async def answered() -> AsyncGenerator[tuple[str, list[dict[str, Any]]]]:
    """A response_url, and what was sent there."""
    sent: list[dict[str, Any]] = []

    async def hear(request: web.Request) -> web.Response:
        sent.append(await request.json())
        return web.Response(text="ok")

    application = web.Application()
    application.router.add_post("/actions", hear)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/actions", sent
    await runner.cleanup()


async def test_who_presses_where_we_are_not_installed_is_told_so(
    answered: tuple[str, list[dict[str, Any]]],
) -> None:
    url, sent = answered
    controls = PressRecorder()
    response = await dispatched(controls, {**PRESS, "team": {"id": "T9"}, "response_url": url})
    assert response.status == 200
    assert controls.pressed == []
    assert [(one["text"], one["response_type"]) for one in sent] == [(notices.ELSEWHERE.english, "ephemeral")]


async def test_where_nobody_can_be_told_the_press_is_acked_all_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "bot")
    body = {**PRESS, "team": {"id": "T9"}, "response_url": "http://127.0.0.1:9/actions"}
    assert (await dispatched(PressRecorder(), body)).status == 200
    assert [one.message for one in caplog.records] == ["event.of_a_stranger", "status.refused"]


@pytest.mark.parametrize(("thread_ts", "stopped"), [("1.0", [ThreadKey("T1", "C1", "1.0")]), ("", [])])
async def test_slack_s_own_stop_of_a_session_is_handed_on(thread_ts: str, stopped: list[ThreadKey]) -> None:
    controls = PressRecorder()
    event = {"type": "agent_session_stopped", "channel": "C1", "thread_ts": thread_ts, "user": "U1"}
    body = {"type": "event_callback", "team_id": "T1", "event": event}
    assert (await dispatched(controls, body)).status == 200
    assert controls.stopped == stopped
