"""A tool as an agent calls it."""

from __future__ import annotations

from asyncio import CancelledError
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.model.tools.action_gate import NOBODY_TO_ASK, Action, ToolRun
from bot.model.tools.answer_rest import AnswerRest
from bot.model.tools.guarded_tool import MAY_HAVE_HAPPENED, RUN, TOO_MANY, GuardedTool, current_run
from bot.model.tools.offered_tool import OfferedTool, ToolAnswer, ToolBroken
from bot.model.tools.tool_file import ToolRules

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from langchain_core.messages import ToolMessage

TURN = AnswerKey(TurnKey(ThreadKey("T1", "C1", "1.0"), "1.0", "U1", Kind.MENTION))
IMAGE = {"type": "image", "base64": "aGk=", "mime_type": "image/png"}


class Gate:
    """Lets everything act, and says what it was asked for, and when somebody is."""

    def __init__(self) -> None:
        self.asked: list[Action] = []
        self.seen: list[str] = []

    async def act(
        self,
        action: Action,
        do: Callable[[], Awaitable[ToolAnswer]],
        waits: Callable[[bool], Awaitable[None]] | None = None,
    ) -> ToolAnswer:
        self.asked.append(action)
        assert waits is not None
        await waits(True)
        self.seen.append("asked")
        await waits(False)
        return await do()

    async def before(self, turn: AnswerKey) -> str:
        return ""

    async def rest(self, turn: AnswerKey) -> None:
        self.seen.append("rest")

    async def resume(self, turn: AnswerKey) -> None:
        self.seen.append("resume")


async def use(
    answer: ToolAnswer | BaseException,
    *,
    acts: bool = False,
    gate: Gate | None = None,
    run: ToolRun | None = None,
) -> ToolMessage:
    async def call(arguments: Mapping[str, Any]) -> ToolAnswer:
        if isinstance(answer, BaseException):
            raise answer
        return answer

    schema = {"type": "object", "properties": {"what": {"type": "string"}, "config": {"type": "string"}}}
    rules = ToolRules(frozenset("*"), approvers=frozenset({"U9"}))
    tool = GuardedTool.of(OfferedTool("some__do", "", schema, acts, rules, call), gate)
    called = {"name": "some__do", "args": {"what": "it", "config": "c"}, "id": "a", "type": "tool_call"}
    given: ToolMessage = await tool.ainvoke(called, {"configurable": {RUN: run}} if run else None)
    return given


async def test_what_a_tool_says_is_told_to_the_model(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="bot")
    message = await use(ToolAnswer("7"), run=ToolRun(TURN, 9))
    assert (message.content, message.status) == ("7", "success")
    [used] = [vars(one) for one in caplog.records if one.message == "tool.used"]
    assert (used["server"], used["tool"], used["outcome"]) == ("some", "do", "done")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ToolBroken("gone", outcome="lost"), "lost"),
        (ValueError("x"), "failed"),
        (CancelledError(), "cancelled"),
    ],
)
async def test_a_use_that_breaks_is_told_with_what_became_of_it(
    error: BaseException, outcome: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="bot")
    with suppress(ValueError, CancelledError):
        await use(error)
    assert [vars(one)["outcome"] for one in caplog.records if one.message == "tool.used"] == [outcome]


async def test_images_stand_behind_the_words() -> None:
    assert (await use(ToolAnswer("Look:", (IMAGE,)))).content == [{"type": "text", "text": "Look:"}, IMAGE]
    assert (await use(ToolAnswer("", (IMAGE,)))).content == [IMAGE]


async def test_what_a_tool_refuses_and_what_breaks_is_an_error_for_the_model() -> None:
    failed = await use(ToolAnswer("no such zone", failed=True))
    assert (failed.content, failed.status) == ("no such zone", "error")
    broken = await use(ToolBroken("The connection broke.", outcome="lost"))
    assert (broken.content, broken.status) == ("The connection broke.", "error")


async def test_a_call_over_the_limit_is_not_made() -> None:
    run = ToolRun(TURN, most=0)
    assert (await use(ToolAnswer("7"), run=run)).content == TOO_MANY


async def test_a_tool_that_acts_asks_its_gate_first() -> None:
    gate = Gate()
    message = await use(ToolAnswer("written"), acts=True, gate=gate, run=ToolRun(TURN, 9))
    assert message.content == "written"
    assert gate.asked == [Action(TURN, "some__do", {"what": "it", "config": "c"}, 1, frozenset({"U9"}))]


async def test_while_somebody_is_asked_its_turn_rests() -> None:
    gate = Gate()
    run = ToolRun(TURN, 9, AnswerRest(gate, TURN))
    await use(ToolAnswer("written"), acts=True, gate=gate, run=run)
    assert gate.seen == ["rest", "asked", "resume"]


@pytest.mark.parametrize("run", [None, ToolRun(None, 9)], ids=["no run", "no turn"])
async def test_where_nobody_can_be_asked_nothing_acts(run: ToolRun | None) -> None:
    message = await use(ToolAnswer("written"), acts=True, gate=Gate(), run=run)
    assert message.content == NOBODY_TO_ASK
    assert (await use(ToolAnswer("written"), acts=True, run=ToolRun(TURN, 9))).content == NOBODY_TO_ASK


async def test_of_what_acts_and_breaks_the_model_is_told_that_it_may_have_been_done() -> None:
    message = await use(ToolBroken("It broke.", outcome="lost"), acts=True, gate=Gate(), run=ToolRun(TURN, 9))
    assert message.content == f"It broke. {MAY_HAVE_HAPPENED}"


def test_it_is_for_agents_that_wait() -> None:
    async def call(arguments: Mapping[str, Any]) -> ToolAnswer:
        return ToolAnswer(str(arguments))

    rules = ToolRules(frozenset("*"))
    tool = GuardedTool.of(
        OfferedTool("a__b", "", {"type": "object", "properties": {}}, False, rules, call), None
    )
    with pytest.raises(NotImplementedError):
        tool.invoke({})
    assert current_run() is None
