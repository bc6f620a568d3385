"""To each app what it subscribed to, its own way: over its sockets, or to its request URL once it has one."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from aiohttp import web

from slack_emulator.delivery.http_delivery import Addresses, HttpEvents
from slack_emulator.delivery.socket_mode import SocketMode
from slack_emulator.payloads.event_payloads import payloads
from slack_emulator.state.changes import Told

if TYPE_CHECKING:
    import aiohttp

    from slack_emulator.delivery.transport import DeliveryContext, Transport
    from slack_emulator.json_values import Json
    from slack_emulator.state.changes import WorkspaceChange
    from slack_emulator.state.models import App
    from slack_emulator.state.teams import Teams
    from slack_emulator.state.workspace import WorkspaceState
    from slack_emulator.web_api.call import Call, Method

KEPT = 2_000  # payloads that can be delivered again


class Sent(NamedTuple):
    """A payload, and the app it went to."""

    app_id: str
    payload: Json


class DeliveryRouter:
    """The ways to all apps. An app has its sockets or a request URL, never both: so it is on Slack."""

    def __init__(self, teams: Teams, post: DeliveryContext, *, session: aiohttp.ClientSession) -> None:
        self._teams = teams
        self._post = post
        self._session = session
        self._sockets: dict[str, SocketMode] = {}
        self._http: dict[str, HttpEvents] = {}
        self._tickets: dict[str, str] = {}  # to the id of the app each was given to
        self._sent: deque[Sent] = deque(maxlen=KEPT)
        self._repeats = 0

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/link/", self.connect)

    # --- ways ---

    def way(self, app_id: str) -> Transport:
        """Returns how that app is reached."""
        return self._http.get(app_id) or self.sockets(app_id)

    def sockets(self, app_id: str) -> SocketMode:
        """That app's side of Socket Mode."""
        if app_id not in self._sockets:
            retries = self._teams.first.readings.socket_retries
            self._sockets[app_id] = SocketMode(app_id, self._post, retries=retries)
        return self._sockets[app_id]

    def http(self, app_id: str) -> HttpEvents | None:
        """That app's request URL, where it has one."""
        return self._http.get(app_id)

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
        return await self.sockets(app_id).connect(request)

    async def use_addresses(self, app: App, addresses: Addresses | None) -> None:
        """Deliver over HTTP from now on, if the URL answers the challenge; None: over sockets again."""
        if addresses is None:
            self._http.pop(app.id, None)
            return
        way = HttpEvents(addresses, app, self._post, session=self._session)
        await way.verify()
        self._http[app.id] = way

    async def close(self, reason: str | None, *, grace: float = 0.0) -> None:
        """End all connections, of all apps together."""
        async with asyncio.TaskGroup() as tasks:
            for sockets in self._sockets.values():
                tasks.create_task(sockets.close(reason, grace=grace))

    # --- payloads ---

    def publish(self, happening: WorkspaceChange, state: WorkspaceState) -> None:
        """Begin to deliver what the apps are told of it. Never waits."""
        for app in state.apps.values():
            for payload in payloads(happening, app, state, self._post.clock()):
                self._sent.append(Sent(app.id, payload))
                self._send(app.id, payload)

    def farewell(self, app: App, state: WorkspaceState, events: tuple[Json, ...]) -> None:
        """Tell an app that is no longer there what became of it."""
        for event in events:
            for payload in payloads(Told(event, app.id), app, state, self._post.clock()):
                self.way(app.id).deliver(payload)

    def _send(self, app_id: str, payload: Json) -> None:
        self.way(app_id).deliver(payload)
        for attempt in range(1, self._repeats + 1):
            self.way(app_id).deliver(payload, attempt=attempt)

    def repeat(self, times: int) -> None:
        """From now on deliver every event so many times more, as if no acknowledgement had come. 0: as usual."""
        self._repeats = times

    def redeliver(self, ts: str, times: int) -> int:
        """Deliver again what was told of the message of that ts, `times` over; answers how many were sent."""
        found = [sent for sent in self._sent if sent.payload["event"].get("ts") == ts]
        for attempt in range(1, times + 1):
            for sent in found:
                self.way(sent.app_id).deliver(sent.payload, attempt=attempt)
        return len(found) * times
