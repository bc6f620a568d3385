"""How Slack reaches us, and what is said where it cannot."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.backoff import Backoff
from bot.errors import SettingsError
from bot.slack import connect as module
from bot.slack.connect import DOUBTS, TicketClient, identify, socket_mode
from slack_emulator.runtime.injected_failures import Fault
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from slack_emulator.server import Workspace


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


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for the second attempt."""
    monkeypatch.setattr(module, "RETRY", Backoff(0.01))


@pytest.mark.usefixtures("hasty")
async def test_a_failing_slack_is_waited_for_and_told_once(
    slack: Workspace, client: AsyncWebClient, caplog: pytest.LogCaptureFixture
) -> None:
    slack.fail_next("auth.test", status=503, times=3)
    assert (await identify(client)).user == slack.app.bot_user_id
    (waited,) = [each for each in caplog.records if each.getMessage() == "slack.waited_for"]
    assert (getattr(waited, "address", ""), waited.levelname) == (slack.api_url, "WARNING")
    assert "check SLACK_API_URL" in getattr(waited, "mend", "")


@pytest.mark.parametrize(
    ("code", "mend"),
    [
        ("invalid_auth", "copy the token again"),
        ("account_inactive", "install it again and copy the new token"),
        ("token_expired", "turn token rotation off"),
        ("missing_scope", "the scope connections:write is missing"),
        ("not_allowed_token_type", "SLACK_BOT_TOKEN begins with xoxb-"),
        ("access_denied", "an admin of the workspace"),
    ],
)
async def test_a_definite_refusal_ends_with_one_line_that_names_the_mend(
    slack: Workspace, client: AsyncWebClient, code: str, mend: str
) -> None:
    slack.faults.add("auth.test", Fault(body=f'{{"ok":false,"error":"{code}","needed":"connections:write"}}'))
    with pytest.raises(SettingsError, match=mend) as caught:
        await identify(client)
    assert "\n" not in str(caught.value)


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
        answer = (
            self._answers.pop(0)
            if self._answers
            else {"ok": True, "url": f"wss://slack/?ticket={len(self.asked)}"}
        )
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


@pytest.mark.parametrize("anyio_backend", [VIRTUAL])
async def test_while_slack_gives_no_ticket_it_is_asked_less_and_less_often(anyio_backend: object) -> None:
    tickets = Tickets({"ok": True}, TimeoutError(), ConnectionResetError(), {"ok": False})
    async with a_ticket_client(tickets) as client:
        assert await client.issue_new_wss_url() == "wss://slack/?ticket=5"
    assert tickets.asked == [0, 1, 3, 7, 15]


REFUSED = SimpleNamespace(status_code=200, data={"ok": False, "error": "token_revoked"}, headers={})


@pytest.mark.parametrize("anyio_backend", [VIRTUAL])
async def test_a_token_that_was_good_is_not_given_up_for_one_refusal(anyio_backend: object) -> None:
    tickets = Tickets(SlackApiError("no", REFUSED))  # type: ignore[no-untyped-call]
    async with a_ticket_client(tickets) as client:
        await client.run_message_listeners({"type": "hello"}, "")
        assert await client.issue_new_wss_url() == "wss://slack/?ticket=2"


@pytest.mark.parametrize("anyio_backend", [VIRTUAL])
async def test_a_token_that_is_revoked_in_mid_life_is_told(anyio_backend: object) -> None:
    tickets = Tickets(*[SlackApiError("no", REFUSED)] * (DOUBTS + 1))  # type: ignore[no-untyped-call]
    async with a_ticket_client(tickets) as client:
        await client.run_message_listeners({"type": "hello"}, "")
        with pytest.raises(SettingsError):
            await client.issue_new_wss_url()
        with pytest.raises(SettingsError, match="install it again"):
            await client.refusal()
        assert client.closed


def steps(slack: Workspace, step: str) -> int:
    """How many deliveries have come so far."""
    return sum(one.outcome == step for one in slack.traffic.deliveries)


async def test_what_we_did_ourselves_is_acknowledged_and_goes_no_further(
    slack: Workspace, client: AsyncWebClient
) -> None:
    app = AsyncApp(client=client, signing_secret="none", ignoring_self_events_enabled=False)
    heard: list[str] = []

    @app.event("message")
    async def hear(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    async with socket_mode(app, slack.app.app_token):
        answer = await client.chat_postMessage(channel="general", text="I say")
        await client.chat_update(channel=answer["channel"], ts=answer["ts"], text="I say it again")
        ts = await slack.say("general", "ada", "She says")
        await slack.wait_for(lambda: "She says" in heard)
        await slack.wait_for(lambda: steps(slack, "acked") == steps(slack, "sent"))
    assert heard == ["She says"]
    assert ts
