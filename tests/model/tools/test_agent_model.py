"""A light model as an agent calls it, over real sockets."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from langchain.agents import create_agent
from langchain_core.messages import HumanMessage
from langchain_core.tools import tool

from bot.core.conversation.deltas import Finish, Reason, Text, ToolState, ToolStep, ToolUse, Usage
from bot.model.langchain.callbacks import stream_runnable
from bot.model.providers import build_chat_model, close_chat_model
from bot.model.tools.agent_model import AgentModel
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
async def agent() -> AsyncIterator[tuple[OpenAIServer, Any]]:
    async with OpenAIServer() as server:
        model = build_chat_model("openai:scripted", base_url=server.base_url)
        try:
            yield server, create_agent(AgentModel.of(model), [clock])
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
        ToolStep("a", "clock", ToolState.STARTED),
        ToolStep("a", "clock", ToolState.ENDED),
        Text("\n\nIt is 7."),
        Finish(Reason.STOP),
    ]
    assert [one["function"]["name"] for one in first["tools"]] == ["clock"]
    assert [one["role"] for one in second["messages"]] == ["user", "assistant", "tool"]
    assert second["messages"][2]["content"] == "7"


async def test_whoever_leaves_ends_the_call() -> None:
    async with agent() as (server, runnable):
        server.script(ROLE, "It is", Stall())
        async with aclosing(ask(runnable)) as deltas:
            assert await anext(deltas) == Text("It is")
        async with asyncio.timeout(10):
            await server.requests[0].disconnected.wait()


def test_a_model_that_is_no_light_one_is_called_as_it_is() -> None:
    model = ScriptedModel(answers=[])
    assert AgentModel.of(model) is model


def test_it_is_for_agents_that_wait() -> None:
    model = AgentModel.of(build_chat_model("openai:any", base_url="http://127.0.0.1:1/v1"))
    with pytest.raises(NotImplementedError):
        model.invoke("What time is it?")
