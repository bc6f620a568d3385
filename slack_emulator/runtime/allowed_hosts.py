"""Decides who may speak to the workspace: programs of this computer, and its own page. No other site's page, whatever its name
leads to.

A page elsewhere has two ways to a server on this computer. It asks for 127.0.0.1 itself: then the browser says so in
`Origin` or `Sec-Fetch-Site`. Or its own name comes to mean 127.0.0.1 (DNS rebinding): then `Host` is a name that is not ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from aiohttp.typedefs import Middleware

OURS = ("127.0.0.1", "localhost", "::1")
ANY = ("0.0.0.0", "::", "")  # noqa: S104  (addresses to listen on that are no names)
NOT_OURS = (
    "{} is no name of this computer. Ask for 127.0.0.1 or localhost, or start the workspace with --name {}"
)
OTHER_SITE = "This is for the workspace's own page, and for programs: not for other sites' pages."


def guard(host: str, names: Iterable[str] = ()) -> Middleware:
    """Refuses requests under other names than this computer's, the address it listens on, and `names`; and other sites' pages."""
    known = {name.lower() for name in (*OURS, *names, *([] if host in ANY else [host]))}

    @web.middleware
    async def refuse_others(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        name = _name(request.headers.get("Host", ""))
        if name not in known:
            raise web.HTTPForbidden(text=NOT_OURS.format(name or "That", name or "NAME"))
        if _of_another_site(request):
            raise web.HTTPForbidden(text=OTHER_SITE)
        return await handler(request)

    return refuse_others


def _name(host: str) -> str:
    """The name in a Host header, whatever the port: a tunnel or a container may lead here from another one."""
    try:
        return (URL(f"http://{host}").host or "").lower().rstrip(".")
    except ValueError:
        return ""


def _of_another_site(request: web.Request) -> bool:
    """Tells whether a browser says that another page asks. To follow a link here is no asking, as long as it only looks."""
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin.partition("://")[2] != request.headers["Host"]
    if request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin"):
        return False
    follows = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    return not (follows and request.headers.get("Sec-Fetch-Dest", "document") == "document")
