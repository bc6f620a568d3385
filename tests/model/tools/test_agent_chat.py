"""A model with tools, as one stream."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.messages import SystemMessage, ToolMessage
from openai import APIConnectionError, AuthenticationError

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.deltas import Finish, Reason, Text, ToolState, ToolStep
from bot.core.conversation.history import ChatMessage, Role
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.errors import ModelDenied, ModelEndless, ModelError, ModelUnreachable
from bot.model.tools.action_gate import TOOLS
from bot.model.tools.agent_chat import AgentChat, AgentLimits
from bot.model.tools.guarded_tool import TOO_MANY
from bot.model.tools.offered_tool import OfferedTool, ToolAnswer
from bot.model.tools.tool_file import ToolRules
from bot.model.tools.toolbox import Toolbox
from bot.observability.current_turn import TURN
from tests.clock import VIRTUAL
from tests.fakes import FakeRests
from tests.models import HANG, Pause, ScriptedModel, finish, tool_part

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.core.conversation.deltas import Delta
    from bot.model.tools.action_gate import Action
    from tests.models import Script


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


ASKED = [
    ChatMessage(Role.SYSTEM, text_parts("Be short.")),
    ChatMessage(Role.USER, text_parts("What time is it?")),
]
ANSWER = AnswerKey(TurnKey(ThreadKey("T1", "C1", "1.0"), "1.0", "U1", Kind.MENTION))


WORDY: Script = [step for _ in range(10) for step in (Pause(20.0), "word ")]


class Tools:
    """A tool that takes some time, and one that acts."""

    def __init__(self, seconds: float = 0.0) -> None:
        self._seconds = seconds
        rules, schema = ToolRules(frozenset("*")), {"type": "object", "properties": {}}
        self.offers: tuple[OfferedTool, ...] = (
            OfferedTool("some__look", "Looks.", schema, False, rules, self.call),
            OfferedTool("some__write", "Writes.", schema, True, rules, self.call),
        )
        self.calls = 0

    async def call(self, arguments: Mapping[str, Any]) -> ToolAnswer:
        await asyncio.sleep(self._seconds)
        self.calls += 1
        return ToolAnswer(f"number {self.calls}")


class Gate(FakeRests):
    """Takes its time for each action, while its turn rests."""

    async def act(
        self,
        action: Action,
        do: Callable[[], Awaitable[ToolAnswer]],
        waits: Callable[[bool], Awaitable[None]] | None = None,
    ) -> ToolAnswer:
        assert waits is not None
        await waits(True)
        assert self.resting == {action.turn}
        await asyncio.sleep(1800)
        await waits(False)
        assert self.resting == set()
        return await do()

    async def before(self, turn: AnswerKey) -> str:
        return "Something was done before."


def use(name: str = "some__look", call_id: str = "a") -> Script:
    return [tool_part("{}", name=name, call_id=call_id), *finish("tool_calls")]


def agent_of(
    *answers: Script, tools: Tools | None = None, gate: Gate | None = None, **limits: Any
) -> tuple[AgentChat, ScriptedModel]:
    model = ScriptedModel(answers=answers)
    limits = {"idle": 60.0, **limits}
    return AgentChat(
        model, Toolbox([tools or Tools()]), AgentLimits(**limits), label="some:model", gate=gate
    ), model


async def read(agent: AgentChat) -> list[Delta]:
    async with aclosing(agent.stream(ASKED)) as deltas:
        return [delta async for delta in deltas]


async def test_a_tool_is_used_and_the_model_answers_with_what_it_said() -> None:
    agent, model = agent_of(use(), ["It is 7.", *finish()])
    deltas = await read(agent)
    assert deltas[-2:] == [Text("It is 7."), Finish(Reason.STOP)]
    assert ToolStep("a", "some: look", ToolState.ENDED) in deltas
    assert [one.text for one in model.prompts[1] if isinstance(one, ToolMessage)] == ["number 1"]


async def test_a_tool_that_there_is_not_is_the_model_s_to_hear_of() -> None:
    agent, model = agent_of(use("some__other"), ["Sorry.", *finish()])
    assert (await read(agent))[-1] == Finish(Reason.STOP)
    [result] = [one for one in model.prompts[1] if isinstance(one, ToolMessage)]
    assert result.status == "error"


async def test_an_answer_makes_so_many_calls_and_then_has_to_end() -> None:
    tools = Tools()
    agent, model = agent_of(use(), tools=tools, tool_calls=3)
    with pytest.raises(ModelEndless):
        await read(agent)
    assert tools.calls == 3
    results = [one.text for one in model.prompts[-1] if isinstance(one, ToolMessage)]
    assert results == ["number 1", "number 2", "number 3", TOO_MANY, TOO_MANY]


async def test_calls_of_one_message_are_made_side_by_side_four_at_a_time() -> None:
    calls = [tool_part("{}", name="some__look", call_id=f"{n}", index=n) for n in range(5)]
    agent, _ = agent_of([*calls, *finish("tool_calls")], ["Done.", *finish()], tools=Tools(seconds=10))
    began = asyncio.get_running_loop().time()
    await read(agent)
    assert asyncio.get_running_loop().time() - began == 20.0


async def test_nobody_loses_patience_with_a_model_while_a_tool_works_or_a_person_thinks() -> None:
    TURN.set(ANSWER)
    agent, _ = agent_of(
        use("some__write"), ["Written.", *finish()], tools=Tools(seconds=50), gate=Gate(), seconds=90.0
    )
    deltas = await read(agent)
    assert deltas[-2:] == [Text("Written."), Finish(Reason.STOP)]
    states = [delta.state for delta in deltas if isinstance(delta, ToolStep)]
    assert states == [ToolState.STARTED, ToolState.ASKED, ToolState.STARTED, ToolState.ENDED]


async def test_a_model_that_is_silent_after_a_tool_is_not_waited_for_for_ever() -> None:
    agent, _ = agent_of(use(), [HANG])
    with pytest.raises(ModelError):
        await read(agent)


async def test_the_model_s_own_time_has_an_end() -> None:
    agent, _ = agent_of([*WORDY], seconds=90.0)
    with pytest.raises(ModelEndless):
        await read(agent)


@pytest.mark.parametrize(
    "script", [["word " * 50, *finish()], ["Yes.", *finish(usage=(5, 50))]], ids=["written", "counted"]
)
async def test_too_many_tokens_end_it(script: Script) -> None:
    agent, _ = agent_of(script, tokens=20)
    with pytest.raises(ModelEndless, match="after 20 tokens"):
        await read(agent)


def lost() -> Exception:
    from httpx2 import Request

    return APIConnectionError(request=Request("POST", "http://a"))


async def test_a_call_that_fails_before_its_first_word_is_made_again() -> None:
    agent, _ = agent_of([lost()], ["Yes.", *finish()])
    assert await read(agent) == [Text("Yes."), Finish(Reason.STOP)]


async def test_a_call_that_fails_after_a_tool_is_made_again_and_the_tool_is_not() -> None:
    tools = Tools()
    agent, _ = agent_of(use(), [lost()], [lost()], ["Yes.", *finish()], tools=tools)
    assert (await read(agent))[-2:] == [Text("Yes."), Finish(Reason.STOP)]
    assert tools.calls == 1


@pytest.mark.parametrize(
    ("answers", "calls"), [(([lost()],), 3), ((["It is", lost()],), 1)], ids=["thrice", "midway"]
)
async def test_after_its_first_word_or_the_third_failure_a_call_is_not_made_again(
    answers: tuple[Script, ...], calls: int
) -> None:
    agent, model = agent_of(*answers)
    with pytest.raises(ModelUnreachable):
        await read(agent)
    assert len(model.prompts) == calls


async def test_what_would_fail_again_is_not_tried_again() -> None:
    from httpx2 import Request, Response

    denied = AuthenticationError("no", response=Response(401, request=Request("POST", "http://a")), body=None)
    agent, model = agent_of([denied])
    with pytest.raises(ModelDenied):
        await read(agent)
    assert len(model.prompts) == 1


async def test_what_was_done_before_stands_in_what_the_model_is_told_first() -> None:
    TURN.set(ANSWER)
    agent, model = agent_of(["Yes.", *finish()], gate=Gate())
    await read(agent)
    assert isinstance(model.prompts[0][0], SystemMessage)
    assert model.prompts[0][0].text == "Be short.\n\nSomething was done before."
    async with aclosing(agent.stream(ASKED[1:])) as deltas:
        assert [type(one) async for one in deltas] == [Text, Finish]
    assert [one.text for one in model.prompts[1]] == ["Something was done before.", "What time is it?"]


async def test_tools_that_come_later_are_offered_to_the_next_question() -> None:
    tools = Tools()
    late, tools.offers = tools.offers, ()
    agent, model = agent_of(["Yes.", *finish()], use(), ["Done.", *finish()], tools=tools)
    await read(agent)
    tools.offers = late
    await read(agent)
    assert tools.calls == 1
    assert len(model.prompts) == 3


async def test_where_tools_are_not_to_be_used_the_model_is_offered_none() -> None:
    tools = Tools()
    agent, model = agent_of(use(), ["Done.", *finish()], tools=tools)
    TOOLS.set(False)
    await read(agent)
    assert (tools.calls, len(model.prompts)) == (0, 1)
    TOOLS.set(True)
    await read(agent)
    assert len(model.prompts) == 2
