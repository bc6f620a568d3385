"""Stories through the real Bolt: what a Slack app built with it lives through here."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack_emulator.bolt_app import behind
from tests.slack_emulator.served import served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_bolt.request.async_request import AsyncBoltRequest

    from slack_emulator.server import Workspace
    from slack_emulator.state.models import Message


def echo(slack: Workspace, heard: list[dict[str, Any]]) -> AsyncApp:
    """An app that answers each mention in its thread, and keeps what it heard."""
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    app = AsyncApp(client=client, signing_secret=slack.app.signing_secret)

    @app.event("app_mention")
    async def mention(event: dict[str, Any], say: Any) -> None:
        heard.append(event)
        answer = await say("…", thread_ts=event["ts"])
        await client.chat_update(channel=event["channel"], ts=answer["ts"], text="*done*")

    @app.event("message")
    async def message(event: dict[str, Any]) -> None:
        heard.append(event)

    return app


@asynccontextmanager
async def on_sockets(slack: Workspace, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(app, slack.app.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


def answers(slack: Workspace, ts: str) -> list[Message]:
    """The finished answers in a thread."""
    return [message for message in slack.messages("general", ts) if message.text == "*done*"]


async def test_a_mention_is_answered_over_sockets(slack: Workspace) -> None:
    heard: list[dict[str, Any]] = []
    async with on_sockets(slack, echo(slack, heard)):
        ts = await slack.say("general", "ada", "@Teleprinter hi")
        await slack.wait_for(lambda: answers(slack, ts))
    assert {event["type"] for event in heard} == {"message", "app_mention"}


async def test_a_mention_is_answered_over_http(slack: Workspace) -> None:
    async with served(behind(echo(slack, []))) as url:
        await slack.use_request_url(url)
        ts = await slack.say("general", "ada", "@Teleprinter hi")
        await slack.wait_for(lambda: answers(slack, ts))


STOP = [
    {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "stop", "text": {"type": "plain_text", "text": "Stop"}}],
    }
]


def stoppable(slack: Workspace) -> AsyncApp:
    """An app whose messages say who pressed Stop."""
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    app = AsyncApp(client=client, signing_secret=slack.app.signing_secret)

    @app.action("stop")
    async def stop(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        channel, ts = body["channel"]["id"], body["message"]["ts"]
        await client.chat_update(channel=channel, ts=ts, text=f"stopped by {body['user']['name']}")

    return app


async def test_a_button_pressed_reaches_its_app_over_sockets(
    slack: Workspace, client: AsyncWebClient
) -> None:
    async with on_sockets(slack, stoppable(slack)):
        ts = (await client.chat_postMessage(channel="general", text="a song", blocks=STOP))["ts"]
        await slack.press("general", ts, "ada", "stop")
        await slack.wait_for(lambda: slack.messages("general")[-1].text == "stopped by ada")


async def test_a_button_pressed_reaches_its_app_over_http(slack: Workspace, client: AsyncWebClient) -> None:
    async with served(behind(stoppable(slack))) as url:
        await slack.use_request_url(url)
        ts = (await client.chat_postMessage(channel="general", text="a song", blocks=STOP))["ts"]
        await slack.press("general", ts, "ada", "stop")
        await slack.wait_for(lambda: slack.messages("general")[-1].text == "stopped by ada")


async def test_a_button_its_app_does_not_answer_is_sent_once(
    slack: Workspace, client: AsyncWebClient
) -> None:
    tried = asyncio.Event()
    challenges = echo(slack, [])

    async def refuse(request: web.Request) -> web.StreamResponse:
        if request.content_type == "application/json":
            return await behind(challenges)(request)
        tried.set()
        raise web.HTTPInternalServerError

    async with served(refuse) as url:
        await slack.use_request_url(url)
        ts = (await client.chat_postMessage(channel="general", text="a song", blocks=STOP))["ts"]
        await slack.press("general", ts, "ada", "stop")
        await asyncio.wait_for(tried.wait(), 10)
    assert slack.messages("general")[-1].text == "a song"


async def test_a_bolt_app_that_does_not_guard_itself_answers_a_redelivery_again(slack: Workspace) -> None:
    async with on_sockets(slack, echo(slack, [])):
        ts = await slack.say("general", "ada", "@Teleprinter hi")
        await slack.wait_for(lambda: answers(slack, ts))
        await slack.redeliver(ts)
        await slack.wait_for(lambda: len(answers(slack, ts)) == 2)


@pytest.mark.parametrize("reason", ["refresh_requested", "warning", None])
async def test_bolt_comes_back_after_its_socket_ended_and_misses_nothing(
    slack: Workspace, reason: str | None
) -> None:
    async with on_sockets(slack, echo(slack, [])) as handler:
        handler.client.ping_interval = 0.05
        await slack.wait_for(lambda: slack.links == 1)
        await slack.close_sockets(reason)
        ts = await slack.say("general", "ada", "@Teleprinter hi")
        await slack.wait_for(lambda: answers(slack, ts))


async def test_what_bolt_has_no_listener_for_is_not_acknowledged_and_sent_again(slack: Workspace) -> None:
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    app = AsyncApp(client=client, signing_secret=slack.app.signing_secret)
    seen: list[str] = []
    last = asyncio.Event()

    @app.use
    async def look(request: AsyncBoltRequest, next_: Any) -> None:
        seen.append(request.headers.get("x-slack-retry-num", ["0"])[0])
        if len(seen) == 4:
            last.set()
        await next_()

    async with on_sockets(slack, app):
        await slack.say("general", "ada", "hi")
        await asyncio.wait_for(last.wait(), 10)
    assert seen == ["0", "1", "2", "3"]
