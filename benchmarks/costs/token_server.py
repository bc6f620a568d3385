"""A model's server that sends a packet a token, as real ones do; each word is the time at which it was sent.

`python -m benchmarks.costs.token_server` prints its base URL and serves until standard input ends. The model's name says how many
tokens an answer has: `tokens-500`. Written on bare sockets, since it shares the computer with what it measures.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import sys
import time
from pathlib import Path

import click

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
    b"Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
)
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_TOKENS = re.compile(rb'"model": *"tokens-(\d+)"')


def event(delta: dict[str, str], finish: str | None = None, usage: dict[str, int] | None = None) -> bytes:
    """One event of the stream, as large as OpenAI's are, in an HTTP chunk of its own."""
    body = {
        "id": "chatcmpl-CkNf0RZpNnZbq3mB6VXw0n2J7yq1o",
        "object": "chat.completion.chunk",
        "created": 1795785182,
        "model": "tokens",
        "service_tier": "default",
        "system_fingerprint": "fp_95d112f245",
        "choices": [] if usage else [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
        "usage": usage,
        "obfuscation": "pCqV3kJ0aW",
    }
    return chunk(f"data: {json.dumps(body, separators=(',', ':'))}\n\n".encode())


def chunk(data: bytes) -> bytes:
    """`data` as HTTP frames it where the length of all is not known."""
    return b"%x\r\n%b\r\n" % (len(data), data)


class TokenStream(asyncio.Protocol):
    """One connection: an answer for each request, a token every `every` seconds."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._loop = asyncio.get_running_loop()
        self._heard = b""
        self._next: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self._next is not None:
            self._next.cancel()

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, blank, body = self._heard.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if blank and length is not None and len(body) >= int(length[1]):
            self._heard = b""
            self._begin(body)

    def _begin(self, body: bytes) -> None:
        tokens = _TOKENS.search(body)
        self._left = int(tokens[1]) if tokens is not None else 5
        self._all = self._left
        self._due = self._loop.time()
        self._transport.write(HEAD + event({"role": "assistant", "content": ""}))
        self._say()

    def _say(self) -> None:
        self._left -= 1
        self._transport.write(event({"content": f"{time.monotonic():.3f} "}))
        if not self._left:
            self._end()
            return
        self._due += self._every
        self._next = self._loop.call_at(self._due, self._say)

    def _end(self) -> None:
        usage = {"prompt_tokens": 9, "completion_tokens": self._all, "total_tokens": self._all + 9}
        self._transport.write(event({}, "stop"))
        self._transport.write(event({}, usage=usage))
        self._transport.write(chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")


async def serve(every: float, certificate: Path | None) -> None:
    """Serve until standard input ends; over TLS where there is a certificate."""
    loop, context = asyncio.get_running_loop(), None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    server = await loop.create_server(lambda: TokenStream(every), "127.0.0.1", 0, backlog=500, ssl=context)
    scheme = "http" if context is None else "https"
    sys.stdout.write(f"{scheme}://localhost:{server.sockets[0].getsockname()[1]}/v1\n")
    sys.stdout.flush()
    async with server:
        await asyncio.to_thread(sys.stdin.read)


@click.command()
@click.option("--rate", default=50.0, help="Tokens a second of each answer.")
@click.option(
    "--certificate", type=click.Path(path_type=Path), help="With its key in the same file: over TLS."
)
def cli(rate: float, certificate: Path | None) -> None:
    """A model's server that sends a packet a token."""
    asyncio.run(serve(1 / rate, certificate))


if __name__ == "__main__":
    cli()
