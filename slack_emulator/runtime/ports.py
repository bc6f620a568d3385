"""Opening a port, and what to do where it does not open."""

from __future__ import annotations

import errno
import logging
from typing import TYPE_CHECKING, Protocol

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from slack_emulator.errors import WorkspaceError
from slack_emulator.runtime.allowed_hosts import ANY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp.typedefs import Middleware

_server_log = logging.getLogger(f"{__name__}.server")

CLOSING = 2.0  # seconds the last answers have when the workspace closes
MOST_BODY = 64 * 1024 * 1024  # bytes of a request: an uploaded file, or an export


class Routed(Protocol):
    """Answers some of the paths."""

    def add_routes(self, app: web.Application) -> None:
        """Tell the application which."""
        ...


def application(*parts: Routed, guard: Middleware, on_close: Callable[[], Awaitable[None]]) -> web.AppRunner:
    """A server of all these parts' routes, not yet listening. `guard` sees every request first."""

    async def close(_: web.Application) -> None:
        await on_close()

    served = web.Application(client_max_size=MOST_BODY, middlewares=[guard, _refuse_broken])
    for part in parts:
        part.add_routes(served)
    served.on_shutdown.append(close)
    # No body unpacks itself: Slack takes none that is packed.
    return web.AppRunner(
        served, access_log=None, logger=_server_log, shutdown_timeout=CLOSING, auto_decompress=False
    )


def _in_one_line(record: logging.LogRecord) -> bool:
    """What is no HTTP is the caller's mistake: the traceback through the server would tell nobody anything."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        record.msg, record.args = "Turned away what is no HTTP: %s", (type(error).__name__,)
        record.exc_info = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
    return True


_server_log.addFilter(_in_one_line)


@web.middleware
async def _refuse_broken(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """A body that breaks off, or is not framed as HTTP says, is the caller's mistake."""
    try:
        return await handler(request)
    except (web.RequestPayloadError, HttpProcessingError):
        raise web.HTTPBadRequest(text="The body cannot be read to its end.") from None


async def listen(runner: web.AppRunner, host: str, port: int) -> str:
    """Open the port; answers the page's address."""
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise WorkspaceError(mend(error, host, port)) from error
    bound: int = runner.addresses[0][1]
    return f"http://{_named(host)}:{bound}"


def _named(host: str) -> str:
    """A name for an address to listen on."""
    if host in ANY:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def mend(error: OSError, host: str, port: int) -> str:
    """Returns why the workspace cannot listen, and what to do about it."""
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken: stop what listens there, or choose another port (0 takes any free one)"
    if error.errno == errno.EACCES:
        return f"port {port} is not ours to open: choose one above 1023 (0 takes any free one)"
    return f"cannot listen on {host}: {error.strerror or error}; 127.0.0.1 is this computer"
