"""What runs of a turn in this process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import pytest

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.durable.workflow import SegmentPosted
from bot.turns.running import Running
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from bot.turns.running import RunningRecord

TURN = AnswerKey(TurnKey(ThreadKey("T", "C", "1.0"), "5.0", "U", Kind.MENTION))


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


class Allowing:
    """A record that lets every turn write, or none."""

    def __init__(self, *, allows: bool) -> None:
        self.allows = allows

    async def write(self, turn: AnswerKey) -> bool:
        return self.allows


async def test_it_asks_the_record_before_the_first_word_and_tells_the_engine_of_each_message() -> None:
    running = Running(TURN, cast("RunningRecord", Allowing(allows=True)))
    assert await running.opening()
    running.posted(0, "6.0")
    running.posted(1, "7.0")
    assert [await running.news.get(), await running.news.get()] == [
        SegmentPosted(0, "6.0"),
        SegmentPosted(1, "7.0"),
    ]


async def test_what_was_superseded_may_not_open() -> None:
    assert not await Running(TURN, cast("RunningRecord", Allowing(allows=False))).opening()


async def test_a_turn_that_has_not_begun_here_has_taken_no_time() -> None:
    running = Running(TURN, cast("RunningRecord", Allowing(allows=True)))
    assert (running.begun, running.seconds()) == (False, None)


async def test_a_turn_takes_time_since_it_first_began() -> None:
    running = Running(TURN, cast("RunningRecord", Allowing(allows=True)))
    running.begin()
    await asyncio.sleep(2.0)
    running.begin()
    await asyncio.sleep(1.0)
    assert (running.begun, running.seconds()) == (True, 3.0)
