"""The page's side of the workspace: one WebSocket a reader, `/page/socket?user=U…&session=…`.

    server -> page   {"type": "snapshot", …}, then "message" (new or changed), "message_deleted", "status", "notice", "error"
    page -> server   what its person wishes: see page_wishes

A reader too slow for the changes loses those that wait for it and is sent a fresh snapshot instead: what the page shows
is a state, and the newest one wins.
"""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from slack_emulator.errors import Refused
from slack_emulator.json_values import as_object
from slack_emulator.page.dropped_files import PageFiles
from slack_emulator.page.protocol import RESYNC, news, snapshot
from slack_emulator.page.requests import PageWish, fulfil, in_words
from slack_emulator.runtime.websocket_texts import next_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_emulator.actors.interactions import Interactions
    from slack_emulator.json_values import Json
    from slack_emulator.page.inspector import Inspector
    from slack_emulator.state.changes import WorkspaceChange
    from slack_emulator.state.workspace import WorkspaceState

log = logging.getLogger(__name__)

FOLDER = Path(__file__).parent / "static"
WAITING = 500  # changes that may wait for one reader
GOODBYE = 1.0  # seconds a page has to answer our closing of its socket
# What the page may load: itself, and images that this computer serves. Whatever a bot's answer might get past the renderer stays inert.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' http://127.0.0.1:* http://localhost:*; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MOST_OF_A_NAME = 64  # characters of what a tab calls itself


class PageReader:
    """One open page, seen as `user` in the tab `session`, and what it has yet to be sent. `notice` is for all."""

    def __init__(
        self,
        user: str,
        session: str,
        socket: web.WebSocketResponse,
        *,
        notice: Callable[[], Json],
    ) -> None:
        self.user = user
        self.session = session
        self.socket = socket
        self._notice = notice
        self._waiting: asyncio.Queue[Json] = asyncio.Queue(WAITING)
        self._resync_waits = False
        self.put(RESYNC)

    def put(self, update: Json) -> None:
        """Queue one update, unless it is of a view that stands elsewhere; where the queue is full, only a snapshot stays in it."""
        if update["type"] == "view" and not self._shows(update["view"]):
            return
        if update is RESYNC and self._resync_waits:
            return  # the one that waits is yet to be drawn: it will show this too
        if self._waiting.full():
            while not self._waiting.empty():
                self._waiting.get_nowait()
            update = RESYNC
        self._resync_waits = self._resync_waits or update is RESYNC
        self._waiting.put_nowait(update)

    async def send_updates(self, state: WorkspaceState) -> None:
        """Send what comes, until the socket breaks: then whoever reads from it learns that too, and ends the page."""
        try:
            while True:
                update = await self._waiting.get()
                if update is RESYNC:
                    self._resync_waits, update = False, self._all(state)
                await self.socket.send_json(update)
        except ConnectionError:
            log.info("page.lost", extra={"user": self.user})

    def _all(self, state: WorkspaceState) -> Json:
        all_of_it = snapshot(state, self.user)
        views = [view for view in all_of_it["views"] if self._shows(view)]
        return {**all_of_it, "views": views, "notice": self._notice()}

    def _shows(self, view: Json) -> bool:
        """Tells whether a view of this person's is to be seen in this tab."""
        return view["tab"] in ("", self.session)


class Pages:
    """All open pages."""

    def __init__(self, state: WorkspaceState, people: Interactions, inspector: Inspector) -> None:
        self._state = state
        self._people = people
        self._inspector = inspector
        self._files = PageFiles(people)
        self._readers: set[PageReader] = set()
        self._notice: Json = {"text": "", "share": None}

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/", _index)
        app.router.add_get("/page/socket", self.connect)
        app.router.add_get(r"/archives/{channel:\w+}/p{ts:\d{7,}}", _message)
        self._files.add_routes(app)
        app.router.add_get("/page/{path:.+}", _file)

    def publish(self, happening: WorkspaceChange) -> None:
        """Tell every reader what concerns it. Never waits."""
        if not self._readers:
            return
        told = news(happening, self._state)
        for reader in self._readers:
            for update in told(reader.user):
                reader.put(update)

    def announce(self, text: str, share: float | None = None) -> None:
        """Show a line on every page, now and later, until another takes its place; "" takes it away. `share` is how much is
        done of what it tells, from 0 to 1; None where that is not known."""
        self._notice = {"text": text, "share": share}
        for reader in self._readers:
            reader.put({"type": "notice", **self._notice})

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve one page until it goes away."""
        user = self._person(request.query.get("user"))
        socket = web.WebSocketResponse(heartbeat=20, timeout=GOODBYE, max_msg_size=1024 * 1024)
        await socket.prepare(request)
        session = request.query.get("session", "")[:MOST_OF_A_NAME]
        reader = PageReader(user, session, socket, notice=lambda: self._notice)
        self._readers.add(reader)
        try:
            await self._serve(reader)
        finally:
            self._readers.discard(reader)
            self._inspector.unwatch(reader.put)
        return socket

    def _person(self, wanted: str | None) -> str:
        """Whom the page acts as: the one it names, or the first person there is."""
        people = [user.id for user in self._state.users.values() if not user.is_bot]
        return wanted if wanted in people else people[0]

    async def _serve(self, reader: PageReader) -> None:
        """Read what the page wants and send what happens, until the page goes away."""
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(reader.send_updates(self._state))
            while (text := await next_text(reader.socket)) is not None:
                await self._obey(reader, text)
            sending.cancel()

    async def _obey(self, reader: PageReader, text: str) -> None:
        """Carry out what the page asks for; what cannot be done is said on the page, in plain words."""
        try:
            wish = PageWish(as_object(json.loads(text)) or {}, reader.session)
            if self._inspector.asked(wish, reader.put):
                return
            self._forget_closed_tabs(reader.user)
            if answer := await fulfil(self._people, reader.user, wish):
                reader.put(answer)
        except Refused as refused:
            reader.put({"type": "error", "text": in_words(refused)})
        except (ValueError, RecursionError):
            log.warning("page.unreadable", extra={"chars": len(text)})
            reader.put({"type": "error", "text": in_words(Refused("invalid_arguments"))})

    def _forget_closed_tabs(self, user: str) -> None:
        """Takes the modals away that stood in tabs which a person has closed."""
        self._state.views.abandon(user, {one.session for one in self._readers})

    async def close(self) -> None:
        """Say goodbye to every page, so that each reconnects at once when the workspace is back."""
        for reader in list(self._readers):
            await reader.socket.close(code=1001, message=b"the workspace is closing")


async def _message(request: web.Request) -> web.StreamResponse:
    """Leads from a message's permalink to the page, with its thread open."""
    channel, digits = request.match_info["channel"], request.match_info["ts"]
    thread = request.query.get("thread_ts") or f"{digits[:-6]}.{digits[-6:]}"
    raise web.HTTPFound(f"/#/{quote(channel)}/{quote(thread)}")


async def _index(request: web.Request) -> web.StreamResponse:
    return _served(request, "index.html")


async def _file(request: web.Request) -> web.StreamResponse:
    return _served(request, request.match_info["path"])


def _served(request: web.Request, name: str) -> web.StreamResponse:
    """One of the folder's own files; what is not among them is not there, whatever dots its name has."""
    files = {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.rglob("*") if path.is_file()}
    if name not in files:
        raise web.HTTPNotFound(text=f"The page has no {request.path}")
    # Always asked for again: the page is as new as the server that serves it.
    return web.FileResponse(
        files[name], headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    )
