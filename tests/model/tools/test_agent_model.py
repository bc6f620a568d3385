"""A light model as an agent calls it, over real sockets."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from httpx2 import Request, Response
from langchain.agents import create_agent
from langchain_core.messages import AIMessageChunk, HumanMessage
from langchain_core.outputs import ChatGenerationChunk
from langchain_core.tools import BaseTool, tool
from openai import RateLimitError

from bot.core.conversation.deltas import Finish, Reason, Text, ToolState, ToolStep, ToolUse, Usage
from bot.errors import ModelBroke
from bot.model.langchain.callbacks import stream_runnable
from bot.model.providers import build_chat_model, close_chat_model
from bot.model.tools.agent_model import AgentModel
from bot.model.tools.tool_images import BELOW
from tests.clock import VIRTUAL
from tests.joined import joined
from tests.models import ScriptedModel
from tests.openai_server import DONE, END, ROLE, OpenAIServer, Stall, finish, tool_part, usage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.core.conversation.deltas import DeltaStream


@tool
def clock() -> str:
    """Tells the time."""
    return "7"


@asynccontextmanager
async def agent(used: BaseTool = clock) -> AsyncIterator[tuple[OpenAIServer, Any]]:
    async with OpenAIServer() as server:
        model = build_chat_model("openai:scripted", base_url=server.base_url)
        try:
            yield server, create_agent(AgentModel.of(model, label="some:model", longest=60.0), [used])
        finally:
            await close_chat_model(model)


def ask(runnable: Any) -> DeltaStream:
    return stream_runnable(runnable, {"messages": [HumanMessage("What time is it?")]})


async def test_its_words_and_its_calls_are_heard_as_they_come_and_its_tools_are_named_to_the_server() -> None:
    async with agent() as (server, runnable):
        server.script(
            ROLE,
            "Let me look.",
            tool_part("{}", name="clock", call_id="a"),
            finish("tool_calls"),
            usage(9, 4),
            DONE,
        )
        server.script(ROLE, "It is", " 7.", *END)
        async with aclosing(ask(runnable)) as deltas:
            said = joined([delta async for delta in deltas])
        first, second = (one.body for one in server.requests)
    assert said == [
        Text("Let me look."),
        ToolUse("a", "clock", "{}"),
        Usage(9, 4),
        Text("\n\n"),
        ToolStep("a", "clock", ToolState.STARTED),
        ToolStep("a", "clock", ToolState.ENDED),
        Text("It is 7."),
        Finish(Reason.STOP),
    ]
    assert [one["function"]["name"] for one in first["tools"]] == ["clock"]
    assert [one["role"] for one in second["messages"]] == ["user", "assistant", "tool"]
    assert second["messages"][2]["content"] == "7"


@asynccontextmanager
async def agent_that_empties() -> AsyncIterator[tuple[OpenAIServer, Any, list[str]]]:
    emptied: list[str] = []

    @tool
    def empty(folder: str) -> str:
        """Removes all that is in a folder."""
        emptied.append(folder)
        return "done"

    async with agent(empty) as (server, runnable):
        yield server, runnable, emptied


@pytest.mark.parametrize("arguments", ['{"folder": "/data', ""], ids=["within an argument", "before them"])
async def test_a_call_that_its_limit_cut_off_is_not_made(arguments: str) -> None:
    async with agent_that_empties() as (server, runnable, emptied):
        server.script(ROLE, tool_part(arguments, name="empty", call_id="a"), finish("length"), DONE)
        async with aclosing(ask(runnable)) as deltas:
            said = [delta async for delta in deltas]
    assert (said[-1], emptied, len(server.requests)) == (Finish(Reason.LENGTH), [], 1)


async def test_a_call_that_was_cut_off_is_not_made_where_the_server_says_its_end_again_and_again() -> None:
    async with agent_that_empties() as (server, runnable, emptied):
        part = tool_part('{"folder": "/data', name="empty", call_id="a")
        unfinished = finish("null")  # as Alibaba and watsonx say it in every chunk
        server.script(ROLE, unfinished, part, unfinished, finish("length"), finish("length"), DONE)
        await runnable.ainvoke({"messages": [HumanMessage("Tidy up.")]})
    assert emptied == []


async def test_a_call_that_the_end_of_the_stream_cut_off_is_not_made_and_the_answer_broke_off() -> None:
    async with agent_that_empties() as (server, runnable, emptied):
        server.script(ROLE, tool_part('{"folder": "/data', name="empty", call_id="a"))
        with pytest.raises(ModelBroke):
            async with aclosing(ask(runnable)) as deltas:
                _ = [delta async for delta in deltas]
    assert emptied == []


async def test_where_one_of_two_calls_was_cut_off_neither_is_made() -> None:
    async with agent_that_empties() as (server, runnable, emptied):
        first = tool_part('{"folder": "/old"}', name="empty", call_id="a")
        second = tool_part('{"folder": "/data', name="empty", call_id="b", index=1)
        server.script(ROLE, first, second, finish("length"), DONE)
        await runnable.ainvoke({"messages": [HumanMessage("Tidy up.")]})
    assert emptied == []


@pytest.mark.parametrize("end", ["length", "tool_calls"])
async def test_a_call_that_is_whole_is_made_whatever_the_end(end: str) -> None:
    async with agent_that_empties() as (server, runnable, emptied):
        server.script(ROLE, tool_part('{"folder": "/old"}', name="empty", call_id="a"), finish(end), DONE)
        server.script(ROLE, "Done.", *END)
        await runnable.ainvoke({"messages": [HumanMessage("Tidy up.")]})
    assert emptied == ["/old"]


async def test_whoever_leaves_ends_the_call() -> None:
    async with agent() as (server, runnable):
        server.script(ROLE, "It is", Stall())
        async with aclosing(ask(runnable)) as deltas:
            assert await anext(deltas) == Text("It is")
        async with asyncio.timeout(10):
            await server.requests[0].disconnected.wait()


async def test_an_image_that_a_tool_returns_goes_where_the_server_reads_it() -> None:
    @tool
    def draw() -> list[dict[str, Any]]:
        """Draws."""
        return [{"type": "image", "base64": "aGk=", "mime_type": "image/png"}]

    async with agent(draw) as (server, runnable):
        server.script(ROLE, tool_part("{}", name="draw", call_id="a"), finish("tool_calls"), DONE)
        server.script(ROLE, "Nice.", *END)
        await runnable.ainvoke({"messages": [HumanMessage("Draw.")]})
        said = server.requests[1].body["messages"]
    assert [one["role"] for one in said] == ["user", "assistant", "tool", "user"]
    assert said[2]["content"] == BELOW
    assert said[3]["content"][1]["image_url"]["url"] == "data:image/png;base64,aGk="


class Refused(ScriptedModel):
    """Is refused, with a pause of so many seconds, whenever it is called."""

    wait: int
    calls: int = 0

    async def _astream(self, *_: Any, **__: Any) -> AsyncIterator[ChatGenerationChunk]:
        self.calls += 1
        headers, request = {"retry-after": str(self.wait)}, Request("POST", "http://a")
        raise RateLimitError("slow down", response=Response(429, headers=headers, request=request), body=None)
        yield ChatGenerationChunk(message=AIMessageChunk(""))


@pytest.mark.parametrize("anyio_backend", [VIRTUAL], ids=["virtual time"])
@pytest.mark.parametrize(("wait", "calls", "seconds"), [(7, 3, 14.0), (70, 1, 0.0)])
async def test_the_provider_s_pause_is_kept_where_it_is_worth_it(
    wait: int, calls: int, seconds: float
) -> None:
    model, began = Refused(answers=[], wait=wait), asyncio.get_running_loop().time()
    with pytest.raises(RateLimitError):
        await AgentModel.of(model, label="some:model", longest=60.0).ainvoke("What time is it?")
    assert (model.calls, asyncio.get_running_loop().time() - began) == (calls, seconds)


def test_it_is_for_agents_that_wait() -> None:
    model = AgentModel.of(ScriptedModel(answers=[]), label="some:model", longest=60.0)
    with pytest.raises(NotImplementedError):
        model.invoke("What time is it?")
