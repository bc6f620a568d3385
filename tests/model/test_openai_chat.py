"""A chat model over real HTTP, against a server that misbehaves in every way we know of."""

from __future__ import annotations

import asyncio
import gc
import json
import weakref
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import httpx2
import pytest
from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.messages import AIMessageChunk, HumanMessage
from langchain_core.runnables import RunnableLambda

from bot.core.conversation.content_parts import (
    FileTextPart,
    FileUnit,
    ImagePart,
    TextPart,
    text_parts,
)
from bot.core.conversation.deltas import Delta, Finish, Reason, Reasoning, Text, ToolUse, Usage
from bot.core.conversation.history import ChatMessage, Role
from bot.errors import (
    ModelBroke,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelFailed,
    ModelStalled,
    ModelUnknown,
    ModelUnreachable,
    PromptTooLong,
)
from bot.model.chat_stream import Chat
from bot.model.failures import read_failure
from bot.model.light_model import LightModel
from bot.model.openai_chat import build_openai
from bot.model.providers import build_chat_model, close_chat_model
from tests.clock import VIRTUAL, now
from tests.joined import joined
from tests.openai_server import (
    DONE,
    END,
    KEEP_ALIVE,
    ROLE,
    Event,
    OpenAIServer,
    Raw,
    Reset,
    Stall,
    delta,
    failure,
    finish,
    refusal,
    thought,
    tool_part,
    usage,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from langchain_core.messages import BaseMessage
    from langchain_core.outputs import LLMResult

    from bot.model.openai_chat import WholeChatOpenAI
    from tests.openai_server import Step

QUESTION = [ChatMessage(Role.USER, text_parts("What time is it?"))]
STOP = Finish(Reason.STOP)
BRIEF = 1.0
"""Seconds that a server may be silent: time enough for a busy machine to ask it."""


@asynccontextmanager
async def talking(
    *, patience: float = 20, name: str = "scripted"
) -> AsyncIterator[tuple[OpenAIServer, Chat]]:
    """A server, and a chat with it. `patience` in seconds, for the first word and between two."""
    async with OpenAIServer() as server:
        model = build_chat_model(f"openai:{name}", base_url=server.base_url)
        try:
            yield server, Chat(model, label="scripted", first_token=patience, idle=patience, retries=0)
        finally:
            await close_chat_model(model)


async def answer(chat: Chat) -> list[Delta]:
    """What the model says, as it would be however its words were cut."""
    async with aclosing(chat.stream(QUESTION)) as deltas:
        return joined([delta async for delta in deltas])


async def answer_to(*steps: Step, **options: Any) -> list[Delta]:
    async with talking() as (server, chat):
        server.script(*steps, **options)
        return await answer(chat)


# What a good server sends


async def test_words_thoughts_tools_and_counts_arrive_as_they_were_sent() -> None:
    assert await answer_to(
        ROLE,
        thought("hm"),
        "Let me ",
        "look.",
        tool_part("", name="clock", call_id="a"),
        tool_part("{}"),
        finish("tool_calls"),
        usage(9, 4),
        DONE,
    ) == [
        Reasoning("hm"),
        Text("Let me look."),
        ToolUse("a", "clock", ""),
        ToolUse("a", "", "{}"),
        Usage(9, 4),
        Finish(Reason.TOOLS),
    ]


async def test_the_request_asks_for_a_stream_with_counts_and_names_the_model() -> None:
    async with talking() as (server, chat):
        await answer(chat)
        body = server.requests[0].body
    assert body == {
        "model": "scripted",
        "messages": [{"role": "user", "content": "What time is it?"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def test_a_picture_and_a_file_go_as_the_api_takes_them() -> None:
    read = FileTextPart("a.txt", "tea", FileUnit.LINES, 1, 1)
    parts = (TextPart("Well?"), read, ImagePart("cat.png", "image/png", b"\x89PNG"))
    async with talking() as (server, chat):
        async with aclosing(chat.stream([ChatMessage(Role.USER, parts)])) as deltas:
            await anext(deltas)
        (message,) = server.requests[0].body["messages"]
    words, file, image = message["content"]
    assert (message["role"], words) == ("user", {"type": "text", "text": "Well?"})
    assert file["type"] == "text"
    assert "\ntea\n" in file["text"]
    assert image == {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}}


@pytest.mark.parametrize("delta", [{"delta": None}, {}], ids=["null", "missing"])
async def test_a_reason_beside_no_delta_is_a_reason(delta: dict[str, None]) -> None:
    last = Event({"choices": [{"index": 0, "finish_reason": "stop"} | delta]})
    assert await answer_to("The capital is Paris.", last, DONE) == [Text("The capital is Paris."), STOP]


STRICT = {
    "message": {"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"]}]},
    "type": "invalid_request_error",
}


async def test_a_server_that_refuses_to_count_is_asked_without_once_and_from_then_on() -> None:
    async with talking() as (server, chat):
        server.refuse(422, STRICT)
        server.script("One", *END)
        server.script("Two", *END)
        assert [await answer(chat), await answer(chat)] == [[Text("One"), STOP], [Text("Two"), STOP]]
        asked = ["stream_options" in request.body for request in server.requests]
    assert asked == [True, False, False]


async def test_a_model_without_a_place_for_the_system_s_words_hears_them_before_the_person_s() -> None:
    async with talking() as (server, chat):
        server.refuse(400, {"message": "System role not supported"})
        server.script("Yes", *END)
        async with aclosing(
            chat.stream([ChatMessage(Role.SYSTEM, text_parts("Be brief.")), *QUESTION])
        ) as deltas:
            assert [delta async for delta in deltas] == [Text("Yes"), STOP]
        told = server.requests[1].body["messages"]
    assert told == [{"role": "user", "content": "Be brief.\n\nWhat time is it?"}]


async def test_a_server_that_refuses_one_thing_after_the_other_is_met_half_way_in_both() -> None:
    async with talking() as (server, chat):
        server.refuse(422, STRICT)
        server.refuse(400, {"message": "System role not supported"})
        server.script("Yes", *END)
        async with aclosing(
            chat.stream([ChatMessage(Role.SYSTEM, text_parts("Be brief.")), *QUESTION])
        ) as deltas:
            assert [delta async for delta in deltas] == [Text("Yes"), STOP]


async def test_what_was_not_to_blame_is_asked_for_again() -> None:
    async with talking() as (server, chat):
        server.refuse(400, {"message": "stream_options is fine, the model is not"})
        server.refuse(400, {"message": "the model is not"})
        with pytest.raises(ModelFailed, match="400"):
            await answer(chat)
        await answer(chat)
        asked = ["stream_options" in request.body for request in server.requests]
    assert asked == [True, False, True]


async def test_thoughts_written_into_the_text_are_thoughts() -> None:
    assert await answer_to("<think>\nHm", ".\n</think>\n\n", "Yes", *END) == [
        Reasoning("\nHm.\n"),
        Text("Yes"),
        STOP,
    ]


async def test_thoughts_may_go_by_their_other_name() -> None:
    assert await answer_to(delta(reasoning="hm"), "Hello", *END) == [Reasoning("hm"), Text("Hello"), STOP]


async def test_a_refusal_is_told_as_one() -> None:
    deltas = await answer_to(ROLE, refusal("I can"), refusal("not."), *END)
    assert deltas == [Finish(Reason.REFUSED, note="I cannot.")]


@pytest.mark.parametrize(
    ("word", "reason"),
    [("length", Reason.LENGTH), ("content_filter", Reason.FILTERED)],
    ids=["length", "filter"],
)
async def test_an_answer_that_was_cut_says_why(word: str, reason: Reason) -> None:
    assert await answer_to("It is", finish(word), DONE) == [Text("It is"), Finish(reason)]


async def test_an_answer_of_nothing_is_empty() -> None:
    assert await answer_to(ROLE, *END) == [Finish(Reason.EMPTY)]


# What an odd but honest server sends


@pytest.mark.parametrize(
    ("steps", "options"),
    [
        pytest.param(["Grüß ", "dich 🌍", finish()], {}, id="no [DONE]"),
        pytest.param(["Grüß ", "dich 🌍", *END], {"newline": "\r\n"}, id="CRLF"),
        pytest.param(["Grüß ", "dich 🌍", *END], {"split": 1}, id="one byte at a time"),
        pytest.param(["Grüß ", KEEP_ALIVE, "dich 🌍", KEEP_ALIVE, *END], {}, id="keep-alives"),
        pytest.param([Event({"choices": None}), "Grüß ", "dich 🌍", *END], {}, id="no choices"),
        pytest.param([Event({"choices": [{"delta": None}]}), "Grüß ", "dich 🌍", *END], {}, id="no delta"),
        pytest.param(
            [Event({"choices": [], "prompt_filter_results": []}), "Grüß ", "dich 🌍", *END],
            {},
            id="as Azure begins",
        ),
    ],
)
async def test_an_odd_stream_is_read_all_the_same(steps: list[Step], options: dict[str, Any]) -> None:
    assert await answer_to(*steps, **options) == [Text("Grüß dich 🌍"), STOP]


async def test_running_totals_of_usage_are_not_added_up() -> None:
    deltas = await answer_to("a", usage(50, 1), "b", usage(50, 2), *END)
    assert deltas == [Text("a"), Usage(50, 1), Text("b"), Usage(50, 2), STOP]


# What goes wrong


@pytest.mark.parametrize(
    ("steps", "error"),
    [
        pytest.param(["Half an ans"], ModelBroke, id="the end without a finish reason"),
        pytest.param(["Half an ans", DONE], ModelBroke, id="[DONE] without a finish reason"),
        pytest.param(
            ["Half an ans", Raw(b'data: {"choices": [{"de\n\n')], ModelBroke, id="half a line of JSON"
        ),
        pytest.param(["Half an ans", Raw(b"data: \xff\xfe\n\n")], ModelBroke, id="bytes that are no text"),
        pytest.param(["Half an ans", Reset()], ModelUnreachable, id="a reset"),
        pytest.param(["Half an ans", failure("overloaded")], ModelFailed, id="an error"),
        pytest.param(
            ["Half an ans", failure("slow down", code="rate_limit_exceeded")], ModelBusy, id="a rate limit"
        ),
        pytest.param(
            [ROLE, failure("the context is full", code="context_length_exceeded")], PromptTooLong, id="length"
        ),
        pytest.param([], ModelBroke, id="nothing at all"),
    ],
)
async def test_a_stream_that_goes_wrong_never_looks_like_an_answer(
    steps: list[Step], error: type[ModelError]
) -> None:
    with pytest.raises(error):
        await answer_to(*steps)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {"message": "Incorrect API key provided: sk-hunter2", "code": "invalid_api_key"}, ModelDenied),
        (403, {"message": "Country not supported"}, ModelDenied),
        (404, {"message": "The model `x` does not exist", "code": "model_not_found"}, ModelUnknown),
        (429, {"message": "Rate limit reached"}, ModelBusy),
        (500, {"message": "The server had an error"}, ModelFailed),
        (502, "<html>Bad Gateway</html>", ModelFailed),
        (400, {"message": "What time is it?", "code": "invalid_prompt"}, ModelFailed),
        (400, {"message": "too long", "code": "context_length_exceeded"}, PromptTooLong),
        (400, {"message": "This model's maximum context length is 9 tokens.", "code": 400}, PromptTooLong),
        (
            400,
            {"message": "it is too large", "code": 400, "type": "exceed_context_size_error"},
            PromptTooLong,
        ),
        (200, "<html>Welcome to the guest network</html>", ModelBroke),
    ],
    ids=lambda value: str(value["message"]) if isinstance(value, dict) else None,
)
async def test_a_refused_request_is_told_in_one_line_that_names_the_mend(
    status: int, body: dict[str, Any] | str, error: type[ModelError]
) -> None:
    async with talking() as (server, chat):
        server.refuse(status, body)
        with pytest.raises(error) as caught:
            await answer(chat)
    line = str(caught.value)
    assert ": " in line
    assert "\n" not in line
    assert "hunter2" not in line
    assert "What time" not in line


async def test_a_rate_limit_says_how_long_to_wait() -> None:
    async with talking() as (server, chat):
        server.refuse(429, {"message": "Rate limit reached"}, headers={"Retry-After": "7"})
        with pytest.raises(ModelBusy, match=r"wait 7 s"):
            await answer(chat)


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    async with OpenAIServer() as server:
        pass
    model = build_chat_model("openai:scripted", base_url=server.base_url)
    with pytest.raises(ModelUnreachable, match=r"127\.0\.0\.1:\d+"):
        await answer(Chat(model, label="scripted", first_token=20, idle=20, retries=0))
    await close_chat_model(model)


# Silence, and hanging up: on the server's clock


@pytest.mark.parametrize(
    "stage", ["before the headers", "before the first chunk", "after the role", "in the middle"]
)
async def test_silence_ends_in_a_stall_and_a_closed_connection(stage: str) -> None:
    async with talking(patience=BRIEF) as (server, chat):
        scripts: dict[str, tuple[list[Step], list[Step]]] = {
            "before the headers": ([Stall()], []),
            "before the first chunk": ([], [Stall()]),
            "after the role": ([], [ROLE, Stall()]),
            "in the middle": ([], ["It is", Stall()]),
        }
        before_headers, steps = scripts[stage]
        server.script(*steps, before_headers=before_headers)
        with pytest.raises(ModelStalled):
            await answer(chat)
        await server.requests[0].disconnected.wait()


async def test_keep_alives_are_no_words() -> None:
    async with talking(patience=BRIEF) as (server, chat):
        server.script("It is", *[KEEP_ALIVE] * 50, Stall())
        with pytest.raises(ModelStalled):
            await answer(chat)
        assert server.requests[0].sent > 1
        await server.requests[0].disconnected.wait()


async def test_leaving_the_stream_hangs_up() -> None:
    async with talking() as (server, chat):
        server.script("It is", Stall())
        async with aclosing(chat.stream(QUESTION)) as deltas:
            assert await anext(deltas) == Text("It is")
        await server.requests[0].disconnected.wait()
        assert server.requests[0].sent == 1


@pytest.mark.parametrize("before_headers", [[Stall()], []], ids=["before the headers", "in the middle"])
async def test_cancelling_the_reader_hangs_up(before_headers: list[Step]) -> None:
    async with talking() as (server, chat):
        server.script("It is", Stall(), before_headers=before_headers)
        task = asyncio.create_task(answer(chat))
        received = await server.request(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await received.disconnected.wait()


async def test_a_connection_that_served_one_answer_serves_the_next() -> None:
    async with talking() as (server, chat):
        server.script("One", *END)
        server.script("Two", *END)
        assert [await answer(chat), await answer(chat)] == [[Text("One"), STOP], [Text("Two"), STOP]]


def test_a_model_built_in_a_second_event_loop_has_connections_of_its_own() -> None:
    async def once() -> list[Delta]:
        return await answer_to("Hello", *END)

    assert [asyncio.run(once()), asyncio.run(once())] == [[Text("Hello"), STOP]] * 2


async def test_the_proxy_for_openai_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with OpenAIServer() as proxy:
        monkeypatch.setenv("OPENAI_PROXY", proxy.base_url.removesuffix("/v1"))
        model = build_chat_model("openai:scripted", base_url="http://model.example/v1")
        proxy.script("Hello", *END)
        assert await answer(Chat(model, label="scripted", first_token=20, idle=20)) == [Text("Hello"), STOP]
        await close_chat_model(model)
        assert proxy.requests[0].headers["Host"] == "model.example"


# The Responses API


def response(status: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": "r",
        "object": "response",
        "created_at": 0,
        "model": "m",
        "output": [],
        "status": status,
        **fields,
    }


def say(kind: str, **fields: Any) -> Event:
    return Event({"type": f"response.{kind}", "sequence_number": 0, **fields})


def says(text: str) -> Event:
    return say("output_text.delta", delta=text, item_id="i", output_index=1, content_index=0, logprobs=[])


CREATED = say("created", response=response("in_progress"))
COUNTS = {
    "input_tokens": 9,
    "output_tokens": 3,
    "total_tokens": 12,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens_details": {"reasoning_tokens": 0},
}
COMPLETED = say("completed", response=response("completed", usage=COUNTS))


async def answer_by_responses(*steps: Step) -> list[Delta]:
    async with talking(name="gpt-5-pro") as (server, chat):
        server.script(*steps)
        deltas = await answer(chat)
        assert server.requests[0].path == "/v1/responses"
        return deltas


async def test_the_responses_api_says_the_same_in_its_own_words() -> None:
    thinking = say("reasoning_summary_text.delta", delta="hm", item_id="t", output_index=0, summary_index=0)
    assert await answer_by_responses(CREATED, thinking, says("It is"), says(" late."), COMPLETED) == [
        Reasoning("hm"),
        Text("It is late."),
        Usage(9, 3),
        STOP,
    ]


async def test_an_incomplete_response_says_why() -> None:
    cut = response("incomplete", incomplete_details={"reason": "max_output_tokens"})
    assert await answer_by_responses(CREATED, says("It is"), say("incomplete", response=cut)) == [
        Text("It is"),
        Finish(Reason.LENGTH),
    ]


async def test_a_model_that_takes_tools_by_the_responses_api_alone_is_asked_so_by_an_agent() -> None:
    clock = {"type": "function", "function": {"name": "clock", "parameters": {"type": "object"}}}
    async with OpenAIServer() as server:
        model = build_chat_model("openai:gpt-6", base_url=server.base_url)
        server.script(CREATED, says("It is"), says(" late."), COMPLETED)
        assert isinstance(model, LightModel)
        async with aclosing(model.stream_unheard([HumanMessage("Hi")], tools=[clock])) as chunks:
            said = [chunk if isinstance(chunk, str) else str(chunk.text) async for chunk in chunks]
        await close_chat_model(model)
    assert ("".join(said), server.requests[0].path) == ("It is late.", "/v1/responses")


async def test_a_refusal_by_the_responses_api_is_told_as_one() -> None:
    no = say("refusal.done", refusal="I cannot.", item_id="i", output_index=0, content_index=0)
    assert (await answer_by_responses(CREATED, no, COMPLETED))[-1] == Finish(Reason.REFUSED, note="I cannot.")


async def test_tools_by_the_responses_api_are_told_as_such() -> None:
    call = {"type": "function_call", "id": "f", "call_id": "a", "name": "clock", "arguments": ""}
    begins = say("output_item.added", item=call, output_index=0)
    goes_on = say("function_call_arguments.delta", delta="{}", item_id="f", output_index=0)
    assert await answer_by_responses(CREATED, begins, goes_on, COMPLETED) == [
        ToolUse("a", "clock", ""),
        ToolUse("a", "", "{}"),
        Usage(9, 3),
        Finish(Reason.TOOLS),
    ]


@pytest.mark.parametrize(
    ("last", "error"),
    [
        ([], ModelBroke),
        (
            [say("failed", response=response("failed", error={"code": "server_error", "message": "x"}))],
            ModelFailed,
        ),
        ([Event({"type": "error", "code": "rate_limit_exceeded", "message": "x", "param": None})], ModelBusy),
    ],
    ids=["cut", "failed", "error"],
)
async def test_a_response_that_goes_wrong_never_looks_like_an_answer(
    last: list[Step], error: type[ModelError]
) -> None:
    with pytest.raises(error):
        await answer_by_responses(CREATED, says("Half an ans"), *last)


# What is not a stream, or has options, goes the SDK's own way


async def test_a_call_without_a_stream_works_too() -> None:
    whole = {
        "choices": [
            {"message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop", "index": 0}
        ]
    }
    async with OpenAIServer() as server:
        server.script(Raw(json.dumps(whole).encode()), content_type="application/json")
        model = build_openai("m", api_key=None, base_url=server.base_url, max_retries=0)
        assert (await model.ainvoke("Hi")).text == "Hello"
        await close_chat_model(model)


async def test_options_of_a_request_reach_the_server() -> None:
    async with OpenAIServer() as server:
        server.script("Hello", *END)
        model = build_openai("m", api_key=None, base_url=server.base_url, max_retries=0)
        async with aclosing(model.astream("Hi", extra_body={"top_k": 5})) as chunks:  # type: ignore[type-var]
            text = "".join([str(chunk.text) async for chunk in chunks])
        await close_chat_model(model)
        assert (text, server.requests[0].body["top_k"]) == ("Hello", 5)


async def test_a_refused_connection_is_no_time_out_for_whoever_asks_without_a_stream_either() -> None:
    model = build_openai("m", api_key=None, base_url="http://127.0.0.1:9/v1", max_retries=0)
    with pytest.raises(Exception) as caught:  # noqa: PT011  (whatever the SDK's is)
        await model.ainvoke("Hi")
    assert isinstance(read_failure(caught.value, "m").error, ModelUnreachable)
    await close_chat_model(model)


# How late it is read, in virtual time: the SDK, LangChain and `Chat` are the real ones, the network is not


class Network(httpx2.AsyncBaseTransport):
    """Sends each of these at its time; one read takes all that has come, as over aiohttp. Afterwards silence."""

    def __init__(self, *timed: tuple[float, Raw | Event]) -> None:
        self._timed = list(timed)
        self.timeouts: list[dict[str, float | None]] = []
        self.closed: list[float] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.timeouts.append(request.extensions["timeout"])
        return httpx2.Response(200, stream=Body(list(self._timed), self.closed))


class Body(httpx2.AsyncByteStream):
    def __init__(self, timed: list[tuple[float, Raw | Event]], closed: list[float]) -> None:
        self._timed = timed
        self._closed = closed

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self._timed:
            await asyncio.sleep(self._timed[0][0] - now())
            come = [step for at, step in self._timed if at <= now() + 1e-9]
            del self._timed[: len(come)]
            yield b"".join(
                step.data if isinstance(step, Raw) else f"data: {json.dumps(step.data)}\n\n".encode()
                for step in come
            )
        await asyncio.sleep(1e6)

    async def aclose(self) -> None:
        self._closed.append(now())


def model_at(network: Network) -> WholeChatOpenAI:
    clients = {"http_async_client": httpx2.AsyncClient(transport=network)}
    model = build_openai("m", api_key=None, base_url="http://model.test/v1", max_retries=0, clients=clients)
    # The SDK looks for it in a thread, which virtual time knows nothing of.
    model.root_async_client._platform = "Linux"  # noqa: SLF001
    return model


def words_at(*times: float) -> list[tuple[float, Event]]:
    return [(at, delta(content=f"{number} ")) for number, at in enumerate(times)]


async def hear(network: Network, heard: list[tuple[float, Delta]]) -> None:
    chat = Chat(model_at(network), label="m", first_token=30, idle=10, retries=0)
    async with aclosing(chat.stream(QUESTION)) as deltas:
        async for one in deltas:
            heard.append((now(), one))  # noqa: PERF401  (what came before an error counts)


virtual = pytest.mark.parametrize("anyio_backend", [VIRTUAL])


@virtual
async def test_the_first_word_is_heard_at_once_and_the_last_one_and_the_end_a_look_later_at_most(
    anyio_backend: object,
) -> None:
    last = 5 + 499 / 50
    ends: list[tuple[float, Raw | Event]] = [(last, finish()), (last, usage(9, 500)), (last, DONE)]
    network = Network(*words_at(*(5 + number / 50 for number in range(500))), *ends)
    heard: list[tuple[float, Delta]] = []
    await hear(network, heard)
    texts = [(at, one.text) for at, one in heard if isinstance(one, Text)]
    assert texts[0] == (5, "0 ")
    assert "".join(text for _, text in texts) == "".join(f"{number} " for number in range(500))
    assert len(texts) < 250
    assert texts[-1][0] <= last + 0.05
    # What the body's end takes after [DONE] is the SDK's tenth of a second.
    assert [(one, at <= last + 0.15) for at, one in heard[-2:]] == [(Usage(9, 500), True), (STOP, True)]


@virtual
async def test_a_silence_is_told_a_look_late_at_most_and_closes_the_connection(anyio_backend: object) -> None:
    network = Network(*words_at(1, 2, 2.01))
    heard: list[tuple[float, Delta]] = []
    with pytest.raises(ModelStalled, match="fell silent for 10 s"):
        await hear(network, heard)
    assert 12.01 <= now() <= 12.01 + 0.05
    assert network.closed == [now()]
    assert joined(one for _, one in heard) == [Text("0 1 2 ")]


@virtual
@pytest.mark.parametrize("left_at", [1.1, 2.02, 4], ids=["at first", "between two looks", "in a silence"])
async def test_who_leaves_hangs_up_at_once(left_at: float, anyio_backend: object) -> None:
    network = Network(*words_at(1, 2, 2.01))
    reading = asyncio.create_task(hear(network, []))
    await asyncio.sleep(left_at)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert network.closed == [left_at]


@virtual
async def test_no_time_out_of_the_sdk_s_moves_a_timer_at_every_packet(anyio_backend: object) -> None:
    network = short_answer()
    await hear(network, [])
    assert set(network.timeouts[0].values()) == {None}


# Who reads the light way, and who LangChain's


class Listener(AsyncCallbackHandler):
    def __init__(self) -> None:
        self.told: list[str] = []

    async def on_llm_end(self, response: LLMResult, **_: Any) -> None:
        self.told.append(response.generations[0][0].text)


async def light(model: WholeChatOpenAI, prompt: BaseMessage) -> list[BaseMessage]:
    """The chunks, where LangChain makes messages of all of them."""
    async with aclosing(model.stream_light([prompt])) as chunks:
        return [cast("BaseMessage", chunk) async for chunk in chunks]


@virtual
async def test_words_that_nobody_listens_to_are_no_messages_but_for_the_first(anyio_backend: object) -> None:
    async with aclosing(model_at(short_answer()).stream_light([HumanMessage("Hi")])) as chunks:
        [first, words, end] = [chunk async for chunk in chunks]
    assert first == AIMessageChunk(content="a", response_metadata={"model_provider": "openai"})
    assert words == "b"
    assert isinstance(end, AIMessageChunk)


def short_answer() -> Network:
    return Network((1, delta(content="a")), (2, delta(content="b")), (3, finish()), (3, DONE))


@virtual
async def test_callbacks_are_told_of_the_whole_answer(anyio_backend: object) -> None:
    listener, model = Listener(), model_at(short_answer())
    model.callbacks = [listener]
    assert "".join(str(chunk.text) for chunk in await light(model, HumanMessage("Hi"))) == "ab"
    assert listener.told == ["ab"]


@virtual
async def test_a_chain_s_callbacks_are_told_too(anyio_backend: object) -> None:
    listener, model = Listener(), model_at(short_answer())

    async def ask(question: str) -> str:
        return "".join(str(chunk.text) for chunk in await light(model, HumanMessage(question)))

    assert await RunnableLambda(ask).ainvoke("Hi", {"callbacks": [listener]}) == "ab"
    assert listener.told == ["ab"]


@virtual
async def test_where_nobody_listens_no_chunk_is_kept(anyio_backend: object) -> None:
    kept: list[weakref.ref[BaseMessage]] = []
    prompt = HumanMessage([{"type": "text", "text": "Hi"}])  # of which messages are made
    async with aclosing(model_at(short_answer()).stream_unheard([prompt])) as chunks:
        async for chunk in chunks:
            assert not isinstance(chunk, str)
            kept.append(weakref.ref(chunk))
            del chunk
            gc.collect()
            assert [one() for one in kept[:-1]] == [None] * (len(kept) - 1)
    assert len(kept) == 3


@virtual
@pytest.mark.parametrize(
    ("prompt", "form"),
    [
        (HumanMessage("Hi"), "v1"),
        (HumanMessage([{"type": "text", "text": "Hi"}]), "v0"),
    ],
    ids=["an answer in LangChain's own form", "a prompt of parts"],
)
async def test_what_langchain_has_to_convert_goes_its_way(
    prompt: BaseMessage, form: str, anyio_backend: object
) -> None:
    model = model_at(short_answer())
    model.output_version = form
    chunks = await light(model, prompt)
    assert "".join(str(chunk.text) for chunk in chunks) == "ab"
    assert isinstance(chunks[0].content, list) == (form == "v1")
    assert getattr(chunks[-1], "chunk_position", None) == "last"
