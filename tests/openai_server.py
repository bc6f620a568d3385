"""A real OpenAI-compatible server for tests and demos: real sockets, real SSE, and every misbehaviour on request.

    async with OpenAIServer() as server:
        server.script("It is", Pause(0.1), " late.", *END)      # the next request; without a script, the default answer
        model = build_chat_model("openai:any", base_url=server.base_url)
        ...
        await server.requests[0].disconnected.wait()            # the client hung up: proof on the server's clock

Each step of a script is sent on its own. Strings are words of the answer; the other steps are below. The client sees what it would see
of a real server, so what a step does to it is the client's own doing.

`python -m tests.openai_server --port 8901` runs it alone, answering every question word by word.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType
    from typing import Self


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence, in seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Stall:
    """Silence until the client hangs up; as the first step of `before_headers`, before there is an answer at all."""


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is torn down."""


@dataclass(frozen=True, slots=True)
class Raw:
    """These bytes, as they are."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """One SSE event whose data is this value as JSON."""

    data: Any


Step: TypeAlias = str | Pause | Stall | Reset | Raw | Event


def delta(finish: str | None = None, **fields: Any) -> Event:
    """A chunk of Chat Completions whose delta has these fields."""
    choice = {"index": 0, "delta": fields, "finish_reason": finish}
    return Event(
        {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "scripted", "choices": [choice]}
    )


def thought(words: str) -> Event:
    """Reasoning, as DeepSeek, vLLM and llama.cpp send it."""
    return delta(reasoning_content=words)


def refusal(words: str) -> Event:
    """Part of a refusal."""
    return delta(refusal=words)


def tool_part(
    arguments: str, *, name: str | None = None, call_id: str | None = None, index: int = 0
) -> Event:
    """Part of a tool call; only the first one has a name and an id."""
    first = {"id": call_id, "type": "function"} if call_id else {}
    function = {"arguments": arguments} | ({"name": name} if name else {})
    return delta(tool_calls=[{"index": index, "function": function, **first}])


def finish(reason: str = "stop") -> Event:
    """The chunk that says why the answer ended."""
    return delta(finish=reason)


def usage(prompt_tokens: int, completion_tokens: int) -> Event:
    """The chunk that counts tokens."""
    total = prompt_tokens + completion_tokens
    counts = {"prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens, "total_tokens": total}
    return Event({"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [], "usage": counts})


def failure(message: str, *, code: str | int | None = None, kind: str = "server_error") -> Event:
    """An error in the middle of a stream whose status was 200."""
    return Event({"error": {"message": message, "code": code, "type": kind}})


ROLE = delta(role="assistant", content="")
DONE = Raw(b"data: [DONE]\n\n")
KEEP_ALIVE = Raw(b": keep-alive\n\n")
END: tuple[Step, ...] = (finish(), DONE)


@dataclass(slots=True)
class Received:
    """One request, as it came, and what became of it."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    started: asyncio.Event = field(default_factory=asyncio.Event)  # the first step was sent
    disconnected: asyncio.Event = field(default_factory=asyncio.Event)  # the client hung up before the end
    finished: asyncio.Event = field(default_factory=asyncio.Event)  # all steps were sent
    sent: int = 0  # steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The answer to one request. `split` cuts all that is sent into writes of so many bytes, also within a character."""

    steps: Sequence[Step]
    before_headers: Sequence[Step] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    content_type: str = "text/event-stream"
    newline: str = "\n"
    split: int | None = None


class OpenAIServer:
    """Answers `/v1/chat/completions` and `/v1/responses` by script, `/v1/models` by one model."""

    def __init__(self, *, port: int = 0, pause: float = 0.0) -> None:
        self.requests: list[Received] = []
        self.base_url = ""
        self._port = port
        self._pause = pause  # seconds between two words of the default answer
        self._scripts: deque[Script] = deque()
        self._arrived = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    def script(self, *steps: Step, **options: Any) -> None:
        """How to answer the next request that has no script yet; `options` are those of `Script`."""
        self._scripts.append(Script(steps=steps, **options))

    def refuse(self, status: int, error: Mapping[str, Any] | str, **options: Any) -> None:
        """Answer the next request with a status and no stream; `error` is OpenAI's error object, or a page of HTML."""
        page = error if isinstance(error, str) else json.dumps({"error": error})
        kind = "text/html" if isinstance(error, str) else "application/json"
        self.script(Raw(page.encode()), status=status, content_type=kind, **options)

    async def request(self, number: int) -> Received:
        """The request of this number, from 0, as soon as it is here."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.requests) > number)
        return self.requests[number]

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._answer)
        app.router.add_post("/v1/responses", self._answer)
        app.router.add_get("/v1/models", _list_models)
        # With handler_cancellation a handler is cancelled when its client hangs up, which is how we learn of it.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}/v1"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        received = Received(request.path, dict(request.headers), await request.json())
        script = self._scripts.popleft() if self._scripts else _default_script(received.body, self._pause)
        async with self._arrived:
            self.requests.append(received)
            self._arrived.notify_all()
        try:
            return await _play(script, request, received)
        except (asyncio.CancelledError, ConnectionError):
            received.disconnected.set()
            raise


async def _play(script: Script, request: web.Request, received: Received) -> web.StreamResponse:
    response = web.StreamResponse(status=script.status, headers=dict(script.headers))
    response.content_type = script.content_type
    for step in script.before_headers:
        await _do(step, script, request, response)
    await response.prepare(request)
    for step in script.steps:
        received.started.set()
        if not await _do(step, script, request, response):
            return response
        received.sent += 1
    received.finished.set()
    await response.write_eof()
    return response


async def _do(step: Step, script: Script, request: web.Request, response: web.StreamResponse) -> bool:
    """Carry out one step. False: the connection is no more."""
    match step:
        case Pause(seconds):
            await asyncio.sleep(seconds)
        case Stall():
            await asyncio.Event().wait()
        case Reset():
            assert request.transport is not None
            request.transport.abort()
            return False
        case _:
            for piece in _pieces(_encode(step, script.newline), script.split):
                await response.write(piece)
                await asyncio.sleep(0)
    return True


def _encode(step: str | Raw | Event, newline: str) -> bytes:
    if isinstance(step, Raw):
        return step.data
    event = delta(content=step) if isinstance(step, str) else step
    return f"data: {json.dumps(event.data, ensure_ascii=False)}{newline}{newline}".encode()


def _pieces(data: bytes, size: int | None) -> list[bytes]:
    return [data] if size is None else [data[start : start + size] for start in range(0, len(data), size)]


async def _list_models(request: web.Request) -> web.Response:
    del request
    return web.json_response({"object": "list", "data": [{"id": "scripted", "object": "model"}]})


_DEFAULT_ANSWER = """\
You asked: *{question}*

I am a **scripted test server**, not a model: I say the same to everybody, word by word, so that you can watch an answer grow.

1. The first words arrive at once.
2. The rest follows at an even pace.
3. At the end comes a finish reason, as it should.

| part | what it shows |
|---|---|
| this table | how half a table looks |
| the code below | how half a block of code looks |

```python
def greet(name: str) -> str:
    return f"Hello, {{name}}!"
```

That is all I have to say.
"""


def _default_script(body: Mapping[str, Any], pause: float) -> Script:
    question = _last_question(body)
    answer = _DEFAULT_ANSWER.format(question=question)
    words = re.findall(r"\s*\S+\s*\Z|\s*\S+", answer)
    paced = [step for word in words for step in (word, Pause(pause))]
    return Script(steps=(ROLE, *paced, finish(), usage(len(question) // 4 + 1, len(words)), DONE))


def _last_question(body: Mapping[str, Any]) -> str:
    """The last message, in one line of at most 80 characters."""
    messages = body.get("messages") or [{"content": "?"}]
    return " ".join(str(messages[-1].get("content") or "?").split())[:80]


async def _serve(port: int, pause: float) -> None:
    async with OpenAIServer(port=port, pause=pause) as server:
        print(f"OPENAI_BASE_URL={server.base_url}", flush=True)  # noqa: T201
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.openai_server", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--port", type=int, default=0, help="0: one that is free (printed)")
    parser.add_argument("--words-per-second", type=float, default=20.0)
    options = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(options.port, 1 / options.words_per_second))


if __name__ == "__main__":
    main()
