"""The bytes of files: where an upload goes, and where a private address leads."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from slack_emulator.errors import Refused, WorkspaceError
from slack_emulator.web_api.arguments import form_of

if TYPE_CHECKING:
    from slack_emulator.runtime.clock import Clock
    from slack_emulator.state.models import App, File
    from slack_emulator.state.teams import Teams
    from slack_emulator.state.workspace import WorkspaceState

SIGN_IN = (
    "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to see this file.</body></html>"
)


class Uploads:
    """Serves the files of all workspaces."""

    def __init__(self, teams: Teams, *, clock: Clock) -> None:
        self._teams = teams
        self._clock = clock

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/upload/v1/{team}/{file}", self.take)
        for path in ("/files-pri/{team}-{file}/{name}", "/files-pri/download/{team}-{file}/{name}"):
            app.router.add_get(path, self.give)

    async def take(self, request: web.Request) -> web.Response:
        """The second step of an upload: the bytes as they are, or as the one file of a form."""
        try:
            state = self._teams[request.match_info["team"]]
        except WorkspaceError:
            raise web.HTTPNotFound from None
        file = request.match_info["file"]
        if file not in state.uploads:
            raise web.HTTPNotFound(
                text="no upload was begun here: ask files.getUploadURLExternal for an address"
            )
        state.contents[file] = content = await _bytes(request)
        return web.Response(text=f"OK - {len(content)}")

    async def give(self, request: web.Request) -> web.Response:
        """A file, to an app that may read it.

        Anybody else is sent away to sign in, with a 302; an app without the scope gets the page to sign in, with status 200, which has
        been taken for the file before.
        """
        try:
            state = self._teams[request.match_info["team"]]
            file = state.files[request.match_info["file"]]
            app = self._reader(request, state)
        except (KeyError, WorkspaceError):
            raise web.HTTPNotFound from None
        if app is None:
            raise web.HTTPFound(f"/?redir={quote(request.path)}")
        if not _may_read(app, file, state):
            return web.Response(text=SIGN_IN, content_type="text/html")
        return web.Response(body=state.contents.get(file.id, b""), content_type=file.mimetype)

    def _reader(self, request: web.Request, state: WorkspaceState) -> App | None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            installed, app_level = self._teams.bearer(token, self._clock())
        except Refused:
            return None
        return None if app_level or installed.state is not state else installed.app


def _may_read(app: App, file: File, state: WorkspaceState) -> bool:
    shared = [state.channels[channel] for channel in file.channels if channel in state.channels]
    seen = file.user == app.bot_user_id or any(app.bot_user_id in channel.members for channel in shared)
    return seen and "files:read" in app.scopes


async def _bytes(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    try:
        fields = await form_of(request)
    except Refused as refused:
        raise web.HTTPBadRequest(text=refused.code) from None
    found = next((field for field in fields.values() if isinstance(field, web.FileField)), None)
    return found.file.read() if found is not None else b""
