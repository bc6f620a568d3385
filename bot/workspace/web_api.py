"""The Web API: `/api/<method>` as Slack answers it.

In this order, as on Slack: read the arguments, know the method, know the token, meet a fault a test has set, count
against the limits, do the work. Refusals are `{"ok": false, "error": code}` with HTTP 200; only a rate limit has a
status of its own.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aiohttp import web

from bot.workspace.arguments import Arguments, read_arguments
from bot.workspace.calls import Call, Method
from bot.workspace.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.workspace.faults import Fault, Faults
    from bot.workspace.limits import Limits
    from bot.workspace.records import App, Happening, Json
    from bot.workspace.state import State

log = logging.getLogger(__name__)

CALLS_KEPT = 10_000
APP_TOKEN_METHODS = frozenset({"apps.connections.open"})


@dataclass(frozen=True, slots=True)
class Called:
    """One line of the record: a call, and how it was answered. `error` is None where all went well."""

    method: str
    args: Json
    status: int
    error: str | None
    at: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over HTTP. `body` None: the connection closes instead."""

    body: Json | None
    status: int = 200
    retry_after: int | None = None
    happened: tuple[Happening, ...] = ()

    @property
    def error(self) -> str | None:
        return "dropped" if self.body is None else self.body.get("error")


class WebApi:
    """Every call of every app ends here."""

    def __init__(
        self,
        state: State,
        methods: Mapping[str, Method],
        *,
        limits: Limits,
        faults: Faults,
        clock: Callable[[], float],
        publish: Callable[[Sequence[Happening]], None],
    ) -> None:
        self.calls: deque[Called] = deque(maxlen=CALLS_KEPT)
        self._state = state
        self._methods = methods
        self._limits = limits
        self._faults = faults
        self._clock = clock
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
        self._publish(answer.happened)
        return _response(request, answer)

    def answer(self, method: str, args: Arguments, host: str) -> Answer:
        """Do what a call asks for, and say what to send back."""
        try:
            work = self._known(method)
            app = self._caller(method, args.token)
        except Refused as refused:
            return _refusal(refused)
        fault = self._faults.next(method)
        if fault is not None and not fault.carried_out:
            return _failure(fault)
        call = Call(args, app, self._state, self._clock(), host)
        answer = self._limited(method, call) or _done(work, call)
        return replace(_failure(fault), happened=answer.happened) if fault is not None else answer

    def _known(self, method: str) -> Method:
        if method not in self._methods:
            raise Refused("unknown_method")
        return self._methods[method]

    def _caller(self, method: str, token: str | None) -> App:
        """The app a token belongs to. A token of the other kind is a token all the same, but not for this."""
        if token is None:
            raise Refused("not_authed")
        for app in self._state.apps.values():
            if token in (app.bot_token, app.app_token):
                if (token == app.app_token) != (method in APP_TOKEN_METHODS):
                    raise Refused("not_allowed_token_type")
                return app
        raise Refused("invalid_auth")

    def _limited(self, method: str, call: Call) -> Answer | None:
        """Slack's 429, where this call is one too many."""
        channel = call.args.values.get("channel")
        where = None if channel is None else str(channel)
        wait = self._limits.take(
            method, team=self._state.team.id, app=call.app.id, channel=where, now=call.now
        )
        if wait is None:
            return None
        log.info("call.limited", extra={"method": method, "retry_after": wait})
        return _too_many(wait)

    def _record(self, method: str, args: Arguments, answer: Answer) -> None:
        self.calls.append(Called(method, args.values, answer.status, answer.error, self._clock()))
        log.debug("call.answered", extra={"method": method, "status": answer.status, "error": answer.error})


def _done(work: Method, call: Call) -> Answer:
    try:
        body = {"ok": True} | work(call)
    except Refused as refused:
        return _refusal(refused)
    return Answer(body, happened=tuple(call.happened))


def _refusal(refused: Refused) -> Answer:
    details: Json = {"response_metadata": {"messages": list(refused.details)}} if refused.details else {}
    return Answer({"ok": False, "error": refused.code} | details)


def _too_many(wait: int) -> Answer:
    return Answer({"ok": False, "error": "ratelimited"}, status=429, retry_after=wait)


def _failure(fault: Fault) -> Answer:
    if fault.retry_after is not None:
        return _too_many(fault.retry_after)
    if fault.error is not None:
        return Answer({"ok": False, "error": fault.error})
    return (
        Answer(None) if fault.drop else Answer({"ok": False, "error": "internal_error"}, status=fault.status)
    )


def _response(request: web.Request, answer: Answer) -> web.StreamResponse:
    if answer.body is None:
        # Without an answer and without a goodbye: the caller cannot know whether its call was carried out.
        request.protocol.force_close()
        return web.Response()
    headers = {} if answer.retry_after is None else {"Retry-After": str(answer.retry_after)}
    return web.json_response(answer.body, status=answer.status, headers=headers)
