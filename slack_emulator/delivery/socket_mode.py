"""Socket Mode: one app's WebSockets, and the envelopes it has to acknowledge.

    apps.connections.open ──ticket──► /link ──hello──► open ──disconnect──► leaving ──► closed

An envelope goes to any one open link. An event is sent again when the app does not acknowledge it in time, when its link
closes, or when no link was open at first: same envelope id, same event id, `retry_attempt` counting up to 3.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from slack_emulator.delivery.transport import EVENTS, DeliveryFailed, Envelope
from slack_emulator.json_values import as_object
from slack_emulator.runtime.traffic import Delivered
from slack_emulator.runtime.websocket_texts import next_text

if TYPE_CHECKING:
    from aiohttp.web_protocol import RequestHandler

    from slack_emulator.delivery.transport import DeliveryContext
    from slack_emulator.json_values import Json

log = logging.getLogger(__name__)

MOST_LINKS = 10  # connections of one app: the Socket Mode page
LIFETIME = 18_060  # seconds Slack's hello promises
DEBUG_LIFETIME = 360  # the same with debug_reconnects=true in the address: the Socket Mode page
WARNING = 10  # seconds between "warning" and the end: the Socket Mode page
HEARTBEAT = 10.0  # seconds between our pings: Node's client gives a connection up that is not pinged for 30

GOODBYE = 1.0  # seconds an app has to answer our closing of its socket


@dataclass(eq=False, slots=True)
class Link:
    """One WebSocket of an app. Once told to leave it is sent nothing new."""

    socket: web.WebSocketResponse
    connection: RequestHandler
    leaving: bool = False
    closed: bool = False

    @property
    def open(self) -> bool:
        """Tells whether new envelopes may go here."""
        return not (self.leaving or self.closed)

    async def send(self, message: Json) -> None:
        """Send; a socket that breaks meanwhile is as good as one that was closed."""
        try:
            await self.socket.send_json(message)
        except ConnectionError:
            self.closed = True

    async def cut(self) -> None:
        """The network is gone: no reason, no closing handshake."""
        self.leaving = True
        self.connection.force_close()

    async def disconnect(self, reason: str) -> None:
        """Ask the app to come back on a new connection."""
        self.leaving = True
        await self.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "local-workspace"}})


class SocketMode:
    """All links of one app, and the envelopes under way to it."""

    def __init__(self, app_id: str, post: DeliveryContext, *, retries: bool = True) -> None:
        self._app_id = app_id
        self._post = post
        self._retries = len(post.patience.spacing) if retries else 0
        self._links: list[Link] = []
        self._under_way: dict[str, Envelope] = {}

    @property
    def links(self) -> int:
        """Returns how many connections are open."""
        return len(self._links)

    # --- connections ---

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until either side ends it."""
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, timeout=GOODBYE)
        await socket.prepare(request)
        link = Link(socket, request.protocol)
        if len(self._links) >= MOST_LINKS:
            await link.disconnect("too_many_websockets")
            await socket.close()
            return socket
        life = DEBUG_LIFETIME if request.query.get("debug_reconnects") == "true" else LIFETIME
        self._links.append(link)
        try:
            await self._serve(link, life)
        finally:
            link.closed = True
            self._links.remove(link)
            self._post.bell.ring()
        return socket

    async def _serve(self, link: Link, life: int) -> None:
        await link.send(self._hello(life))
        self._post.bell.ring()
        self._post.background.start(self._age(link, life))
        await self._read(link)

    def _hello(self, life: int) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._links),
            "debug_info": {
                "host": "local-workspace",
                "build_number": 1,
                "approximate_connection_time": life,
            },
            "connection_info": {"app_id": self._app_id},
        }

    async def _age(self, link: Link, life: int) -> None:
        """A connection does not live for ever: a warning, and soon after that the end."""
        if await self._post.clock.until(lambda: link.closed, within=life - WARNING):
            return
        await link.disconnect("warning")
        if await self._post.clock.until(lambda: link.closed, within=WARNING):
            return
        await link.disconnect("refresh_requested")
        await link.socket.close()

    async def _read(self, link: Link) -> None:
        while (text := await next_text(link.socket)) is not None:
            self._acknowledged(text)

    def _acknowledged(self, text: str) -> None:
        """An ack may come on any link: a client that reconnected sends it on its new one."""
        try:
            ack: Any = json.loads(text)
            envelope = self._under_way.get(ack["envelope_id"])
        except (ValueError, TypeError, KeyError):
            log.warning("ack.unreadable", extra={"app": self._app_id, "chars": len(text)})
            return
        if envelope is not None and not self._post.faults.loses_ack():
            envelope.acked = True
            envelope.answer = as_object(ack.get("payload"))
            self._post.bell.ring()

    async def close(self, reason: str | None, *, grace: float = 0.0) -> None:
        """End every connection: told why, with `grace` seconds to go by itself; None cuts it without a word."""
        links = list(self._links)
        for link in links:
            await (link.disconnect(reason) if reason is not None else link.cut())
        await self._post.bell.until(lambda: all(link.closed for link in links), within=grace)
        for link in links:
            await link.socket.close()

    # --- envelopes ---

    def deliver(self, payload: Json, *, attempt: int = 0) -> None:
        """See `ways.Way`. A payload nobody comes for is kept for a while."""
        self._post.background.start(self._deliver(Envelope(EVENTS, payload), attempt))

    async def ask(self, payload: Json, kind: str) -> Json:
        """See `ways.Way`."""
        envelope = Envelope(kind, payload)
        self._under_way[envelope.id] = envelope
        try:
            acked = await self._try(envelope, 0, due=self._post.clock())
        finally:
            del self._under_way[envelope.id]
        if not acked:
            raise DeliveryFailed("operation_timeout")
        return envelope.answer or {}

    async def _deliver(self, envelope: Envelope, first: int) -> None:
        due = self._post.clock() + self._post.patience.kept
        self._under_way[envelope.id] = envelope
        try:
            for attempt in range(first, max(first, self._retries) + 1):
                pause = 0.0 if attempt == first else self._post.patience.spacing[attempt - 1]
                if await self._acked_within(envelope, pause) or await self._try(envelope, attempt, due=due):
                    return
        finally:
            del self._under_way[envelope.id]
        self._record(envelope, self._retries, "given up")
        log.warning(
            "envelope.given_up",
            extra={"app": self._app_id, "kind": envelope.kind, "envelope_id": envelope.id},
        )

    async def _acked_within(self, envelope: Envelope, pause: float) -> bool:
        """Tells whether the app acknowledges late, in the pause before the next attempt."""
        return await self._post.clock.until(lambda: envelope.acked, within=pause)

    async def _try(self, envelope: Envelope, attempt: int, *, due: float) -> bool:
        """One attempt; whether the app has acknowledged, be it this one or, late, the one before."""
        if attempt == 0 and not any(link.open for link in self._links):
            self._record(envelope, attempt, "no connection")
            return False  # nobody is there: what is sent to the next connection counts as a retry
        link = await self._post.clock.until(self._next_link, within=due - self._post.clock())
        if link is None:
            return False
        await link.send(_wire(envelope, attempt))
        self._record(envelope, attempt, "sent")
        deadline = self._post.patience.deadline
        await self._post.bell.until(lambda: envelope.acked or link.closed, within=deadline)
        self._record(envelope, attempt, "acked" if envelope.acked else "not acked")
        return envelope.acked

    def _next_link(self) -> Link | None:
        """Any link that stays. Each in its turn, so that an app with two has to cope with both."""
        link = next((each for each in self._links if each.open), None)
        if link is not None:
            self._links.remove(link)
            self._links.append(link)
        return link

    def _record(self, envelope: Envelope, attempt: int, outcome: str) -> None:
        now = self._post.clock()
        id_, kind, payload = envelope.id, envelope.kind, envelope.payload
        self._post.record(Delivered(id_, self._app_id, "socket", kind, payload, attempt, outcome, now))
        self._post.bell.ring()


def _wire(envelope: Envelope, attempt: int) -> Json:
    core: Json = {"envelope_id": envelope.id, "type": envelope.kind, "payload": envelope.payload}
    if envelope.kind != EVENTS:
        return core | {"accepts_response_payload": True}
    retry = {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
    return core | {"accepts_response_payload": False} | retry
