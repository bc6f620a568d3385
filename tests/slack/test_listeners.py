"""What the Bolt app answers to what Slack delivers: an ack for everything, once what is ours is taken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.identity import Identity
from bot.slack.listeners import build_bolt
from tests.slack.directory import KnownWorkspaces, PressRecorder

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from bot.core.conversation.incoming import Prompt, Vanished

US = Identity(team="T1", user="U0BOT", bot_id="B1", name="teleprinter", team_name="Sparkling")
THERE = Identity(team="T2", user="U0THERE", bot_id="B2", name="teleprinter", team_name="Still")


class Recorder:
    """Takes what was not taken before."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, str]] = []
        self.vanished: list[Vanished] = []
        self.broken: Exception | None = None

    async def take(self, prompt: Prompt) -> bool:
        if self.broken:
            raise self.broken
        self.taken.append(prompt.claim)
        return self.taken.count(prompt.claim) == 1

    async def vanish(self, message: Vanished) -> None:
        self.vanished.append(message)


@pytest.fixture
def taker() -> Recorder:
    return Recorder()


@pytest.fixture
def app(taker: Recorder) -> AsyncApp:
    known = KnownWorkspaces(US, THERE)
    return build_bolt(
        AsyncWebClient("xoxb-1"), known, signing_secret="", taker=taker, controls=PressRecorder()
    )


async def acked(app: AsyncApp, *, team: str = "T1", **event: Any) -> int:
    body = {"type": "event_callback", "team_id": team, "event": event}
    response = await app.async_dispatch(AsyncBoltRequest(body=json.dumps(body), mode="socket_mode"))
    return response.status


MENTION = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.0", "text": "<@U0BOT> hi"}


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(MENTION, id="a mention"),
        pytest.param({**MENTION, "bot_id": "B9"}, id="another bot's"),
        pytest.param({**MENTION, "user": "U0BOT"}, id="our own"),
        pytest.param(
            {"type": "message", "subtype": "message_deleted", "channel": "C1", "ts": "2.0"}, id="a deletion"
        ),
        pytest.param({"type": "reaction_added", "user": "U1"}, id="what nobody asked for"),
    ],
)
async def test_everything_is_acked(app: AsyncApp, event: dict[str, Any]) -> None:
    assert await acked(app, **event) == 200


def test_the_app_has_a_name_and_bolt_searches_no_modules_for_one(app: AsyncApp) -> None:
    assert app.name == "teleprinter"


async def test_an_app_s_mention_is_left_and_the_operator_can_see_it(
    app: AsyncApp, taker: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot")
    of_a_workflow: dict[str, Any] = {**MENTION, "user": None, "bot_id": "B9", "subtype": "bot_message"}
    assert await acked(app, **of_a_workflow) == 200
    assert taker.taken == []
    assert [record.message for record in caplog.records] == ["prompt.of_an_app"]


async def test_both_events_of_a_mention_are_taken_under_one_name(app: AsyncApp, taker: Recorder) -> None:
    assert await acked(app, **MENTION) == 200
    assert await acked(app, **{**MENTION, "type": "message", "channel_type": "channel"}) == 200
    assert taker.taken == [("T1", "C1", "1.0")] * 2


async def test_what_cannot_be_recorded_is_not_acked_so_that_slack_delivers_it_again(
    app: AsyncApp, taker: Recorder
) -> None:
    taker.broken = OSError("disk full")
    assert await acked(app, **MENTION) == 500


async def test_each_workspace_has_its_own_mention_of_us(app: AsyncApp, taker: Recorder) -> None:
    await acked(app, team="T2", **MENTION, channel_type="channel")
    await acked(app, team="T2", **{**MENTION, "type": "message", "ts": "2.0", "text": "<@U0BOT> hi"})
    await acked(app, team="T2", **{**MENTION, "type": "message", "ts": "3.0", "text": "<@U0THERE> hi"})
    assert taker.taken == [("T2", "C1", "1.0"), ("T2", "C1", "3.0")]


async def test_what_a_workspace_sends_that_has_not_installed_us_is_acked_and_left(
    app: AsyncApp, taker: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot")
    assert await acked(app, team="T9", **MENTION) == 200
    assert taker.taken == []
    assert [(one.message, vars(one)["team"]) for one in caplog.records] == [("event.of_a_stranger", "T9")]


DELETED = {"type": "message", "subtype": "message_deleted", "channel": "C1", "ts": "9.0", "deleted_ts": "2.0"}


async def test_that_a_message_of_ours_was_deleted_is_told_before_the_ack(
    app: AsyncApp, taker: Recorder
) -> None:
    ours = {"user": "U0BOT", "bot_id": "B1", "ts": "2.0", "thread_ts": "1.0"}
    assert await acked(app, **DELETED, previous_message=ours) == 200
    (gone,) = taker.vanished
    assert (gone.thread_ts, gone.ts, gone.ours) == ("1.0", "2.0", True)
