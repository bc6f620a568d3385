"""aiohttp below the OpenAI SDK's client, in the place of httpx2's own transport: it reads a packet at two thirds of the cost.

The SDK ships one, too. That one keeps its connection to itself, so that nobody could say when it wakes us (`bot.model.receive_mark`),
and it takes most of what may go wrong with a connection for a time-out.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import aiohttp
import httpx2
from openai import DEFAULT_CONNECTION_LIMITS

from bot.model.receive_mark import ReceiveMark

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Generator
    from socket import socket

MARK = "receive_mark"
"""Names in a response's extensions the `ReceiveMark` of its connection."""

_MEANINGS: tuple[tuple[type[Exception], type[httpx2.TransportError]], ...] = (
    (aiohttp.ConnectionTimeoutError, httpx2.ConnectTimeout),
    (aiohttp.ServerTimeoutError, httpx2.ReadTimeout),
    (aiohttp.NonHttpUrlClientError, httpx2.UnsupportedProtocol),
    (aiohttp.InvalidUrlClientError, httpx2.UnsupportedProtocol),
    (aiohttp.ClientHttpProxyError, httpx2.ProxyError),
    (aiohttp.ClientProxyConnectionError, httpx2.ProxyError),
    (aiohttp.ClientConnectorError, httpx2.ConnectError),
    (aiohttp.ServerDisconnectedError, httpx2.RemoteProtocolError),
    (aiohttp.ClientConnectionError, httpx2.ReadError),
    (aiohttp.ClientPayloadError, httpx2.ReadError),
    (aiohttp.ClientError, httpx2.RemoteProtocolError),
)
"""Says what httpx2 calls what aiohttp raises: the first that fits."""


class AiohttpTransport(httpx2.AsyncBaseTransport):
    """Its connections are made in the event loop of the first request, and are to be closed in it. `certificates` says whom to believe.
    `proxy` is the address of the one to ask through, name and password included; None: directly.

    It heeds no `Connection: close` of a request's own. Raises httpx2's errors.
    """

    def __init__(self, certificates: ssl.SSLContext, *, proxy: str | None) -> None:
        self._certificates = certificates
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self._session is None:
            self._session = self._open()
        body = await request.aread()
        with _in_httpx_words():
            response = await self._session.request(
                request.method,
                str(request.url),
                headers=request.headers.multi_items(),
                data=body or None,
                allow_redirects=False,
                timeout=_timeout(request),
                server_hostname=request.extensions.get("sni_hostname"),
                proxy=self._proxy,
            )
        return httpx2.Response(
            response.status,
            headers=list(response.raw_headers),
            stream=_Body(response),
            extensions={
                "http_version": b"HTTP/1.1",
                "reason_phrase": (response.reason or "").encode(),
                MARK: ReceiveMark(_socket(response)),
            },
        )

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        limits = DEFAULT_CONNECTION_LIMITS
        connector = aiohttp.TCPConnector(
            limit=limits.max_connections or 0,
            keepalive_timeout=limits.keepalive_expiry,
            ssl=self._certificates,
        )
        # Cookies and compression are httpx2's to care for.
        return aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        )


class _Body(httpx2.AsyncByteStream):
    """Hands out what a response says, each time all that has come."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _in_httpx_words():
            async for data in self._response.content.iter_any():
                yield data

    async def aclose(self) -> None:
        self._response.release()
        await self._response.wait_for_close()


def _timeout(request: httpx2.Request) -> aiohttp.ClientTimeout:
    told = cast("dict[str, float | None]", request.extensions.get("timeout", {}))
    return aiohttp.ClientTimeout(
        connect=told.get("pool"), sock_connect=told.get("connect"), sock_read=told.get("read")
    )


def _socket(response: aiohttp.ClientResponse) -> socket | None:
    """Returns what it comes from; None where all of it is here."""
    connection = response.connection
    transport = None if connection is None else connection.transport
    return None if transport is None else cast("socket", transport.get_extra_info("socket"))


@contextmanager
def _in_httpx_words() -> Generator[None]:
    try:
        yield
    except Exception as error:
        meaning = next((ours for theirs, ours in _MEANINGS if isinstance(error, theirs)), None)
        if meaning is None:
            raise
        raise meaning(str(error)) from error
