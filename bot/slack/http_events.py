"""Slack's events over HTTP: a port that anybody can reach, and behind it only what Slack has signed.

    headers look signed? ──► body, whole and small? ──► signature right? ──► JSON? ──► Bolt
            401                    408, 413                  401              400

Nothing of a request is parsed before its signature is known to be right.
"""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.core.conversation.incoming import is_own_echo
from bot.core.conversation.json_payload import as_list
from bot.errors import SettingsError
from bot.observability import facts
from bot.observability.hooks import tell
from bot.observability.logs import way_to
from bot.slack.connection_limits import BACKLOG, Acceptor, ConnectionStage, bounds_for, open_files
from bot.slack.rare_log import Seldom

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping

    from slack_bolt.async_app import AsyncApp

    from bot.slack.connection_limits import Bounds, Connection

_server_log = logging.getLogger(f"{__name__}.server")

EVENTS_PATH = "/slack/events"
HEALTH_PATH = "/healthz"
# errno of a taken port, and of one we may not take, by system
BUSY, NOT_ALLOWED = (98, 48, 10048), (13, 10013)

MOST_BODY = 1024 * 1024
"""Bytes: a changed message, twice 40,000 characters, each with its six-byte escape, fits."""
BODY_WITHIN = 10.0  # seconds; Slack gives an event up after three
KEPT_FOR = 75.0  # seconds a connection may be idle: longer than load balancers keep one, mostly 60
CLOSING = 3.0  # seconds running requests have when we stop: longer than Slack waits
# How aiohttp's server reads: short headers, and no body that unpacks itself.
READING: dict[str, Any] = {
    "keepalive_timeout": KEPT_FOR,
    "lingering_time": 1.0,
    "max_field_size": 4096,
    "max_headers": 64,
    "auto_decompress": False,
}

SERVED = ("event_callback", "url_verification", "block_actions", "view_submission")
PARTS = ("event", "view", "message", "container", "channel", "user")
STAMP, SIGNATURE = re.compile(r"[0-9]{1,12}"), re.compile(r"v0=[0-9a-f]{64}")
# What Bolt raises of a JSON object that is shaped like no request of Slack's.
MISSHAPEN = (ValueError, TypeError, AttributeError, LookupError, RecursionError)


@asynccontextmanager
async def http_events(
    app: AsyncApp,
    *,
    signing_secret: str,
    host: str,
    port: int,
    bounds: Bounds | None = None,
    pages: Iterable[web.RouteDef] = (),
) -> AsyncGenerator[int]:
    """Receive events at `/slack/events` while the block runs; yields the port, which is a free one where 0 was asked for.

    `pages` are served beside them. `bounds` are how much strangers may take; None: what fits this process's open files. Raises SettingsError where the
    port cannot be had.
    """
    seldom = Seldom(asyncio.get_running_loop().time)
    door = Door(app, signing_secret, seldom)
    runner = web.AppRunner(
        door.application(pages), access_log=None, logger=_server_log, shutdown_timeout=CLOSING, **READING
    )
    quiet = Quiet(seldom)
    _server_log.addFilter(quiet)
    await runner.setup()
    assert runner.server is not None
    door.acceptor = Acceptor(runner.server, bounds=bounds or bounds_for(open_files()), seldom=seldom)
    try:
        listening = await _listen(host, port)
        async with asyncio.TaskGroup() as tasks:
            accepting = [tasks.create_task(door.acceptor.accept(each)) for each in listening]
            try:
                yield int(listening[0].getsockname()[1])
            finally:
                for task, each in zip(accepting, listening, strict=True):
                    task.cancel()
                    each.close()
    finally:
        await runner.cleanup()
        _server_log.removeFilter(quiet)


async def _listen(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen there, one a family of addresses. SettingsError says why there are none."""
    try:
        # asyncio finds and binds them; it does not serve them, since it accepts without any limit.
        server = await asyncio.get_running_loop().create_server(
            asyncio.Protocol, host, port, start_serving=False
        )
        found = [each.dup() for each in server.sockets]
        server.close()
        for each in found:
            each.listen(BACKLOG)
    except OSError as error:
        if error.errno in BUSY:
            raise SettingsError(
                f"PORT={port} is in use: stop the other program, or set PORT to a free port."
            ) from error
        if error.errno in NOT_ALLOWED:
            raise SettingsError(f"PORT={port} needs more rights: set PORT to one above 1023.") from error
        raise SettingsError(
            f"Cannot listen on {host}, port {port}: {error.strerror or error}. Set TELEPRINTER_HOST to an address of ours."
        ) from error
    except ValueError as error:  # a name that no computer can have
        raise SettingsError(f"TELEPRINTER_HOST={host} is no address: write one of this computer.") from error
    return found


class Door:
    """Answers requests: Slack's go to Bolt, others are turned away."""

    acceptor: Acceptor

    def __init__(self, app: AsyncApp, signing_secret: str, seldom: Seldom) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret)
        self._seldom = seldom

    def application(self, pages: Iterable[web.RouteDef] = ()) -> web.Application:
        """The paths there are."""
        served = web.Application(middlewares=[self._attend], client_max_size=MOST_BODY)
        served.add_routes([web.post(EVENTS_PATH, self.take), web.get(HEALTH_PATH, self.tell_health), *pages])
        return served

    @web.middleware
    async def _attend(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Keep the connection's stage while its request is here."""
        connection = self._connection(request)
        connection.enter(ConnectionStage.READING)
        try:
            return await handler(request)
        finally:
            connection.enter(ConnectionStage.IDLE)

    def _connection(self, request: web.Request) -> Connection:
        connection = self.acceptor[request.protocol]
        if connection is None:  # it was closed between its headers and now
            raise web.HTTPServiceUnavailable
        return connection

    async def tell_health(self, _: web.Request) -> web.StreamResponse:
        """We are up."""
        return web.json_response({"ok": True})

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Pass on what Slack has signed."""
        stamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not (STAMP.fullmatch(stamp) and SIGNATURE.fullmatch(signature)):
            raise self._refused(request, web.HTTPUnauthorized(), "not signed")
        text = await self._text(request)
        if text is None or not self._verifier.is_valid(text, stamp, signature):
            raise self._refused(request, web.HTTPUnauthorized(), "wrong signature")
        # The first of each name, as above: what Bolt checks again is what we have checked.
        headers = {name: request.headers[name] for name in request.headers}
        try:
            wanted = AsyncBoltRequest(body=text, headers=headers)  # type: ignore[arg-type]
            if not _is_shaped(wanted.body):
                raise TypeError("neither an event nor a question of Slack's")
        except MISSHAPEN:
            raise self._refused(request, web.HTTPBadRequest(), "signed, but no event") from None
        connection = self._connection(request)
        connection.signed = True
        connection.enter(ConnectionStage.WORKING)
        if is_own_echo(wanted.body):
            return web.Response()  # not through Bolt: they are as many as our edits
        return await to_aiohttp_response(await self._app.async_dispatch(wanted))

    async def _text(self, request: web.Request) -> str | None:
        """The body; None where it is no text."""
        if (request.content_length or 0) > MOST_BODY:
            raise self._refused(request, _too_large(), "body too large")
        try:
            async with asyncio.timeout(BODY_WITHIN):
                body = await self._read(request)
        except TimeoutError:
            raise self._refused(request, web.HTTPRequestTimeout(), "body too slow") from None
        except (web.RequestPayloadError, HttpProcessingError, ConnectionError):
            raise self._refused(request, web.HTTPBadRequest(), "body broken") from None
        try:
            return body.decode()
        except UnicodeDecodeError:
            return None

    async def _read(self, request: web.Request) -> bytearray:
        connection, body = self._connection(request), bytearray()
        try:
            async for chunk in request.content.iter_any():
                body += chunk
                self.acceptor.hold(connection, len(body))
                if len(body) > MOST_BODY:
                    raise self._refused(request, _too_large(), "body too large")
        finally:
            self.acceptor.hold(connection, 0)
        return body

    def _refused(self, request: web.Request, answer: web.HTTPException, kind: str) -> web.HTTPException:
        """The answer to raise, once the log knows why."""
        self.acceptor.told(kind, request.remote or "")
        return answer


def _is_shaped(body: Mapping[str, object]) -> bool:
    """Tells whether Bolt can take it: what is of no kind that the manifest asks for may be shaped like anything."""
    if body.get("ssl_check") == "1":
        return True
    if body.get("type") == "url_verification" and not isinstance(body.get("challenge"), str):
        return False
    if "actions" in body and not as_list(body["actions"]):
        return False
    parts = [*as_list(body.get("actions")), *(body.get(name, {}) for name in PARTS)]
    return body.get("type") in SERVED and all(isinstance(each, dict) for each in parts)


def _too_large() -> web.HTTPException:
    return web.HTTPRequestEntityTooLarge(MOST_BODY)


class Quiet(logging.Filter):
    """For the server's own log: what strangers send is no error of ours, and told once an hour and kind."""

    def __init__(self, seldom: Seldom) -> None:
        super().__init__()
        self._seldom = seldom

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        kind = type(error).__name__ if error else "other"
        if (times := self._seldom.due(kind)) is not None:
            if isinstance(error, HttpProcessingError):
                tell(facts.HttpTurnedAway(kind=kind, times=times))
            else:
                way = way_to(error) if error else ""
                tell(facts.HttpFailed(kind=kind, times=times, way=way, logged_at=record.levelno))
        return False
