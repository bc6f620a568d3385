"""Texts read from a real socket, and how its end is told."""

from __future__ import annotations

import aiohttp
from aiohttp import web

from slack_emulator.runtime.websocket_texts import next_text
from tests.slack_emulator.served import served


async def test_texts_come_one_after_the_other_and_none_when_the_socket_is_closed() -> None:
    read: list[str | None] = []

    async def read_all(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        read.extend([await next_text(socket) for _ in range(3)])
        return socket

    async with served(read_all) as url, aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        await socket.send_str("one")
        await socket.send_bytes(b"no text")
        await socket.ping()
        await socket.send_str("two")
        await socket.close()
    assert read == ["one", "two", None]


async def test_a_ping_on_a_connection_that_is_closing_is_its_end_and_no_fault() -> None:
    read: list[str | None] = []

    async def cut(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        read.append(await next_text(socket))
        request.protocol.force_close()
        read.append(await next_text(socket))
        return socket

    async with served(cut) as url, aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        await socket.send_str("cut me")
        await socket.ping()  # it has come by the time the text is read
        await socket.receive()
    assert read == ["cut me", None]
