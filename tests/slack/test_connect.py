"""How Slack reaches us, and what is said where it cannot."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SettingsError, SlackUnreachable
from bot.slack.connect import http_events, identify, socket_mode
from bot.workspace.server import Workspace

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@pytest.fixture
async def slack() -> AsyncGenerator[Workspace]:
    async with Workspace.start() as workspace:
        yield workspace


@pytest.fixture
async def client(slack: Workspace) -> AsyncGenerator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(slack.app.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])


async def test_the_token_says_who_we_are(slack: Workspace, client: AsyncWebClient) -> None:
    us = await identify(client)
    assert (us.user, us.team, us.name) == (slack.app.bot_user_id, slack.state.team.id, "teleprinter")


async def test_a_persons_token_is_not_a_bots(client: AsyncWebClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def as_a_person(*_: Any, **__: Any) -> Any:
        return SimpleNamespace(data={"ok": True, "user_id": "U1", "team_id": "T1"})

    monkeypatch.setattr(client, "api_call", as_a_person)
    with pytest.raises(SettingsError, match="belongs to a person"):
        await identify(client)


async def test_a_refused_token_is_a_wrong_setting(slack: Workspace, client: AsyncWebClient) -> None:
    client.token = "xoxb-wrong"
    with pytest.raises(SettingsError, match=r"refuses SLACK_BOT_TOKEN \(invalid_auth\)"):
        await identify(client)


async def test_a_failing_slack_is_not_a_wrong_setting(slack: Workspace, client: AsyncWebClient) -> None:
    slack.fail_next("auth.test", status=503)
    with pytest.raises(SlackUnreachable, match="HTTP 503"):
        await identify(client)


async def test_nobody_at_the_address_is_said_with_the_address() -> None:
    with pytest.raises(SlackUnreachable, match=r"http://127\.0\.0\.1:9/"):
        await identify(AsyncWebClient("xoxb-1", base_url="http://127.0.0.1:9/", retry_handlers=[]))


def an_app(client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, signing_secret="s")


async def test_a_refused_app_token_is_a_wrong_setting(client: AsyncWebClient) -> None:
    with pytest.raises(SettingsError, match="refuses SLACK_APP_TOKEN"):
        async with socket_mode(an_app(client), "xapp-wrong"):
            pass


async def test_a_connection_that_never_came_about_is_closed_all_the_same(
    slack: Workspace, client: AsyncWebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(_self: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(AsyncSocketModeHandler, "connect_async", fails)
    with pytest.raises(TimeoutError):
        async with socket_mode(an_app(client), slack.app.app_token):
            pass


async def test_a_free_port_is_told(client: AsyncWebClient) -> None:
    async with http_events(an_app(client), host="127.0.0.1", port=0) as port:
        assert port > 0


async def test_a_taken_port_is_a_wrong_setting(client: AsyncWebClient) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingsError, match="is in use: stop the other program, or set PORT"):
            async with http_events(an_app(client), host="127.0.0.1", port=taken.getsockname()[1]):
                pass


@pytest.mark.parametrize(
    ("error", "mend"),
    [
        (PermissionError(13, "Permission denied"), "set PORT to one above 1023"),
        (
            OSError(99, "Cannot assign requested address"),
            "Cannot listen on 127.0.0.1, port 80: Cannot assign",
        ),
    ],
)
async def test_a_port_that_cannot_be_had_is_a_wrong_setting(
    client: AsyncWebClient, monkeypatch: pytest.MonkeyPatch, error: OSError, mend: str
) -> None:
    async def refused(_self: object) -> None:
        raise error

    monkeypatch.setattr(web.TCPSite, "start", refused)
    with pytest.raises(SettingsError, match=mend):
        async with http_events(an_app(client), host="127.0.0.1", port=80):
            pass
