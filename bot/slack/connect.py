"""Reaches Slack, and lets it reach us over a web socket that we open (Socket Mode). For HTTP see `http_events`."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.backoff import Backoff
from bot.core.conversation.incoming import is_own_echo
from bot.core.conversation.json_payload import as_payload
from bot.environment import certificates
from bot.environment.proxies import proxy_for
from bot.errors import RateLimited, SettingsError, SlackDenied, SlackError
from bot.observability import facts
from bot.observability.hooks import tell
from bot.observability.logs import WithoutSecrets
from bot.slack.api_answers import ask
from bot.slack.identity import Identity

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from slack_bolt.async_app import AsyncApp
    from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
    from slack_sdk.socket_mode.request import SocketModeRequest

_WITHOUT_SECRETS = WithoutSecrets()

_INSTALL = (
    "the app was removed from the workspace, or its token revoked; install it again and copy the new token."
)
_ADMIN = "an admin of the workspace has to allow the app first."
MENDS = {
    "account_inactive": _INSTALL,
    "token_revoked": _INSTALL,
    "token_expired": "the token has expired; turn token rotation off on your Slack app's page and copy the token again.",
    "missing_scope": "the scope {scope} is missing; add it on your Slack app's page, and copy the new token.",
    "not_allowed_token_type": "it is a token of another kind; SLACK_BOT_TOKEN begins with xoxb-, SLACK_APP_TOKEN with xapp-.",
    **dict.fromkeys(
        ("access_denied", "no_permission", "team_access_not_granted", "enterprise_is_restricted"), _ADMIN
    ),
    **dict.fromkeys(("org_login_required", "ekm_access_denied", "two_factor_setup_required"), _ADMIN),
}
"""Says what the operator does about a token that Slack refuses, by Slack's code."""
DOUBTS = 2  # refusals of a token that was good before: Slack has had bad days
RETRY = Backoff(1.0, longest=60.0)
"""Before what Slack did not answer is asked again, however often the last calls were of no use."""
PING = 10.0
"""Seconds between two pings, as Bolt has it, and before the SDK tries again what could not be opened."""


def build_client(token: str, base_url: str, *, session: aiohttp.ClientSession | None) -> AsyncWebClient:
    """A client of the Web API at `base_url`, without the SDK's own retries: see bot.slack.web_api_client."""
    client = AsyncWebClient(token, base_url=base_url, session=session, retry_handlers=[])
    # The SDK takes any proxy of the environment for any address, and gives in only to one that is set afterwards.
    client.proxy = proxy_for(base_url, os.environ)
    return client


async def identify(client: AsyncWebClient) -> Identity:
    """Returns who the bot token says we are.

    Waits until Slack tells. Raises SettingsError where Slack refuses the token.
    """
    answer = await _asked(client, "auth.test", "SLACK_BOT_TOKEN")
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
        site=str(answer.get("url") or ""),
        organisation=str(answer.get("enterprise_id") or ""),
        org_wide=answer.get("is_enterprise_install") is True,
    )


@asynccontextmanager
async def socket_mode(app: AsyncApp, app_token: str) -> AsyncGenerator[None]:
    """Receive events over a web socket while the block runs.

    Raises SettingsError where Slack refuses the token, at once or later on; a connection that breaks is opened again.
    """
    client = TicketClient(app, app_token)
    try:
        # Asked for here first: the SDK's own loop would log a wrong token again and again, and never raise.
        client.wss_uri = await client.issue_new_wss_url()
        await client.connect()  # type: ignore[no-untyped-call]
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(client.refusal())
            try:
                yield
            finally:
                watching.cancel()
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
        self._greeted = False  # whether it ever has
        self._refused: asyncio.Future[SettingsError] = asyncio.get_running_loop().create_future()
        dialling = aiohttp.TraceConfig()
        dialling.on_request_start.append(self._spend)
        dialling.freeze()
        # The one place between the SDK's look at the address and what comes of it.
        self.aiohttp_client_session.trace_configs.append(dialling)
        self.message_listeners.append(self._read)
        self.socket_mode_request_listeners.append(self._dispatch)

    async def issue_new_wss_url(self) -> str:
        """A ticket, as an address. Waits where the last ones were of no use, and until Slack gives one.

        Raises SettingsError where Slack refuses the token.
        """
        await asyncio.sleep(RETRY.pause(self._unused))
        self._unused += 1
        doubts = DOUBTS if self._greeted else 0
        try:
            answer = await _asked(
                self.web_client,
                "apps.connections.open",
                "SLACK_APP_TOKEN",
                token=self.app_token,
                doubts=doubts,
            )
        except SettingsError as error:
            self.closed = True  # or the SDK would swallow the error and ask for ever
            if not self._refused.done():
                self._refused.set_result(error)
            raise
        address = str(answer["url"])
        self.proxy = proxy_for(address, os.environ)  # the SDK knows no NO_PROXY
        return address

    async def refusal(self) -> None:
        """Wait until Slack refuses the token that was good before, and raise that."""
        raise await self._refused

    async def _spend(self, *_: object) -> None:
        self.wss_uri = None

    async def _read(
        self, _: AsyncBaseSocketModeClient, message: dict[str, Any], __: str | None = None
    ) -> None:
        if message.get("type") == "hello":
            self._unused, self._greeted = 0, True

    async def _dispatch(self, _: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if is_own_echo(as_payload(cast("object", request.payload))):
            # Not through Bolt, which takes a millisecond or two for each: they are as many as our edits.
            await self.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
            return
        begun = time.time()
        await send_async_response(self, request, await run_async_bolt_app(self._app, request), begun)


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


async def _asked(
    client: AsyncWebClient, method: str, setting: str, *, token: str | None = None, doubts: int = 0
) -> dict[str, Any]:
    """Ask until Slack answers. The operator hears once that it does not, and once that it does again.

    Raises SettingsError where Slack refuses the token of `setting`, which is believed after so many `doubts`.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else None
    tries = 0
    while True:
        try:
            answer = await ask(client, method, headers=headers)
        except SlackError as error:
            if isinstance(error, SlackDenied) and tries >= doubts:
                raise _refusal(error, setting) from error
            if certificates.is_refused(error.__cause__ or error) and tries >= doubts:
                raise SettingsError(
                    f"The certificate of {client.base_url} is not trusted here. {certificates.MEND}"
                ) from error
            tries += 1
            _tell_once(error, client.base_url, tries)
            wait = error.retry_after if isinstance(error, RateLimited) else 0.0
            await asyncio.sleep(max(wait, RETRY.pause(tries)))
        else:
            if tries:
                tell(facts.SlackAnswersAgain(method=method, tries=tries))
            return answer


def _tell_once(error: SlackError, address: str, tries: int) -> None:
    mend = "if it lasts: check SLACK_API_URL and the network, or the proxy"
    tell(facts.SlackWaitedFor(error=str(error), address=address, mend=mend, tries=tries))


def _refusal(error: SlackDenied, setting: str) -> SettingsError:
    mend = MENDS.get(error.code, "copy the token again from your Slack app's page.")
    return SettingsError(f"Slack refuses {setting} ({error.code}): {mend.format(scope=error.needed)}")
