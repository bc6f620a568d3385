"""Socket Mode: one app's WebSockets, and the envelopes it has to acknowledge.

    apps.connections.open ──ticket──► /link ──hello──► open ──disconnect──► leaving ──► closed

An envelope goes to any one open link. It is sent again when the app does not acknowledge it in time, when its link
closes, or when no link was open at first: same envelope id, same event id, `retry_attempt` counting up to 3.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from aiohttp import WSMsgType, web

if TYPE_CHECKING:
    from aiohttp.web_protocol import RequestHandler

    from bot.workspace.background import Background
    from bot.workspace.bell import Bell
    from bot.workspace.patience import Patience
    from bot.workspace.records import Json

log = logging.getLogger(__name__)

MOST_LINKS = 10  # connections of one app: the Socket Mode page
LIFETIME = 18_060  # seconds Slack's hello promises
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
        """Whether new envelopes may go here."""
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


@dataclass(eq=False, slots=True)
class Envelope:
    """One payload on its way, and whether the app has said it arrived."""

    kind: str
    payload: Json
    id: str = field(default_factory=lambda: str(uuid4()))
    acked: bool = False

    def wire(self, attempt: int) -> Json:
        retry = {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
        core: Json = {"envelope_id": self.id, "type": self.kind, "payload": self.payload}
        return core | {"accepts_response_payload": False} | (retry if self.kind == "events_api" else {})


class SocketMode:
    """All links of one app, and the envelopes under way to it."""

    def __init__(self, app_id: str, *, patience: Patience, bell: Bell, background: Background) -> None:
        self._app_id = app_id
        self._patience = patience
        self._bell = bell
        self._background = background
        self._links: list[Link] = []
        self._under_way: dict[str, Envelope] = {}

    @property
    def links(self) -> int:
        """How many connections are open."""
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
        self._links.append(link)
        try:
            await link.send(self._hello())
            self._bell.ring()
            await self._read(link)
        finally:
            link.closed = True
            self._links.remove(link)
            self._bell.ring()
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._links),
            "debug_info": {
                "host": "local-workspace",
                "build_number": 1,
                "approximate_connection_time": LIFETIME,
            },
            "connection_info": {"app_id": self._app_id},
        }

    async def _read(self, link: Link) -> None:
        async for message in link.socket:
            if message.type is WSMsgType.TEXT:
                self._acknowledged(message.data)

    def _acknowledged(self, text: str) -> None:
        """An ack may come on any link: a client that reconnected sends it on its new one."""
        try:
            envelope = self._under_way.get(json.loads(text)["envelope_id"])
        except (ValueError, TypeError, KeyError):
            log.warning("ack.unreadable", extra={"app": self._app_id, "chars": len(text)})
            return
        if envelope is not None:
            envelope.acked = True
            self._bell.ring()

    async def close(self, reason: str | None, *, grace: float = 0.0) -> None:
        """End every connection: told why, with `grace` seconds to go by itself; None cuts it without a word."""
        links = list(self._links)
        for link in links:
            await (link.disconnect(reason) if reason is not None else link.cut())
        await self._bell.until(lambda: all(link.closed for link in links), within=grace)
        for link in links:
            await link.socket.close()

    # --- envelopes ---

    def deliver(self, payload: Json, *, kind: str = "events_api", attempt: int = 0) -> None:
        """Send one payload until it is acknowledged, or given up. Never waits. `attempt` is where it starts to count;
        what is "interactive" is sent once."""
        self._background.start(self._deliver(Envelope(kind, payload), attempt))

    async def _deliver(self, envelope: Envelope, first: int) -> None:
        self._under_way[envelope.id] = envelope
        try:
            async with asyncio.timeout(self._patience.kept):
                for attempt in self._attempts(envelope, first):
                    if await self._try(envelope, attempt, pause=self._pause(attempt, first)):
                        return
        except TimeoutError:
            pass  # no connection came in all that time: it is given up like one that was never acknowledged
        finally:
            del self._under_way[envelope.id]
        log.warning(
            "envelope.given_up",
            extra={"app": self._app_id, "kind": envelope.kind, "envelope_id": envelope.id},
        )

    def _attempts(self, envelope: Envelope, first: int) -> range:
        """What people press is sent once: on Slack they see that it failed, and press again."""
        retries = len(self._patience.spacing) if envelope.kind == "events_api" else 0
        return range(first, max(first, retries) + 1)

    def _pause(self, attempt: int, first: int) -> float:
        """Seconds before an attempt: none before the first one made."""
        return 0.0 if attempt == first else self._patience.spacing[attempt - 1]

    async def _try(self, envelope: Envelope, attempt: int, *, pause: float) -> bool:
        """One attempt; whether the app has acknowledged, be it this one or, late, the one before."""
        if pause and await self._bell.until(lambda: envelope.acked, within=pause):
            return True
        if attempt == 0 and not any(link.open for link in self._links):
            return False  # nobody is there: what is sent to the next connection counts as a retry
        link = await self._bell.until(self._next_link)
        assert link is not None
        await link.send(envelope.wire(attempt))
        await self._bell.until(lambda: envelope.acked or link.closed, within=self._patience.deadline)
        return envelope.acked

    def _next_link(self) -> Link | None:
        """Any link that stays. Each in its turn, so that an app with two has to cope with both."""
        link = next((each for each in self._links if each.open), None)
        if link is not None:
            self._links.remove(link)
            self._links.append(link)
        return link
