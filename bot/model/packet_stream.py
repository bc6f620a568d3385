"""The OpenAI SDK's stream, read a packet at a time: everything around it (retries, errors, proxies, time-outs) stays the SDK's.

    stream = await client.post(path, cast_to=object, stream=True, stream_cls=PacketStream, ...)
    async for chunks in stream: ...            a list for each read of the network that held whole events

The SDK's own decoder takes every line of every event through four generators; what it says of a stream, this says, too.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import httpx2
from openai import APIConnectionError, APIError, APITimeoutError, AsyncStream

from bot.model.aiohttp_transport import MARK
from bot.model.receive_mark import ReceiveMark
from bot.model.sse_events import EventSplitter, data_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

_LAST_BYTES = 0.1
"""Seconds that the end of the body may take after `[DONE]`, as in the SDK: a body read to its end leaves a connection for the next."""
_DECODER = json.JSONDecoder()


class PacketStream(AsyncStream[list[Any]]):
    """The chunks of a Chat Completions stream as plain dicts, those of one packet together.

    Raises APIError for an error inside the stream, APITimeoutError and APIConnectionError for what the network does, and
    JSONDecodeError or UnicodeDecodeError for what cannot be read; whatever came before is handed out first.
    """

    _done = False

    @property
    def mark(self) -> ReceiveMark:
        """Decides when its connection wakes us."""
        return self.response.extensions.get(MARK) or ReceiveMark(None)

    async def __stream__(self) -> AsyncIterator[list[Any]]:
        splitter = EventSplitter()
        try:
            async for data in self._packets():
                chunks, failure = self._read(splitter.feed(data))
                if chunks:
                    yield chunks
                if failure is not None:
                    raise failure
                if self._done:
                    await self._drain()
                    return
            splitter.close()
        finally:
            await self.response.aclose()

    async def _packets(self) -> AsyncIterator[bytes]:
        # What is compressed httpx2 unpacks; two generators fewer for all else, which is what there is.
        is_packed = "content-encoding" in self.response.headers
        self._bytes = self.response.aiter_bytes() if is_packed else aiter(self._body)
        try:
            async for data in self._bytes:
                yield data
        except httpx2.TimeoutException as error:
            raise APITimeoutError(request=self.response.request) from error
        except (httpx2.RequestError, ssl.SSLError) as error:
            raise APIConnectionError(request=self.response.request) from error

    @property
    def _body(self) -> httpx2.AsyncByteStream:
        assert isinstance(self.response.stream, httpx2.AsyncByteStream)
        return self.response.stream

    async def _drain(self) -> None:
        """An answer that is whole is not broken by what its connection does afterwards."""
        with suppress(httpx2.RequestError, ssl.SSLError, TimeoutError):
            async with asyncio.timeout(_LAST_BYTES):
                async for _ in self._bytes:
                    pass

    def _read(self, events: Iterable[bytes]) -> tuple[list[Any], Exception | None]:
        """The chunks up to the end or the first failure, and the failure."""
        chunks: list[Any] = []
        try:
            for event in events:
                data = data_of(event)
                if data is None:
                    continue
                if data.startswith("[DONE]"):
                    self._done = True
                    break
                chunks.append(self._parse(data))
        except (ValueError, APIError) as error:
            return chunks, error
        return chunks, None

    def _parse(self, data: str) -> object:
        chunk = _value_of(data)
        error = _field(chunk, "error")
        if not error:
            return chunk
        said = _field(error, "message")
        message = said if isinstance(said, str) and said else "An error occurred during streaming"
        raise APIError(message, self.response.request, body=error)


def _value_of(data: str) -> object:
    """Returns what `json.loads` does, at half of its cost: that looks for blanks around, of which there are hardly ever any."""
    try:
        value, end = _DECODER.raw_decode(data)
    except json.JSONDecodeError:
        value, end = None, -1
    return value if end == len(data) else json.loads(data)


def _field(value: object, name: str) -> object:
    """Returns what a JSON object has under `name`; None where it has nothing, or is none."""
    return cast("Mapping[str, object]", value).get(name) if isinstance(value, dict) else None
