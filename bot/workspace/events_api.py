"""The Events API over HTTP: signed requests to an app's request URL, tried again as Slack does.

Each event is one task: the first try and up to three more, until the app answers 2xx within the deadline, or says
`x-slack-no-retry: 1`. What people press goes to the same URL, as a form.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import uuid4

import aiohttp

from bot.workspace.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.workspace.background import Background
    from bot.workspace.patience import Patience
    from bot.workspace.records import Json

log = logging.getLogger(__name__)

REDIRECTS = 2  # followed at most: the Events API page
REDIRECTED = (301, 302)


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Slack's v0 request signature."""
    base = b"v0:%d:%s" % (timestamp, body)
    return f"v0={hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()}"


class DeliveryFailed(Exception):
    """One try failed. `reason` is the x-slack-retry-reason of the next; `final` where the app wants no next."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


class HttpEvents:
    """Delivers to one app's request URL."""

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        session: aiohttp.ClientSession,
        patience: Patience,
        clock: Callable[[], float],
        background: Background,
    ) -> None:
        self.url = url
        self._secret = secret
        self._session = session
        self._patience = patience
        self._clock = clock
        self._background = background

    async def verify(self) -> None:
        """Ask the URL to prove itself with a challenge, as Slack does before it sends any event there."""
        challenge = uuid4().hex
        body: Json = {"type": "url_verification", "token": "local-verification-token", "challenge": challenge}
        try:
            answer = await self._post(body, {})
        except DeliveryFailed as failure:
            raise WorkspaceError(
                f"{self.url} did not answer Slack's challenge ({failure.reason}): "
                "start the app first, and give it this workspace's signing secret"
            ) from failure
        if challenge not in answer:
            raise WorkspaceError(f"{self.url} answered without the challenge: is it the app's events URL?")

    def deliver(self, payload: Json, *, kind: str = "events_api", attempt: int = 0) -> None:
        """Send one payload until the app takes it, or it is given up. Never waits. `attempt` is where it starts to
        count; what is "interactive" is sent once, as a form: on Slack the person sees it failed, and presses again.
        """
        self._background.start(
            self._deliver(payload, attempt) if kind == "events_api" else self._interact(payload)
        )

    async def _interact(self, payload: Json) -> None:
        form = urlencode({"payload": json.dumps(payload)}).encode()
        try:
            await self._send(form, {"Content-Type": "application/x-www-form-urlencoded"})
        except DeliveryFailed as failure:
            log.warning("interaction.failed", extra={"kind": payload["type"], "reason": failure.reason})

    async def _deliver(self, payload: Json, first: int) -> None:
        reason = "http_timeout"
        for attempt in range(first, max(first, len(self._patience.spacing)) + 1):
            if attempt > first:
                await asyncio.sleep(self._patience.spacing[attempt - 1])
            try:
                await self._post(payload, _retry_headers(attempt, reason))
            except DeliveryFailed as failure:
                reason = failure.reason
                log.info(
                    "event.failed",
                    extra={"event_id": payload["event_id"], "attempt": attempt, "reason": reason},
                )
                if failure.final:
                    return
            else:
                return
        log.warning("event.given_up", extra={"event_id": payload["event_id"]})

    async def _post(self, payload: Json, headers: dict[str, str]) -> str:
        return await self._send(json.dumps(payload).encode(), {"Content-Type": "application/json"} | headers)

    async def _send(self, body: bytes, headers: dict[str, str]) -> str:
        """One try: the answer's text, or DeliveryFailed."""
        signed = self._signed(body) | headers
        url = self.url
        try:
            async with asyncio.timeout(self._patience.deadline):
                for _ in range(REDIRECTS + 1):
                    async with self._session.post(
                        url, data=body, headers=signed, allow_redirects=False
                    ) as response:
                        if response.status not in REDIRECTED:
                            return await _taken(response)
                        url = response.headers["Location"]
        except TimeoutError:
            raise DeliveryFailed("http_timeout") from None
        except (aiohttp.ClientError, KeyError) as error:
            raise DeliveryFailed("connection_failed") from error
        raise DeliveryFailed("too_many_redirects")

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp = int(self._clock())
        return {
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": signature(self._secret, timestamp, body),
        }


def _retry_headers(attempt: int, reason: str) -> dict[str, str]:
    return {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason} if attempt else {}


async def _taken(response: aiohttp.ClientResponse) -> str:
    if response.ok:
        return await response.text()
    raise DeliveryFailed("http_error", final=response.headers.get("X-Slack-No-Retry") == "1")
