"""Recorded streams through the SDK's decoder and through ours, cut at every byte: the same answers and the same errors."""

from __future__ import annotations

import asyncio
import gzip
import json
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from openai import APIConnectionError, APIError, APITimeoutError, AsyncOpenAI, AsyncStream
from openai.types.chat import ChatCompletionChunk

from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.deltas import Delta, Finish, Reason, Reasoning, Text, ToolUse, Usage
from bot.core.conversation.history import ChatMessage, Role
from bot.errors import ModelError
from bot.model.batched_reads import Looks, Ticks
from bot.model.chat_stream import Chat
from bot.model.openai_chat import build_openai
from bot.model.packet_stream import PacketStream
from tests.clock import VIRTUAL
from tests.joined import joined

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

REQUEST = httpx2.Request("POST", "http://localhost/v1/chat/completions")
CLIENT = AsyncOpenAI(api_key="none", base_url="http://localhost/v1")
QUESTION = [ChatMessage(Role.USER, text_parts("What time is it?"))]


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


def chunk(finish: str | None = None, *, usage: Any = None, also: Any = None, **delta: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, **(also or {})}
    return {"choices": [choice], **({"usage": usage} if usage else {})}


def counted(prompt: int, answer: int) -> dict[str, Any]:
    return {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}


def tool(**fields: Any) -> dict[str, Any]:
    return chunk(tool_calls=[{"index": 0, **fields}])


def events(*said: Any, end: str = "\n") -> bytes:
    """A stream: each of `said` is an event's JSON, or bytes as they are; with `[DONE]` after them."""
    whole = [
        one
        if isinstance(one, bytes)
        else f"data: {json.dumps(one, ensure_ascii=False, separators=(',', ':'))}{end}{end}".encode()
        for one in said
    ]
    return b"".join(whole) + f"data: [DONE]{end}{end}".encode()


ROLE = chunk(role="assistant", content="")
STOP = chunk("stop")
TALK = [ROLE, chunk(content="Grüß "), chunk(content="dich 🌍")]
FROM_OPENAI = {
    "id": "c",
    "object": "chat.completion.chunk",
    "model": "m",
    "usage": None,
    "obfuscation": "pC",
}

RECORDINGS = {
    "text": events(*TALK, STOP, {"choices": [], "usage": counted(9, 3)}),
    "CRLF": events(*TALK, STOP, end="\r\n"),
    "CR": events(*TALK, STOP, end="\r"),
    "OpenAI": events(
        *({**FROM_OPENAI, **one} for one in (ROLE, chunk(content="a"), chunk(content="b"), STOP))
    ),
    "Azure": events(
        {"choices": [], "prompt_filter_results": []},
        chunk(content="a", also={"content_filter_results": {"hate": {"filtered": False}}}),
        chunk(content="b", also={"content_filter_results": {}}),
        STOP,
    ),
    "OpenRouter": events(b": PROCESSING\n\n", chunk(content="", reasoning="hm"), chunk(content="Yes"), STOP),
    "DeepSeek": events(
        chunk(role="assistant", content=None, reasoning_content="h"),
        chunk(content=None, reasoning_content="m"),
        chunk(content="Yes", reasoning_content=None),
        chunk(content="!", reasoning_content=None),
        chunk("stop", content="", usage=counted(9, 3)),
    ),
    "think tags": events(chunk(content="<think>H"), chunk(content="m</thi"), chunk(content="nk>Yes"), STOP),
    "a tool call": events(
        chunk(content="Look."),
        tool(id="a", type="function", function={"name": "clock", "arguments": ""}),
        tool(function={"arguments": '{"a":'}),
        tool(function={"arguments": "1}"}),
        chunk("tool_calls"),
    ),
    "a refusal": events(ROLE, chunk(refusal="I can"), chunk(refusal="not."), STOP),
    "running totals": events(
        chunk(content="a", usage=counted(9, 1)), chunk(content="b", usage=counted(9, 2)), STOP
    ),
    "probabilities": events(chunk(content="a", also={"logprobs": {"content": []}}), chunk(content="b"), STOP),
    "no delta": events(
        chunk(content="a"), {"choices": [{"index": 0, "delta": None, "finish_reason": "stop"}]}
    ),
    "cut by length": events(chunk(content="a"), chunk(content="b"), chunk("length", content="c")),
    "lines of data": events(
        b'event: message\ndata: {"choices": [{"index": 0, "finish_reason": null,\n'
        b'data:  "delta": {"content": "a"}}]}\n: hm\n\n',
        STOP,
    ),
    "no reason": events(*TALK),
    "an error": events(chunk(content="a"), {"error": {"message": "full", "code": "rate_limit_exceeded"}}),
    "an error of a word": events(chunk(content="a"), {"error": "overloaded"}),
    "half a line": events(chunk(content="a"), b'data: {"choices": [{"de\n\n', STOP),
    "no text": events(chunk(content="a"), b"data: \xff\xfe\n\n", STOP),
    "no event": b"<html>Welcome</html>\n\n",
}


class Pieces(httpx2.AsyncByteStream):
    """A body that comes in pieces, a while apart; an exception among them is raised in its turn."""

    def __init__(self, pieces: Sequence[bytes | Exception], pause: float = 0.25) -> None:
        self._pieces = pieces
        self._pause = pause
        self.closed = False
        self.read = 0  # pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            self.read += 1
            if isinstance(piece, Exception):
                raise piece
            yield piece
            await asyncio.sleep(self._pause)

    async def aclose(self) -> None:
        self.closed = True


def packets(body: Pieces) -> PacketStream:
    response = httpx2.Response(200, stream=body, request=REQUEST)
    return PacketStream(cast_to=list, response=response, client=CLIENT)


class Replay:
    """In the place of the SDK's `chat.completions`."""

    def __init__(self, play: Callable[[Pieces, bool], object]) -> None:
        self._play = play
        self.pieces: Sequence[bytes] = ()

    async def create(self, *, light: bool = False, **_: object) -> object:
        return self._play(Pieces(self.pieces), light)


def _by_the_sdk(body: Pieces, light: bool) -> object:
    assert not light
    response = httpx2.Response(200, stream=body, request=REQUEST)
    return AsyncStream[ChatCompletionChunk](cast_to=ChatCompletionChunk, response=response, client=CLIENT)


OLD, NEW = Replay(_by_the_sdk), Replay(lambda body, light: Looks(packets(body), Ticks(), light=light))


def chat_by(replay: Replay) -> Chat:
    model = build_openai("m", api_key=None, base_url="http://localhost/v1", max_retries=0)
    model.async_client = replay
    # What is bound is read by LangChain's own path.
    runnable = model if replay is NEW else model.bind()
    return Chat(runnable, label="m", first_token=20, idle=20, retries=0)


OLD_CHAT, NEW_CHAT = chat_by(OLD), chat_by(NEW)


async def outcome(chat: Chat, replay: Replay, *pieces: bytes) -> tuple[list[Delta], str]:
    """The deltas, however their words were cut, and the error."""
    replay.pieces = [piece for piece in pieces if piece]
    heard: list[Delta] = []
    try:
        async with aclosing(chat.stream(QUESTION)) as deltas:
            async for delta in deltas:
                heard.append(delta)  # noqa: PERF401  (what came before the error counts)
    except ModelError as error:
        return joined(heard), repr(error)
    return joined(heard), ""


async def differences(recording: bytes) -> list[tuple[int, object, object]]:
    """Where ours is another answer than the old one: cut in two there, and broken off there."""
    whole = await outcome(OLD_CHAT, OLD, recording)
    found: list[tuple[int, object, object]] = []
    for place in range(len(recording)):
        head, tail = recording[:place], recording[place:]
        due = [whole, await outcome(OLD_CHAT, OLD, head)]
        got = [await outcome(NEW_CHAT, NEW, head, tail), await outcome(NEW_CHAT, NEW, head)]
        if got != due:
            found.append((place, due, got))
    return found


QUICK = ("OpenAI", "a tool call", "DeepSeek")
"""What `make test` cuts at every byte; `make check` cuts all."""


@pytest.mark.parametrize(
    "name",
    [one if one in QUICK else pytest.param(one, marks=pytest.mark.slow) for one in RECORDINGS],
)
async def test_a_recorded_stream_is_the_same_answer_cut_at_every_byte(name: str) -> None:
    assert await differences(RECORDINGS[name]) == []


async def test_the_recordings_hold_all_that_a_stream_can_say() -> None:
    outcomes = [await outcome(NEW_CHAT, NEW, recording) for recording in RECORDINGS.values()]
    kinds = {type(delta) for heard, _ in outcomes for delta in heard}
    reasons = {delta.reason for heard, _ in outcomes for delta in heard if isinstance(delta, Finish)}
    errors = {error.partition("(")[0] for _, error in outcomes}
    assert kinds == {Text, Reasoning, ToolUse, Usage, Finish}
    assert reasons == {Reason.STOP, Reason.TOOLS, Reason.REFUSED, Reason.LENGTH}
    assert errors == {"", "ModelBroke", "ModelBusy", "ModelFailed"}


# What the stream class does by itself


async def read(stream: PacketStream) -> list[Any]:
    return [chunk async for packet in stream for chunk in packet]


async def test_chunks_of_one_packet_are_handed_out_together() -> None:
    body = Pieces([events(*TALK)])
    assert [packet async for packet in packets(body)] == [TALK]


async def test_a_stream_that_is_compressed_is_unpacked() -> None:
    packed = gzip.compress(events(*TALK))
    headers = {"Content-Encoding": "gzip"}
    response = httpx2.Response(
        200, headers=headers, stream=Pieces([packed[:40], packed[40:]]), request=REQUEST
    )
    assert await read(PacketStream(cast_to=list, response=response, client=CLIENT)) == TALK


async def test_what_came_before_an_error_is_handed_out_before_it_is_raised() -> None:
    stream = packets(Pieces([events(*TALK, {"error": {"message": "full"}})]))
    assert await anext(stream) == TALK
    with pytest.raises(APIError, match="full"):
        await anext(stream)


async def test_a_keep_alive_is_no_event_also_after_one_with_an_id() -> None:
    # The SDK's decoder makes an event without data of it, and breaks on that.
    body = Pieces([b"retry: 3000\n\nid: 1\n" + events(ROLE)[:-14] + b": keep-alive\n\n" + events(STOP)])
    assert await read(packets(body)) == [ROLE, STOP]


async def test_an_error_without_words_is_an_error_too() -> None:
    with pytest.raises(APIError, match="An error occurred") as caught:
        await read(packets(Pieces([events({"error": {"code": 7}})])))
    assert caught.value.body == {"code": 7}


@pytest.mark.parametrize(
    ("raised", "due"),
    [
        (httpx2.ReadTimeout("x"), APITimeoutError),
        (httpx2.ReadError("x"), APIConnectionError),
        (httpx2.RemoteProtocolError("x"), APIConnectionError),
    ],
    ids=["time-out", "reset", "cut"],
)
async def test_what_the_network_does_is_told_as_the_sdk_tells_it(
    raised: Exception, due: type[Exception]
) -> None:
    body = Pieces([events(*TALK)[:-20], raised])
    with pytest.raises(due) as caught:
        await read(packets(body))
    assert (caught.type, caught.value.__cause__, body.closed) == (due, raised, True)


async def test_after_done_the_body_is_read_to_its_end_so_that_its_connection_serves_again() -> None:
    body = Pieces([events(*TALK), b""], pause=0.01)
    assert await read(packets(body)) == TALK
    assert (body.read, body.closed) == (2, True)


@pytest.mark.parametrize(
    "after", [httpx2.ReadError("x"), b"late" * 10], ids=["a reset", "more, and no end in time"]
)
async def test_what_comes_after_done_breaks_nothing_and_is_not_waited_for(after: bytes | Exception) -> None:
    body = Pieces([events(*TALK), after])
    assert await read(packets(body)) == TALK
    assert body.closed
    assert asyncio.get_running_loop().time() <= 0.25


async def test_leaving_closes_the_response() -> None:
    body = Pieces([events(*TALK)[:-14], events(*TALK)])  # [DONE] comes with the second
    async with packets(body) as stream:
        await anext(stream)
    assert body.closed


async def test_cancelling_the_reader_closes_the_response() -> None:
    body = Pieces([events(*TALK)[:60], events(*TALK)])
    task = asyncio.create_task(read(packets(body)))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert body.closed
