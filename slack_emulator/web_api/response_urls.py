"""response_url: what an app answers to an interaction, at once or within half an hour, without any token."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from aiohttp import web

from slack_emulator.errors import Refused
from slack_emulator.json_values import as_object
from slack_emulator.state.models import MessageEdit
from slack_emulator.web_api.arguments import Arguments
from slack_emulator.web_api.message_arguments import content_of, draft

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from slack_emulator.json_values import Json
    from slack_emulator.runtime.clock import Clock
    from slack_emulator.state.changes import WorkspaceChange
    from slack_emulator.state.teams import Teams
    from slack_emulator.state.triggers import ResponseUrl
    from slack_emulator.state.workspace import WorkspaceState

log = logging.getLogger(__name__)


def answered(state: WorkspaceState, where: ResponseUrl, answer: Json, now: float) -> list[WorkspaceChange]:
    """Carries out an answer: replaces or deletes the message that was used, or says something, to one person or to all."""
    args = Arguments(answer)
    app, ts = state.apps[where.app_id], where.message_ts
    if args.flag("delete_original") and ts:
        return state.delete(where.channel, ts, by=app.bot_user_id, now=now)
    parts = content_of(args, state.readings)
    if args.flag("replace_original") and ts:
        change = MessageEdit(parts.text, parts.blocks, parts.attachments, parts.metadata)
        return state.update(where.channel, ts, change, by=app.bot_user_id, now=now)
    if parts.empty:
        raise Refused("no_text")
    message = draft(args, parts, app, channel=where.channel)
    if args.text("response_type") == "in_channel":
        return state.post(message, now)
    return state.whisper(message, where.user, now)


class ResponseUrls:
    """Serves all response URLs of all workspaces."""

    def __init__(
        self,
        teams: Teams,
        *,
        clock: Clock,
        publish: Callable[[WorkspaceState, Sequence[WorkspaceChange]], None],
    ) -> None:
        self._teams = teams
        self._clock = clock
        self._publish = publish

    def add_routes(self, app: web.Application) -> None:
        for kind in ("actions", "commands"):
            app.router.add_post(f"/{kind}/{{name:.+}}", self.respond)

    async def respond(self, request: web.Request) -> web.Response:
        """Take one answer: "ok", or Slack's code with 404 for a URL that is no longer good and 400 for the rest."""
        try:
            answer = as_object(json.loads(await request.read()))
        except (ValueError, RecursionError):
            answer = None
        if answer is None:
            return web.Response(text="invalid_payload", status=400)
        return self._answered(request.match_info["name"], answer)

    def _answered(self, name: str, answer: Json) -> web.Response:
        now = self._clock()
        for state in self._teams:
            if not state.tickets.knows(name):
                continue
            try:
                where = state.tickets.use(name, now)
                self._publish(state, answered(state, where, answer, now))
            except Refused as refused:
                status = 404 if refused.code in ("expired_url", "used_url") else 400
                return web.json_response({"ok": False, "error": refused.code}, status=status)
            return web.Response(text="ok")
        return web.json_response({"ok": False, "error": "expired_url"}, status=404)
