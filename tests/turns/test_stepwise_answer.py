"""A question about a whole thread: read in steps, then answered, as one stream."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation import notices
from bot.core.conversation.deltas import Finish, HistoryRead, Reason, Text, Usage
from bot.errors import ModelStalled
from bot.language.catalogue import ENGLISH
from bot.model.tools.action_gate import TOOLS
from bot.turns.stepwise_answer import answer_in_steps
from tests.clock import VIRTUAL
from tests.core.conversation.test_long_thread import a_plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.deltas import Delta, DeltaStream
    from bot.core.conversation.history import ChatMessage


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


class Reader:
    """Says what it is asked to as often as it is asked, `seconds` later; at `fail` it breaks."""

    def __init__(self, *, seconds: float = 0.0, fail: int = -1) -> None:
        self.asked: list[Sequence[ChatMessage]] = []
        self.tools: list[bool] = []
        self.closed = 0
        self._seconds = seconds
        self._fail = fail

    def stream(self, messages: Sequence[ChatMessage]) -> DeltaStream:
        self.asked.append(messages)
        return self._say(len(self.asked))

    async def _say(self, number: int) -> DeltaStream:
        try:
            self.tools.append(TOOLS.get())
            await asyncio.sleep(self._seconds)
            if number == self._fail:
                raise ModelStalled("silent for 60 s")
            yield Text(f"Part {number}.")
            yield Usage(10, 2)
            yield Finish(Reason.STOP)
        finally:
            self.closed += 1


async def heard(model: Reader, count: int = 120, seconds: float = 120.0) -> list[Delta]:
    async with aclosing(answer_in_steps(model, a_plan(count), ENGLISH, seconds=seconds)) as deltas:
        return [delta async for delta in deltas]


async def test_it_is_told_what_is_read_and_the_answer_comes_from_all_of_it() -> None:
    model, plan = Reader(), a_plan(120)
    deltas = await heard(model)
    count = len(plan.steps)
    assert [one for one in deltas if isinstance(one, HistoryRead)] == [
        HistoryRead(step.first, step.last, 120) for step in plan.steps
    ]
    assert [one for one in deltas if isinstance(one, Text)] == [Text(f"Part {count + 1}.")]
    given = model.asked[-1][1].text
    assert [f"Part {number}." in given for number in range(1, count + 1)] == [True] * count
    assert deltas[-2:] == [Usage(10 * (count + 1), 2 * (count + 1)), Finish(Reason.STOP)]


async def test_a_step_uses_no_tools_and_the_answer_may() -> None:
    model = Reader()
    await heard(model)
    assert (set(model.tools[:-1]), model.tools[-1]) == ({False}, True)


async def test_what_there_is_no_time_for_is_told_and_the_question_is_answered_all_the_same() -> None:
    model, plan = Reader(seconds=1.0), a_plan(120)
    deltas = await heard(model, seconds=1.5)
    words = notices.left_out(plan.unread_after(1))
    assert words is not None
    assert [one.text for one in deltas if isinstance(one, Text)] == [
        "Part 3.",
        f"\n\n*{ENGLISH.say(words)}*",
    ]
    assert (len(model.asked), model.closed) == (3, 3)


async def test_what_is_too_far_back_is_told_as_well() -> None:
    words = notices.left_out(a_plan(900).unread)
    assert words is not None
    assert Text(f"\n\n*{ENGLISH.say(words)}*") in await heard(Reader(), 900)


async def test_a_model_that_fails_at_a_step_fails() -> None:
    model = Reader(fail=2)
    with pytest.raises(ModelStalled):
        await heard(model)
    assert len(model.asked) == 2
    assert TOOLS.get()


async def test_whoever_leaves_ends_the_step() -> None:
    model = Reader(seconds=1_000.0)
    reading = asyncio.create_task(heard(model))
    await asyncio.sleep(1.0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert (len(model.asked), model.closed) == (1, 1)
