"""To each app what it subscribed to, its own way: over its sockets, or to its request URL once it has one."""

from __future__ import annotations

import secrets
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from aiohttp import web

from bot.workspace.events import payloads
from bot.workspace.events_api import HttpEvents
from bot.workspace.interactions import block_actions
from bot.workspace.records import Pressed
from bot.workspace.socket_mode import SocketMode

if TYPE_CHECKING:
    from collections.abc import Callable

    import aiohttp

    from bot.workspace.background import Background
    from bot.workspace.bell import Bell
    from bot.workspace.calls import Call, Method
    from bot.workspace.patience import Patience
    from bot.workspace.records import App, Happening, Json
    from bot.workspace.state import State

KEPT = 2_000  # payloads that can be delivered again


class Sent(NamedTuple):
    """A payload, and the app it went to."""

    app_id: str
    payload: Json


class Deliveries:
    """The ways to all apps. An app has its sockets or a request URL, never both: so it is on Slack."""

    def __init__(
        self,
        state: State,
        *,
        patience: Patience,
        clock: Callable[[], float],
        bell: Bell,
        background: Background,
        session: aiohttp.ClientSession,
    ) -> None:
        self._state = state
        self._patience = patience
        self._clock = clock
        self._bell = bell
        self._background = background
        self._session = session
        self._sockets: dict[str, SocketMode] = {}
        self._http: dict[str, HttpEvents] = {}
        self._tickets: dict[str, str] = {}  # to the id of the app each was given to
        self._sent: deque[Sent] = deque(maxlen=KEPT)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/link/", self.connect)

    # --- ways ---

    def sockets(self, app: App) -> SocketMode:
        """That app's side of Socket Mode."""
        if app.id not in self._sockets:
            self._sockets[app.id] = SocketMode(
                app.id, patience=self._patience, bell=self._bell, background=self._background
            )
        return self._sockets[app.id]

    @property
    def methods(self) -> dict[str, Method]:
        """The one Web API method that belongs here."""
        return {"apps.connections.open": self.open_connection}

    def open_connection(self, call: Call) -> Json:
        """A ticket for one connection, to the host the app reached us by."""
        ticket = secrets.token_urlsafe(16)
        self._tickets[ticket] = call.app.id
        return {"url": f"ws://{call.host}/link/?ticket={ticket}&app_id={call.app.id}"}

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """A WebSocket with a ticket. Each ticket opens one."""
        app_id = self._tickets.pop(request.query.get("ticket", ""), None)
        if app_id is None:
            raise web.HTTPForbidden(
                text="This ticket is not known, or used: ask apps.connections.open for one."
            )
        return await self.sockets(self._state.apps[app_id]).connect(request)

    async def use_request_url(self, app: App, url: str | None) -> None:
        """Deliver over HTTP from now on, if the URL answers the challenge; None: over sockets again."""
        if url is None:
            self._http.pop(app.id, None)
            return
        way = HttpEvents(
            url,
            app.signing_secret,
            session=self._session,
            patience=self._patience,
            clock=self._clock,
            background=self._background,
        )
        await way.verify()
        self._http[app.id] = way

    async def close(self) -> None:
        """End all connections."""
        for sockets in self._sockets.values():
            await sockets.close("warning")

    # --- payloads ---

    def publish(self, happening: Happening) -> None:
        """Begin to deliver what the apps are told of it. Never waits."""
        if isinstance(happening, Pressed):
            self._interact(happening)
        for app in self._state.apps.values():
            for payload in payloads(happening, app, self._state, self._clock()):
                self._sent.append(Sent(app.id, payload))
                self._send(app.id, payload, attempt=0)

    def _interact(self, pressed: Pressed) -> None:
        """A press concerns the app whose message it is in, and no subscription."""
        assert pressed.message.app_id is not None  # people's messages have no buttons
        app = self._state.apps[pressed.message.app_id]
        self._way(app.id).deliver(block_actions(pressed, app, self._state), kind="interactive")

    def redeliver(self, ts: str, times: int) -> int:
        """Deliver again what was told of the message of that ts, `times` over; answers how many were sent."""
        found = [sent for sent in self._sent if sent.payload["event"].get("ts") == ts]
        for attempt in range(1, times + 1):
            for sent in found:
                self._send(sent.app_id, sent.payload, attempt=attempt)
        return len(found) * times

    def _send(self, app_id: str, payload: Json, *, attempt: int) -> None:
        self._way(app_id).deliver(payload, attempt=attempt)

    def _way(self, app_id: str) -> HttpEvents | SocketMode:
        return self._http.get(app_id) or self.sockets(self._state.apps[app_id])
