"""Each call of a model and each use of a tool inside somebody's own runnable is told once, whatever becomes of it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any

import pytest
from langchain.agents import create_agent
from langchain_core.language_models import FakeListLLM
from langchain_core.tools import tool

from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.deltas import Text, ToolStep
from bot.core.conversation.history import ChatMessage, Role
from bot.errors import ModelError
from bot.model.tools.own_agent import OwnAgent
from bot.observability import facts
from bot.observability.hooks import subscribe
from tests.clock import VIRTUAL
from tests.models import HANG, Pause, ScriptedModel, finish, tool_part

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.conversation.deltas import Delta

pytestmark = pytest.mark.parametrize("anyio_backend", [VIRTUAL])

ASKED = [ChatMessage(Role.USER, text_parts("What time is it?"))]


@tool
async def look() -> str:
    """Looks at the clock."""
    await asyncio.sleep(3.0)
    return "7"


@tool
async def fall() -> str:
    """Falls."""
    raise ValueError("secret words")


@tool
async def wait_for_ever() -> str:
    """Waits."""
    await asyncio.Event().wait()
    return ""


def using(used: Any) -> ScriptedModel:
    """A model that uses the tool, and then answers a second late."""
    return ScriptedModel(
        answers=[
            [tool_part("{}", name=used.name, call_id="a"), *finish("tool_calls", usage=(5, 7))],
            [Pause(1.0), "It is ", Pause(1.0), "7.", *finish(usage=(12, 3))],
        ]
    )


async def tell_of(
    runnable: Any, *, until: Callable[[Delta], bool] = lambda _: False
) -> tuple[list[facts.ModelCalled], list[facts.ToolUsed]]:
    """What is told of the calls and of the tools of a run, which is left at a delta."""
    heard: list[facts.Fact] = []
    agent = OwnAgent(runnable, label="mine:agent", idle=60)
    with subscribe(heard.append), suppress(ModelError):
        async with aclosing(agent.stream(ASKED)) as deltas:
            async for delta in deltas:
                if until(delta):
                    break
    return (
        [one for one in heard if isinstance(one, facts.ModelCalled)],
        [one for one in heard if isinstance(one, facts.ToolUsed)],
    )


async def test_an_agent_s_calls_tell_their_time_their_tokens_and_their_end() -> None:
    (first, second), _ = await tell_of(create_agent(using(look), [look]))
    assert (first.input_tokens, first.output_tokens, first.finish, first.error) == (5, 7, "tool_calls", "")
    assert (second.seconds, second.first_chunk, second.input_tokens) == (2.0, 1.0, 12)


async def test_an_agent_s_tools_tell_their_name_their_time_and_their_end() -> None:
    _, told = await tell_of(create_agent(using(look), [look]))
    assert told == [facts.ToolUsed(server="agent", tool="look", outcome="done", seconds=3.0)]


async def test_what_a_model_calls_itself_is_told_and_else_the_agent_s_name() -> None:
    (named,), _ = await tell_of(
        ScriptedModel(answers=[["Yes.", *finish()]]).with_config(metadata={"ls_model_name": "gpt-4.1-mini"})
    )
    assert (named.model, named.provider) == ("scriptedmodel:gpt-4.1-mini", "scriptedmodel")
    (bare,), _ = await tell_of(FakeListLLM(responses=["Yes."]))
    assert bare.model == "mine:agent"


async def test_a_model_that_fails_tells_the_class_of_it_and_no_word() -> None:
    (told,), _ = await tell_of(ScriptedModel(answers=[["Yes", ValueError("secret words")]]))
    assert told.error == "ValueError"
    assert "secret" not in repr(told)


async def test_a_tool_that_fails_has_failed() -> None:
    _, told = await tell_of(create_agent(using(fall), [fall]))
    assert [(one.tool, one.outcome) for one in told] == [("fall", "failed")]


@pytest.mark.parametrize(
    "runnable",
    [
        lambda: ScriptedModel(answers=[["Yes", HANG]]),
        lambda: create_agent(ScriptedModel(answers=[["Yes", HANG]]), []),
    ],
    ids=["model", "graph"],
)
async def test_a_call_that_nobody_waits_for_any_more_is_cancelled(runnable: Callable[[], Any]) -> None:
    (told,), _ = await tell_of(runnable(), until=lambda delta: delta == Text("Yes"))
    assert told.error == "cancelled"


async def test_a_tool_that_nobody_waits_for_any_more_is_cancelled() -> None:
    _, told = await tell_of(
        create_agent(using(wait_for_ever), [wait_for_ever]), until=lambda delta: isinstance(delta, ToolStep)
    )
    assert [(one.tool, one.outcome) for one in told] == [("wait_for_ever", "cancelled")]
