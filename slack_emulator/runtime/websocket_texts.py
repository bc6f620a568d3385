"""Reads what comes over a WebSocket as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import WSMsgType

if TYPE_CHECKING:
    from aiohttp import web

ENDS = (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED)


async def next_text(socket: web.WebSocketResponse) -> str | None:
    """Returns the next text, whatever else comes before it; None once the socket is closed or broken.

    aiohttp answers pings while it reads, and raises where the socket closes meanwhile: that is an end like any other.
    """
    while True:
        try:
            message = await socket.receive()
        except ConnectionError:
            return None
        if message.type in ENDS:
            return None
        if message.type is WSMsgType.TEXT:
            return str(message.data)
