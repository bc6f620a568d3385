"""How Slack reaches us: a web socket that we open (Socket Mode), or requests that it makes (HTTP events)."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError

from bot.core.events import as_payload
from bot.errors import SettingsError, SlackDenied, SlackError, SlackUnreachable
from bot.slack.listeners import Identity
from bot.slack.surface import from_slack

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

EVENTS_PATH = "/slack/events"
HEALTH_PATH = "/healthz"
BUSY, NOT_ALLOWED = (
    (98, 48, 10048),
    (13, 10013),
)  # errno of a taken port, and of one we may not take, by system


async def identify(client: AsyncWebClient) -> Identity:
    """Who the bot token says we are.

    Raises SettingsError where Slack refuses the token, SlackUnreachable where it does not answer.
    """
    answer = await _ask(client, "auth.test", "SLACK_BOT_TOKEN")
    if not answer.get("bot_id"):
        raise SettingsError(
            "SLACK_BOT_TOKEN belongs to a person: copy the Bot User OAuth Token (xoxb-…) from “OAuth & Permissions”."
        )
    return Identity(
        team=str(answer.get("team_id", "")),
        user=str(answer.get("user_id", "")),
        bot_id=str(answer.get("bot_id")),
        name=str(answer.get("user", "")),
        team_name=str(answer.get("team", "")),
    )


@asynccontextmanager
async def socket_mode(app: AsyncApp, app_token: str) -> AsyncGenerator[None]:
    """Receive events over a web socket while the block runs.

    Raises SettingsError where Slack refuses the token; a connection that breaks later is opened again.
    """
    # Asked for here first: the SDK's own loop would log a wrong token once a second for ever.
    answer = await _ask(app.client, "apps.connections.open", "SLACK_APP_TOKEN", token=app_token)
    handler = AsyncSocketModeHandler(app, app_token, logger=logging.getLogger("slack_sdk.socket_mode"))
    handler.client.wss_uri = str(answer["url"])
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
        yield
    finally:
        await _close(handler)


async def _close(handler: AsyncSocketModeHandler) -> None:
    client = handler.client
    tasks: list[asyncio.Future[Any] | None] = [
        client.message_processor,
        client.current_session_monitor,
        client.message_receiver,
    ]
    try:
        if client.current_session is not None:
            await client.close()  # type: ignore[no-untyped-call]
        else:
            client.closed = True
            client.message_processor.cancel()
            await client.aiohttp_client_session.close()
    finally:
        # The SDK cancels its tasks and leaves them; whoever ends the loop next would find them pending.
        await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)


@asynccontextmanager
async def http_events(app: AsyncApp, *, host: str, port: int) -> AsyncGenerator[int]:
    """Receive events at `/slack/events` while the block runs; yields the port, which is a free one where 0 was asked for.

    Raises SettingsError where the port cannot be had.
    """

    async def events(request: web.Request) -> web.StreamResponse:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    async def health(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True})

    server = web.Application()
    server.add_routes([web.post(EVENTS_PATH, events), web.get(HEALTH_PATH, health)])
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        if error.errno in BUSY:
            raise SettingsError(
                f"PORT={port} is in use: stop the other program, or set PORT to a free port."
            ) from error
        if error.errno in NOT_ALLOWED:
            raise SettingsError(f"PORT={port} needs more rights: set PORT to one above 1023.") from error
        raise SettingsError(f"Cannot listen on {host}, port {port}: {error.strerror or error}.") from error


async def _ask(
    client: AsyncWebClient, method: str, setting: str, *, token: str | None = None
) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else None
    try:
        response = await client.api_call(method, headers=cast("dict[str, str]", headers))
    except SlackApiError as error:
        raise _refusal(from_slack(method, error), setting) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise SlackUnreachable(
            f"No answer from Slack at {client.base_url} ({type(error).__name__}): check SLACK_API_URL and the network."
        ) from error
    return dict(as_payload(cast("object", response.data)))


def _refusal(error: SlackError, setting: str) -> SlackError | SettingsError:
    if isinstance(error, SlackDenied):
        return SettingsError(
            f"Slack refuses {setting} ({error.code}): copy the token again from your Slack app's page."
        )
    return error
