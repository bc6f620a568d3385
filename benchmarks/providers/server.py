"""A server on this computer that answers every POST with the steps it was given, keeps what it was asked, and sees when its client
hangs up."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType
    from typing import Self

Step: TypeAlias = bytes | float
"""Bytes to send, or seconds to be silent."""


@dataclass(frozen=True)
class Answer:
    """The answer to one request. An endless one begins again with its last two steps until its client hangs up."""

    steps: Sequence[Step]
    status: int = 200
    content_type: str = "text/event-stream"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    endless: bool = False


class Server:
    """Answers with `answers` in order, and with the last one again when they are used up."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.bodies: list[Any] = []  # of the questions, as JSON
        self.hung_up = asyncio.Event()
        self.address = ""
        self._server: asyncio.Server | None = None

    def play(self, *answers: Answer) -> None:
        """Forget what was before."""
        self.answers = list(answers)
        self.bodies.clear()
        self.hung_up.clear()

    @property
    def asked(self) -> int:
        """Says how many questions have come since the last play."""
        return len(self.bodies)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            body = await _read_body(reader, head)
            if head.startswith("POST"):
                answer = self.answers[min(self.asked, len(self.answers) - 1)]
                self.bodies.append(json.loads(body or b"null"))
                await self._answer(answer, reader, writer)
            else:
                writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 11\r\nconnection: close\r\n\r\n{"data":[]}')
        except (ConnectionError, asyncio.IncompleteReadError):
            self.hung_up.set()
        finally:
            writer.close()

    async def _answer(
        self, answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        headers = {"content-type": answer.content_type, "connection": "close", **answer.headers}
        lines = [f"HTTP/1.1 {answer.status} X", "transfer-encoding: chunked"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        gone = asyncio.create_task(reader.read())
        try:
            await self._play(answer, writer, gone)
        finally:
            if gone.done():
                self.hung_up.set()
            gone.cancel()

    async def _play(self, answer: Answer, writer: asyncio.StreamWriter, gone: asyncio.Task[bytes]) -> None:
        steps = list(answer.steps)
        while steps and not gone.done():
            step = steps.pop(0)
            if isinstance(step, bytes):
                if step:
                    writer.write(f"{len(step):x}\r\n".encode() + step + b"\r\n")
                    await writer.drain()
            else:
                await asyncio.wait([gone], timeout=step)
            if answer.endless and not steps:
                steps = list(answer.steps[-2:])
        writer.write(b"0\r\n\r\n")
        await writer.drain()


async def _read_body(reader: asyncio.StreamReader, head: str) -> bytes:
    if length := re.search(r"content-length: *(\d+)", head, re.IGNORECASE):
        return await reader.readexactly(int(length[1]))
    body = b""
    while "chunked" in head.lower() and (size := int(await reader.readline(), 16)):
        body += await reader.readexactly(size)
        await reader.readline()
    return body
