"""Somebody's own runnable in the place of a model."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest
from langchain.agents import create_agent
from langchain_core.runnables import RunnableLambda
from langchain_core.tools import tool

from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.deltas import Finish, Reason, Text, ToolState, ToolStep
from bot.core.conversation.history import ChatMessage, Role
from bot.errors import SettingsError
from bot.model.tools.own_agent import OwnAgent, load_agent
from bot.observability import facts
from bot.observability.current_turn import TURN
from bot.observability.hooks import subscribe
from tests.fakes import an_answer
from tests.models import ScriptedModel, finish, tool_part

if TYPE_CHECKING:
    from pathlib import Path

    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.deltas import Delta

ASKED = [ChatMessage(Role.USER, text_parts("What time is it?"))]


@tool
def clock() -> str:
    """Tells the time."""
    return "7"


async def answer(runnable: Any) -> list[Delta]:
    agent = OwnAgent(runnable, label="mine:agent", idle=60)
    async with aclosing(agent.stream(ASKED)) as deltas:
        return [delta async for delta in deltas]


async def test_a_graph_answers_and_its_tools_are_shown() -> None:
    model = ScriptedModel(
        answers=[[tool_part("{}", name="clock", call_id="a"), *finish("tool_calls")], ["It is 7.", *finish()]]
    )
    deltas = await answer(create_agent(model, [clock]))
    assert ToolStep("a", "clock", ToolState.STARTED) in deltas
    assert deltas[-2:] == [Text("It is 7."), Finish(Reason.STOP)]


async def test_a_tool_that_works_in_a_thread_is_told_of_in_its_turn() -> None:
    turns: list[AnswerKey | None] = []

    def hear(fact: facts.Fact) -> None:
        turns.extend([TURN.get()] if isinstance(fact, facts.ToolUsed | facts.ModelCalled) else [])

    model = ScriptedModel(
        answers=[[tool_part("{}", name="clock", call_id="a"), *finish("tool_calls")], finish()]
    )
    with subscribe(hear):
        TURN.set(an_answer("1.0"))
        await answer(create_agent(model, [clock]))
    assert turns == [an_answer("1.0")] * 3  # a call, the tool, a call


async def test_a_runnable_that_takes_messages_is_given_them() -> None:
    assert await answer(ScriptedModel(answers=[["Hello.", *finish()]])) == [
        Text("Hello."),
        Finish(Reason.STOP),
    ]
    echo = RunnableLambda(lambda messages: messages[-1].text)
    assert await answer(echo) == [Text("What time is it?"), Finish(Reason.STOP)]


def test_it_is_found_by_its_module_and_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", ["/nowhere"])
    body = "from langchain_core.runnables import RunnableLambda\nagent = RunnableLambda(len)\n\ndef make():\n    return agent\n"
    (tmp_path / "some_agent_of_mine.py").write_text(f"{body}number = 1\n")
    assert load_agent("some_agent_of_mine:agent") is load_agent("some_agent_of_mine:make")
    with pytest.raises(SettingsError, match="no LangChain runnable"):
        load_agent("some_agent_of_mine:number")


@pytest.mark.parametrize("name", ["json", "json:", ":x", "no_such_module:agent", "json:nothing"])
def test_what_cannot_be_found_is_told(name: str) -> None:
    with pytest.raises(SettingsError, match="TELEPRINTER_AGENT"):
        load_agent(name)
