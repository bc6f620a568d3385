"""The SDK's HTTP client over aiohttp, with real connections: what it says, and what becomes of them."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from base64 import b64encode
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx2
import pytest

from bot.model.aiohttp_transport import MARK, AiohttpTransport
from bot.model.receive_mark import POSSIBLE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Sequence

HEAD = b"HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"
NOBODY = "http://127.0.0.1:9"


class Server:
    """Answers each request by the next of these, which are bytes or something to wait for; and goes on where all are used up."""

    def __init__(self, *answers: Sequence[bytes | Awaitable[object]]) -> None:
        self._answers = list(answers)
        self.heard: list[bytes] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while self._answers:
                self.heard.append(await reader.readuntil(b"\r\n\r\n"))
                for piece in self._answers.pop(0):
                    if isinstance(piece, bytes):
                        writer.write(piece)
                    else:
                        await piece
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # whoever asked has left
        finally:
            writer.close()


@asynccontextmanager
async def asking(server: Server) -> AsyncIterator[tuple[httpx2.AsyncClient, str]]:
    """A client, and where the server is."""
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0) as listening:
        url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        async with client() as http:
            yield http, url


def client(*, proxy: str | None = None) -> httpx2.AsyncClient:
    transport = AiohttpTransport(ssl.create_default_context(), proxy=proxy)
    return httpx2.AsyncClient(transport=transport, trust_env=False, timeout=None)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def test_an_answer_is_said_with_its_status_its_reason_and_its_headers() -> None:
    async with asking(Server([b"HTTP/1.1 404 Nowhere\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nno"])) as (
        http,
        url,
    ):
        said = await http.get(f"{url}/a%2Fb?c=d%20e", headers={"X-B": "2"})
        assert (said.status_code, said.reason_phrase, said.headers["x-a"], said.text) == (
            404,
            "Nowhere",
            "1",
            "no",
        )


async def test_a_request_is_sent_as_it_was_made() -> None:
    server = Server([b"HTTP/1.1 204 None\r\n\r\n"])
    async with asking(server) as (http, url):
        await http.post(f"{url}/v1?c=d%20e", content=b"Hello", headers={"Authorization": "Bearer x"})
    [heard] = server.heard
    assert heard.startswith(b"POST /v1?c=d%20e HTTP/1.1\r\n")
    assert b"\r\nauthorization: bearer x\r\n" in heard.lower()
    assert b"\r\ncontent-length: 5\r\n" in heard.lower()


async def test_a_connection_serves_one_request_after_the_other_and_keeps_no_cookies_of_its_own() -> None:
    told = b"HTTP/1.1 200 Fine\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
    server = Server([told], [told])
    async with asking(server) as (http, url):
        await http.get(url)
        http.cookies.clear()
        await http.get(url)
    assert server.connections == 1
    assert b"cookie" not in server.heard[1].lower()


async def test_a_redirect_is_the_client_s_to_follow() -> None:
    server = Server([b"HTTP/1.1 302 There\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"])
    async with asking(server) as (http, url):
        assert (await http.get(url)).status_code == 302


async def test_a_read_takes_all_that_has_come() -> None:
    large = b"w" * 40_000
    server = Server([HEAD, chunk(large), chunk(b"and more"), END])
    async with asking(server) as (http, url), http.stream("GET", url) as response:
        assert b"".join([data async for data in response.aiter_raw()]) == large + b"and more"


async def test_what_is_compressed_is_unpacked_by_the_client() -> None:
    head = b"HTTP/1.1 200 Fine\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with asking(Server([head, chunk(gzip.compress(b"Hello")), END])) as (http, url):
        assert (await http.get(url)).text == "Hello"


async def test_it_is_asked_through_a_proxy_that_wants_a_password() -> None:
    proxy = Server([b"HTTP/1.1 200 Fine\r\nContent-Length: 2\r\n\r\nhi"])
    async with await asyncio.start_server(proxy.serve, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        async with client(proxy=f"http://ada:p%40ss@127.0.0.1:{port}") as http:
            assert (await http.get("http://model.example/v1")).text == "hi"
    [heard] = proxy.heard
    assert heard.startswith(b"GET http://model.example/v1 HTTP/1.1\r\n")
    assert b"\r\nproxy-authorization: basic " + b64encode(b"ada:p@ss").lower() in heard.lower()


@pytest.mark.parametrize(
    ("answer", "due"),
    [
        ([], httpx2.RemoteProtocolError),
        ([b"SSH-2.0-OpenSSH_9.6\r\n\r\n"], httpx2.RemoteProtocolError),
        ([HEAD, chunk(b"half")], httpx2.ReadError),
        ([b"HTTP/1.1 200 Fine\r\nContent-Length: 9\r\n\r\nhalf"], httpx2.ReadError),
    ],
    ids=["closed before it answers", "no HTTP", "cut in a stream", "cut"],
)
async def test_what_a_server_does_is_told_as_httpx_tells_it(
    answer: Sequence[bytes], due: type[Exception]
) -> None:
    async with asking(Server(answer)) as (http, url):
        with pytest.raises(due) as caught:
            await http.post(url)  # a GET would be repeated by aiohttp itself
    assert caught.type is due


@pytest.mark.parametrize(
    ("url", "proxy", "due"),
    [
        (NOBODY, None, httpx2.ConnectError),
        ("http://model.example/v1", NOBODY, httpx2.ProxyError),
        ("ftp://model.example/v1", None, httpx2.UnsupportedProtocol),
    ],
    ids=["refused", "a proxy that is not there", "no address for HTTP"],
)
async def test_what_cannot_be_reached_is_told_as_httpx_tells_it(
    url: str, proxy: str | None, due: type[Exception]
) -> None:
    async with client(proxy=proxy) as http:
        with pytest.raises(due) as caught:
            await http.get(url)
    assert caught.type is due


async def test_a_silence_is_a_time_out_of_the_reading() -> None:
    silence = asyncio.Event()
    async with asking(Server([HEAD, silence.wait()])) as (http, url):
        with pytest.raises(httpx2.ReadTimeout):
            await http.get(url, timeout=httpx2.Timeout(None, read=0.01))
        silence.set()


@pytest.mark.skipif(not POSSIBLE, reason="this system has no low-water mark that can be lowered in time")
async def test_a_response_says_whether_its_packets_wake_who_reads_it() -> None:
    more, rest = asyncio.Event(), asyncio.Event()
    server = Server([HEAD, chunk(b"a"), more.wait(), chunk(b"b"), rest.wait(), END])
    async with asking(server) as (http, url), http.stream("GET", url) as response:
        pieces = response.aiter_raw()
        assert await anext(pieces) == b"a"
        reading = asyncio.ensure_future(anext(pieces))
        response.extensions[MARK].hold()
        more.set()
        await _until_others_were_heard()
        assert not reading.done()
        response.extensions[MARK].release()
        assert await reading == b"b"
        rest.set()


async def _until_others_were_heard() -> None:
    """Returns when something that was sent by now over another connection has been read."""
    async with asking(Server([b"HTTP/1.1 204 None\r\n\r\n"])) as (http, url):
        await http.get(url)
