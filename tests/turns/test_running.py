"""What runs of a turn in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.durable.workflow import SegmentPosted
from bot.turns.running import Running

if TYPE_CHECKING:
    from bot.turns.running import RunningRecord

TURN = AnswerKey(TurnKey(ThreadKey("T", "C", "1.0"), "5.0", "U", Kind.MENTION))


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
