"""Deliveries over HTTP: signed requests to an app's URLs, tried again as Slack does.

Each event is one task: the first try and up to three more, until the app answers 2xx within the deadline, or says
`x-slack-no-retry: 1`. What people press and type goes out once, as a form.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import uuid4

import aiohttp

from slack_emulator.delivery.failure_rate import FailureRate
from slack_emulator.delivery.transport import COMMANDS, EVENTS, DeliveryFailed, Envelope
from slack_emulator.errors import WorkspaceError
from slack_emulator.json_values import as_object
from slack_emulator.runtime.traffic import Delivered

if TYPE_CHECKING:
    from slack_emulator.delivery.transport import DeliveryContext
    from slack_emulator.json_values import Json
    from slack_emulator.state.models import App

log = logging.getLogger(__name__)

REDIRECTS = 2  # followed at most: the Events API page
REDIRECTED = (301, 302)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Slack's v0 request signature."""
    base = b"v0:%d:%s" % (timestamp, body)
    return f"v0={hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Says where an app is reached. Bolt has one address for everything; Slack lets each kind have its own."""

    events: str
    interactivity: str = ""
    commands: str = ""

    def of(self, kind: str) -> str:
        """The address for that kind of payload."""
        if kind == EVENTS:
            return self.events
        return (self.commands if kind == COMMANDS else self.interactivity) or self.events


class HttpEvents:
    """Delivers to one app's addresses."""

    def __init__(
        self, addresses: Addresses, app: App, post: DeliveryContext, *, session: aiohttp.ClientSession
    ) -> None:
        self.addresses = addresses
        self._standings: defaultdict[str, FailureRate] = defaultdict(FailureRate)
        self._app = app
        self._post = post
        self._session = session

    def standing(self, team: str) -> FailureRate:
        """Returns how the app stands in that workspace."""
        return self._standings[team]

    async def verify(self) -> None:
        """Ask the URL to prove itself with a challenge, as Slack does before it sends any event there."""
        challenge, url = uuid4().hex, self.addresses.events
        body: Json = {"type": "url_verification", "token": "local-verification-token", "challenge": challenge}
        try:
            answer = await self._send(url, json.dumps(body).encode(), JSON)
        except DeliveryFailed as failure:
            raise WorkspaceError(
                f"{url} did not answer Slack's challenge ({failure.reason}): "
                "start the app first, and give it this workspace's signing secret"
            ) from failure
        if challenge not in answer:
            raise WorkspaceError(f"{url} answered without the challenge: is it the app's events URL?")

    # --- events ---

    def deliver(self, payload: Json, *, attempt: int = 0) -> None:
        """See `ways.Way`. Dropped where the app is disabled, or has had more than an hour may hold."""
        envelope, now, standing = (
            Envelope(EVENTS, payload),
            self._post.clock(),
            self.standing(payload["team_id"]),
        )
        if standing.disabled:
            self._record(envelope, attempt, "disabled")
        elif standing.full(now):
            self._record(envelope, attempt, "rate limited")
            if standing.tells(now):
                self._post.background.start(self._deliver(Envelope(EVENTS, self._limited(payload)), 0))
        else:
            self._post.background.start(self._deliver(envelope, attempt))

    def _limited(self, payload: Json) -> Json:
        """app_rate_limited: not in an envelope like the others."""
        return {
            "token": payload["token"],
            "type": "app_rate_limited",
            "team_id": payload["team_id"],
            "minute_rate_limited": int(self._post.clock()) // 60 * 60,
            "api_app_id": self._app.id,
        }

    async def _deliver(self, envelope: Envelope, first: int) -> None:
        spacing, reason = self._post.patience.spacing, "http_timeout"
        for attempt in range(first, max(first, len(spacing)) + 1):
            if attempt > first:
                await self._post.clock.sleep(spacing[attempt - 1])
            failure = await self._attempt(envelope, attempt, reason)
            if failure is None or failure.final:
                return
            reason = failure.reason
        log.warning("event.given_up", extra={"app": self._app.id, "envelope_id": envelope.id})

    async def _attempt(self, envelope: Envelope, attempt: int, reason: str) -> DeliveryFailed | None:
        """One try of an event; what it failed with. `reason` is what the try before failed with."""
        body = json.dumps(envelope.payload).encode()
        self._record(envelope, attempt, "sent")
        try:
            await self._send(self.addresses.events, body, JSON | _retry_headers(attempt, reason))
            if self._post.faults.loses_ack():
                raise DeliveryFailed("http_timeout")
        except DeliveryFailed as failure:
            self._count(envelope, attempt, failure.reason)
            return failure
        self._count(envelope, attempt, "acked")
        return None

    def _count(self, envelope: Envelope, attempt: int, outcome: str) -> None:
        self._record(envelope, attempt, outcome)
        standing = self.standing(envelope.payload["team_id"])
        standing.delivered(self._post.clock(), taken=outcome == "acked")

    # --- what people do ---

    async def ask(self, payload: Json, kind: str) -> Json:
        """See `ways.Way`. A command's fields are the form's own, everything else is its field `payload`."""
        fields = payload if kind == COMMANDS else {"payload": json.dumps(payload)}
        envelope = Envelope(kind, payload)
        self._record(envelope, 0, "sent")
        try:
            answer = await self._send(self.addresses.of(kind), urlencode(fields).encode(), FORM)
        except DeliveryFailed as failure:
            self._record(envelope, 0, failure.reason)
            raise
        self._record(envelope, 0, "acked")
        return _answered(answer)

    # --- requests ---

    async def _send(self, url: str, body: bytes, headers: dict[str, str]) -> str:
        """One try: the answer's text, or DeliveryFailed."""
        signed = self._signed(body) | headers
        try:
            async with asyncio.timeout(self._post.patience.deadline):
                for _ in range(REDIRECTS + 1):
                    async with self._session.post(
                        url, data=body, headers=signed, allow_redirects=False
                    ) as response:
                        if response.status not in REDIRECTED:
                            return await _taken(response)
                        url = response.headers["Location"]
        except TimeoutError:
            raise DeliveryFailed("http_timeout") from None
        except aiohttp.ClientConnectorCertificateError as error:
            raise DeliveryFailed("ssl_error") from error
        except (aiohttp.ClientError, KeyError) as error:
            raise DeliveryFailed("connection_failed") from error
        raise DeliveryFailed("too_many_redirects")

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp = int(self._post.clock.real())
        return {
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": signature(self._app.signing_secret, timestamp, body),
        }

    def _record(self, envelope: Envelope, attempt: int, outcome: str) -> None:
        now, payload = self._post.clock(), envelope.payload
        self._post.record(
            Delivered(envelope.id, self._app.id, "http", envelope.kind, payload, attempt, outcome, now)
        )
        self._post.bell.ring()


def _retry_headers(attempt: int, reason: str) -> dict[str, str]:
    return {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason} if attempt else {}


async def _taken(response: aiohttp.ClientResponse) -> str:
    if response.ok:
        return await response.text()
    raise DeliveryFailed("http_error", final=response.headers.get("X-Slack-No-Retry") == "1")


def _answered(text: str) -> Json:
    """Returns what the app said with its 200: JSON, or for a command plain text too."""
    try:
        return as_object(json.loads(text or "{}")) or {}
    except ValueError:
        return {"text": text}
