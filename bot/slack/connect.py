"""How we reach Slack, and how it reaches us over a web socket that we open (Socket Mode). For HTTP see `http_events`."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot import certificates
from bot.core.events import as_payload
from bot.errors import RateLimited, SettingsError, SlackDenied, SlackError, SlackUnreachable
from bot.logs import WithoutSecrets
from bot.proxies import proxy_for
from bot.slack.listeners import Identity
from bot.slack.surface import CALL_TIMEOUT, NO_ANSWER, from_slack

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from slack_bolt.async_app import AsyncApp
    from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
    from slack_sdk.socket_mode.request import SocketModeRequest

log = logging.getLogger(__name__)
_WITHOUT_SECRETS = WithoutSecrets()

PING = (
    10.0  # seconds between two pings, as Bolt has it, and before the SDK tries again what could not be opened
)
LONGEST_PAUSE = 60.0  # seconds between two tickets, however often the last ones were of no use


def build_client(token: str, base_url: str, *, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client of the Web API at `base_url`, without the SDK's own retries: see bot.slack.surface."""
    client = AsyncWebClient(token, base_url=base_url, session=session, retry_handlers=[])
    # The SDK takes any proxy of the environment for any address, and gives in only to one that is set afterwards.
    client.proxy = proxy_for(base_url, os.environ)
    return client


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
    client = TicketClient(app, app_token)
    try:
        # Asked for here first: the SDK's own loop would log a wrong token again and again, and never raise.
        client.wss_uri = await client.issue_new_wss_url()
        await client.connect()  # type: ignore[no-untyped-call]
        yield
    finally:
        await _close(client)


class TicketClient(SocketModeClient):
    """The SDK's client of Socket Mode, with a new ticket for each attempt to connect.

    A ticket (the address that apps.connections.open answers) opens one connection, and only soon after; the SDK would dial the
    same address again for ever. Tickets that led to no connection make the next one wait, twice as long each time.
    """

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        quiet = logging.getLogger("slack_sdk.socket_mode")
        quiet.addFilter(_WITHOUT_SECRETS)
        super().__init__(app_token, logger=quiet, web_client=app.client, ping_interval=PING)
        self._app = app
        self._unused = 0  # tickets since Slack last said hello
        dialling = aiohttp.TraceConfig()
        dialling.on_request_start.append(self._spend)
        dialling.freeze()
        # The one place between the SDK's look at the address and what comes of it.
        self.aiohttp_client_session.trace_configs.append(dialling)
        self.message_listeners.append(self._read)
        self.socket_mode_request_listeners.append(self._dispatch)

    async def issue_new_wss_url(self) -> str:
        """A ticket, as an address. Waits where the last ones were of no use, and where Slack asks for it.

        Raises SettingsError where Slack refuses the token, SlackUnreachable where it does not answer.
        """
        while True:
            await asyncio.sleep(_pause(self._unused))
            self._unused += 1
            try:
                answer = await _ask(
                    self.web_client, "apps.connections.open", "SLACK_APP_TOKEN", token=self.app_token
                )
            except RateLimited as limit:
                log.warning("socket.limited", extra={"retry_after": limit.retry_after})
                await asyncio.sleep(limit.retry_after)
            else:
                address = _address(answer)
                self.proxy = proxy_for(address, os.environ)  # the SDK knows no NO_PROXY
                return address

    async def _spend(self, *_: object) -> None:
        self.wss_uri = None

    async def _read(
        self, _: AsyncBaseSocketModeClient, message: dict[str, Any], __: str | None = None
    ) -> None:
        if message.get("type") == "hello":
            self._unused = 0

    async def _dispatch(self, _: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        begun = time.time()
        await send_async_response(self, request, await run_async_bolt_app(self._app, request), begun)


def _pause(unused: int) -> float:
    """Seconds before the next ticket, after so many that led to no connection."""
    # Ten times doubled is longer than the longest: a night without a network must not end in an OverflowError.
    return min(2.0 ** min(unused - 1, 10), LONGEST_PAUSE) if unused else 0.0


def _address(answer: dict[str, Any]) -> str:
    if not answer.get("url"):
        raise SlackUnreachable("apps.connections.open: Slack answered without an address")
    return str(answer["url"])


async def _close(client: SocketModeClient) -> None:
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


async def _ask(
    client: AsyncWebClient, method: str, setting: str, *, token: str | None = None
) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else None
    try:
        # The SDK leaves its own time-out to the session, where it is given one.
        async with asyncio.timeout(CALL_TIMEOUT):
            response = await client.api_call(method, headers=cast("dict[str, str]", headers))
    except SlackApiError as error:
        raise _refusal(from_slack(method, error), setting) from error
    except NO_ANSWER as error:
        why = f"No answer from Slack at {client.base_url} ({type(error).__name__})"
        mend = "check SLACK_API_URL and the network, or the proxy."
        if certificates.is_refused(error):
            mend = f"its certificate is not trusted here. {certificates.MEND}"
        raise SlackUnreachable(f"{why}: {mend}") from error
    return dict(as_payload(cast("object", response.data)))


def _refusal(error: SlackError, setting: str) -> SlackError | SettingsError:
    if isinstance(error, SlackDenied):
        return SettingsError(
            f"Slack refuses {setting} ({error.code}): copy the token again from your Slack app's page."
        )
    return error
