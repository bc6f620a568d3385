"""How Slack reaches us, and what is said where it cannot."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SettingsError, SlackUnreachable
from bot.slack import connect as module
from bot.slack.connect import TicketClient, identify, socket_mode
from bot.workspace.server import Workspace
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable


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


@asynccontextmanager
async def a_server(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> AsyncGenerator[AsyncWebClient]:
    """A client of something that is no Slack, and answers as `answer` does."""
    server = web.Application()
    server.add_routes([web.post("/{method}", answer)])
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with aiohttp.ClientSession() as session:
            base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
            yield AsyncWebClient("xoxb-1", base_url=base_url, session=session, retry_handlers=[])
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("body", [b'{"ok":\xff}', b"[1]", b'"hi"', b"null", b"{oops"])
async def test_what_no_slack_would_answer_counts_as_no_answer(body: bytes) -> None:
    async def odd(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, content_type="application/json")

    async with a_server(odd) as client:
        with pytest.raises(SlackUnreachable):
            await identify(client)


async def test_who_never_answers_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError("nobody wakes it")

    monkeypatch.setattr(module, "CALL_TIMEOUT", 0.05)
    async with a_server(silent) as client:
        with pytest.raises(SlackUnreachable, match="TimeoutError"):
            await identify(client)


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

    monkeypatch.setattr(TicketClient, "connect", fails)
    with pytest.raises(TimeoutError):
        async with socket_mode(an_app(client), slack.app.app_token):
            pass


class Tickets(AsyncWebClient):
    """Gives out tickets and notes when; `answers` are what it says before that, errors to raise or bodies."""

    def __init__(self, *answers: Exception | dict[str, object]) -> None:
        super().__init__("xoxb-1", retry_handlers=[])
        self.asked: list[float] = []
        self._answers = list(answers)

    async def api_call(self, *_: Any, **__: Any) -> Any:
        self.asked.append(asyncio.get_running_loop().time())
        answer = self._answers.pop(0) if self._answers else {"url": f"wss://slack/?ticket={len(self.asked)}"}
        if isinstance(answer, Exception):
            raise answer
        return SimpleNamespace(data=answer)


@asynccontextmanager
async def a_ticket_client(tickets: Tickets) -> AsyncGenerator[TicketClient]:
    client = TicketClient(an_app(tickets), "xapp-1")
    yield client
    await module._close(client)  # noqa: SLF001


@pytest.mark.parametrize("anyio_backend", [VIRTUAL])
async def test_tickets_that_lead_nowhere_make_the_next_one_wait(anyio_backend: object) -> None:
    tickets = Tickets()
    async with a_ticket_client(tickets) as client:
        for _ in range(9):
            await client.issue_new_wss_url()
    waits = [later - earlier for earlier, later in zip(tickets.asked, tickets.asked[1:], strict=False)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


@pytest.mark.parametrize("anyio_backend", [VIRTUAL])
async def test_after_a_hello_the_next_ticket_is_had_at_once(anyio_backend: object) -> None:
    tickets = Tickets()
    async with a_ticket_client(tickets) as client:
        await client.issue_new_wss_url()
        await client.run_message_listeners({"type": "hello"}, "")
        await client.issue_new_wss_url()
    assert tickets.asked == [0, 0]


@pytest.mark.parametrize("anyio_backend", [VIRTUAL])
async def test_a_rate_limit_on_tickets_is_waited_out(anyio_backend: object) -> None:
    limit = SimpleNamespace(status_code=429, data={"error": "ratelimited"}, headers={"Retry-After": "30"})
    tickets = Tickets(SlackApiError("no", limit))  # type: ignore[no-untyped-call]
    async with a_ticket_client(tickets) as client:
        assert await client.issue_new_wss_url() == "wss://slack/?ticket=2"
    assert tickets.asked[1] >= 30


async def test_an_answer_without_an_address_is_no_answer() -> None:
    async with a_ticket_client(Tickets({"ok": True})) as client:
        with pytest.raises(SlackUnreachable, match="without an address"):
            await client.issue_new_wss_url()
