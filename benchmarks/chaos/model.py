"""A model that answers each question with words of its own, and fails now and then. It notes when a reader hangs up."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from random import Random
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection

HANGING_UP = 1.0  # seconds that a reader may take to end a call
QUESTION = re.compile(r"question (\d+)")


def answer_words(number: int, count: int) -> list[str]:
    """The answer to question `number`: so many words that no other answer has."""
    return [f"q{number}w{n}" for n in range(count)]


@dataclass(slots=True)
class Call:
    """One call for the answer to a question. `cut_at` is when its reader hung up, `ended_at` when it was over at the latest."""

    begun: float
    cut_at: float | None = None
    ended_at: float = inf
    ended: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Model:
    """OpenAI's protocol. A `failing` share of the calls answers 500 before its first word, a `breaking` one ends without a word in the
    middle of the answer: to which questions is in `broken`."""

    words: int
    every: float
    failing: float
    random: Random
    breaking: float = 0.0
    broken: set[int] = field(default_factory=set[int])
    calls: dict[int, list[Call]] = field(default_factory=dict[int, list[Call]])
    written: dict[tuple[int, int], list[float]] = field(default_factory=dict[tuple[int, int], list[float]])
    """When each word was written, by its question and its place in the answer."""

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """POST /v1/chat/completions, streamed."""
        body = await request.json()
        number = _asked(body)
        if self.random.random() < self.failing:
            return web.json_response({"error": {"message": "overloaded", "type": "server_error"}}, status=500)
        clock = asyncio.get_running_loop().time
        call = Call(clock())
        self.calls.setdefault(number, []).append(call)
        try:
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await response.prepare(request)
            if _wants_action(body):
                await self._act(response, number)
                return response
            breaks = self.random.random() < self.breaking
            await self._tell(response, number, self.words // 2 if breaks else self.words)
            if breaks:
                self.broken.add(number)
                request.protocol.force_close()
        except (ConnectionError, asyncio.CancelledError):
            call.cut_at = clock()
            raise
        finally:
            call.ended_at = clock()
            call.ended.set()
        return response

    async def _tell(self, response: web.StreamResponse, number: int, count: int) -> None:
        clock = asyncio.get_running_loop().time
        for place, word in enumerate(answer_words(number, self.words)[:count]):
            await asyncio.sleep(self.every)
            self.written.setdefault((number, place), []).append(clock())
            await response.write(_event({"content": f"{word} "}))
        if count < self.words:
            return
        await response.write(_event({}, finish="stop") + b"data: [DONE]\n\n")

    async def _act(self, response: web.StreamResponse, number: int) -> None:
        """The call of a tool, where there are some: one for each question."""
        called = {"name": "note__add", "arguments": json.dumps({"number": number})}
        call = {"index": 0, "id": f"call-{number}", "type": "function", "function": called}
        await response.write(_event({"tool_calls": [call]}))
        await response.write(_event({}, finish="tool_calls") + b"data: [DONE]\n\n")

    def gaps(self, *, excluding: Collection[int] = ()) -> list[float]:
        """For each call that was cut, to other questions than those: seconds until the question was asked for again."""
        return [
            later.begun - earlier.cut_at
            for number, calls in self.calls.items()
            for earlier, later in pairwise(calls)
            if earlier.cut_at is not None and number not in excluding
        ]

    def at_once(self) -> int:
        """How often an answer to a question was begun while another one to it was being written, which is one at a time."""
        return sum(
            later.begun < earlier.ended_at - HANGING_UP
            for calls in self.calls.values()
            for earlier, later in pairwise(calls)
        )


def _asked(body: dict[str, Any]) -> int:
    said = " ".join(str(message["content"]) for message in body["messages"])
    return int(QUESTION.findall(said)[-1])


def _wants_action(body: dict[str, Any]) -> bool:
    return bool(body.get("tools")) and body["messages"][-1]["role"] != "tool"


def _event(delta: dict[str, Any], *, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "chaos", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n".encode()


@asynccontextmanager
async def model_server(
    *, words: int, every: float, failing: float = 0.03, breaking: float = 0.0, seed: int = 0
) -> AsyncGenerator[tuple[Model, str]]:
    """The model, and the base URL at which it answers."""
    model = Model(words, every, failing, Random(seed), breaking)  # noqa: S311
    application = web.Application()
    application.router.add_post("/v1/chat/completions", model.complete)
    # A reader that hangs up ends its call at once.
    runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield model, f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()
