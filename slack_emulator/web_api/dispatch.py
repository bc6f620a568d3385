"""The Web API: `/api/<method>` as Slack answers it.

In this order, as on Slack: read the arguments, know the method, know the token, meet a fault somebody has set, count
against the limits, look at the scopes, do the work. Refusals are `{"ok": false, "error": code}` with HTTP 200; only a rate
limit has a status of its own.
"""

from __future__ import annotations

import asyncio
import logging
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aiohttp import web

from slack_emulator.errors import Refused
from slack_emulator.runtime.traffic import Called
from slack_emulator.state.models import App
from slack_emulator.state.scopes import missing, needed
from slack_emulator.state.teams import Installed
from slack_emulator.web_api.arguments import Arguments, read_arguments
from slack_emulator.web_api.call import Call, Method
from slack_emulator.web_api.methods.conversations import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from slack_emulator.json_values import Json
    from slack_emulator.runtime.clock import Clock
    from slack_emulator.runtime.injected_failures import Fault, Faults
    from slack_emulator.runtime.traffic import Traffic
    from slack_emulator.state.changes import WorkspaceChange
    from slack_emulator.state.teams import Teams
    from slack_emulator.state.workspace import WorkspaceState
    from slack_emulator.web_api.rate_limits import Limits

log = logging.getLogger(__name__)

APP_TOKEN_METHODS = frozenset({"apps.connections.open", "apps.event.authorizations.list"})
OPEN_METHODS = frozenset({"api.test", "blocks.validate", "oauth.v2.access"})
"""Those that want no token."""
SECRETIVE = frozenset({"apps.connections.open", "oauth.v2.access"})
"""Those whose answers hold a secret."""
NOBODY = App("", "", "", "", "", "", "", frozenset(), ())
_ODD: Json = {"ok": False, "error": "not_slacks_answer"}
"""Stands in the record for an answer that a fault made up."""
APP_TOKEN_SCOPES = ("connections:write", "authorizations:read")


@dataclass(frozen=True, slots=True)
class Answer:
    """Holds what goes back over HTTP, `late` by so many seconds. `body` None: the connection closes instead. `odd`: these bytes go
    out in its place, with `headers`.
    """

    body: Json | None
    status: int = 200
    retry_after: int | None = None
    happened: tuple[WorkspaceChange, ...] = ()
    late: float = 0.0
    where: Installed | None = None
    odd: bytes | None = None
    headers: Mapping[str, str] | None = None

    @property
    def error(self) -> str | None:
        return "dropped" if self.body is None else self.body.get("error")


class WebApi:
    """Every call of every app ends here."""

    def __init__(
        self,
        teams: Teams,
        methods: Mapping[str, Method],
        *,
        limits: Limits,
        faults: Faults,
        clock: Clock,
        traffic: Traffic,
        publish: Callable[[WorkspaceState, Sequence[WorkspaceChange]], None],
    ) -> None:
        self._teams = teams
        self._methods = methods
        self._limits = limits
        self._faults = faults
        self._clock = clock
        self._traffic = traffic
        self._publish = publish

    def add_routes(self, app: web.Application) -> None:
        app.router.add_route("*", "/api/{method:[^/]*}", self.respond)

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """Answer one HTTP request."""
        method = request.match_info["method"]
        try:
            args = await read_arguments(request)
            answer = self.answer(method, args, request.host)
        except Refused as refused:
            args, answer = Arguments({}), _refusal(refused)
        self._record(method, args, answer)
        # Only now: whoever is woken by what happened finds the call in the record.
        if answer.where is not None:
            self._publish(answer.where.state, answer.happened)
        if answer.late:
            await asyncio.sleep(answer.late)  # real seconds: so long the app has to wait
        return _response(request, method, answer)

    def answer(self, method: str, args: Arguments, host: str) -> Answer:
        """Do what a call asks for, and say what to send back."""
        now = self._clock()
        try:
            work = self._known(method)
            where = self._caller(method, args.token, now)
        except Refused as refused:
            return _refusal(refused)
        call = Call(args, where.app, where.state, now, host, warnings=list(args.warnings))
        fault = self._faults.next(method, now)
        if fault is not None and fault.fails and not fault.carried_out:
            answer = _failure(fault)
        else:
            answer = self._limited(method, call) or _done(method, work, call)
        if fault is not None and fault.fails and fault.carried_out:
            answer = replace(_failure(fault), happened=answer.happened)
        return replace(answer, where=where, late=fault.latency if fault else 0.0)

    def _known(self, method: str) -> Method:
        if method not in self._methods:
            raise Refused("unknown_method")
        return self._methods[method]

    def _caller(self, method: str, token: str | None, now: float) -> Installed:
        """The app a token belongs to. A token of the other kind is a token all the same, but not for this."""
        if method in OPEN_METHODS:
            return Installed(self._teams.first, NOBODY)
        if token is None:
            raise Refused("not_authed")
        installed, app_level = self._teams.bearer(token, now)
        if app_level != (method in APP_TOKEN_METHODS):
            raise Refused("not_allowed_token_type")
        return installed

    def _limited(self, method: str, call: Call) -> Answer | None:
        """Slack's 429, where this call is one too many."""
        channel = call.args.values.get("channel")
        wait = self._limits.take(
            method,
            team=call.state.team.id,
            app=call.app.id,
            channel=None if channel is None else str(channel),
            now=call.now,
            outside=not (call.app.internal or call.state.readings.history_for_all),
        )
        if wait is None:
            return None
        # The app waits in real seconds, however fast the limit passes here.
        seconds = math.ceil(wait / self._clock.speed)
        log.info("call.limited", extra={"method": method, "retry_after": seconds})
        return _too_many(seconds)

    def _record(self, method: str, args: Arguments, answer: Answer) -> None:
        app_id = answer.where.app.id if answer.where else ""
        body = None if method in SECRETIVE else answer.body
        call = Called(method, args.shown, answer.status, answer.error, self._clock(), app_id, body)
        self._traffic.called(call)
        log.debug("call.answered", extra={"method": method, "status": answer.status, "error": answer.error})


def _done(method: str, work: Method, call: Call) -> Answer:
    try:
        check_scopes(method, call)
        body = {"ok": True} | work(call)
    except Refused as refused:
        return _refusal(refused, call.warnings)
    return Answer(_warned(body, call.warnings), happened=tuple(call.happened))


def check_scopes(method: str, call: Call) -> None:
    """`missing_scope` where the app may not do that: with the kinds of conversations the call names, or lists."""
    granted = APP_TOKEN_SCOPES if method in APP_TOKEN_METHODS else call.app.scopes
    wanted = missing(method, _kinds(call), granted)
    if method not in OPEN_METHODS and wanted is not None:
        raise Refused("missing_scope", needed=wanted, provided=",".join(granted))


def _kinds(call: Call) -> list[str]:
    for name in ("channel", "channel_id"):
        named = call.state.channels.get(str(call.args.values.get(name)))
        if named is not None:
            return [named.kind]
    listed = call.args.names("types")
    return [KINDS[each] for each in listed if each in KINDS]


def _warned(body: Json, warnings: Sequence[str]) -> Json:
    if not warnings:
        return body
    metadata = body.get("response_metadata", {}) | {"warnings": list(warnings)}
    return body | {"warning": ",".join(warnings), "response_metadata": metadata}


def _refusal(refused: Refused, warnings: Sequence[str] = ()) -> Answer:
    details: Json = {"response_metadata": {"messages": list(refused.details)}} if refused.details else {}
    return Answer(_warned({"ok": False, "error": refused.code} | refused.more | details, warnings))


def _too_many(wait: int) -> Answer:
    return Answer({"ok": False, "error": "ratelimited"}, status=429, retry_after=wait)


def _failure(fault: Fault) -> Answer:
    if fault.body is not None:
        odd = fault.body.encode(errors="surrogateescape")
        return Answer(_ODD, status=fault.status or 200, odd=odd, headers=fault.headers or {})
    if fault.retry_after is not None:
        return _too_many(fault.retry_after)
    if fault.error is not None:
        return Answer({"ok": False, "error": fault.error})
    if fault.drop:
        return Answer(None)
    return Answer({"ok": False, "error": "internal_error"}, status=fault.status or 500)


def _response(request: web.Request, method: str, answer: Answer) -> web.StreamResponse:
    if answer.body is None:
        # Without an answer and without a goodbye: the caller cannot know whether its call was carried out.
        request.protocol.force_close()
        return web.Response()
    if answer.odd is not None:
        headers = {"Content-Type": "application/json", **(answer.headers or {})}
        return web.Response(body=answer.odd, status=answer.status, headers=headers)
    headers = {} if answer.retry_after is None else {"Retry-After": str(answer.retry_after)}
    if answer.where is not None:
        headers["X-OAuth-Scopes"] = ",".join(answer.where.app.scopes)
        headers["X-Accepted-OAuth-Scopes"] = ",".join(needed(method))
    return web.json_response(answer.body, status=answer.status, headers=headers)
