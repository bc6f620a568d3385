"""What happens in a turn can be told from what happens in another."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.observability.current_turn import TURN
from tests.fakes import an_answer

if TYPE_CHECKING:
    from bot.core.conversation.answer_key import AnswerKey


async def test_each_turn_is_the_current_one_of_its_own_task_and_of_those_that_it_starts() -> None:
    seen: list[AnswerKey | None] = []

    async def look() -> None:
        seen.append(TURN.get())

    async def work(turn: AnswerKey) -> None:
        TURN.set(turn)
        await asyncio.create_task(look())

    one, other = an_answer("1.0"), an_answer("2.0")
    await asyncio.gather(asyncio.create_task(work(one)), asyncio.create_task(work(other)))
    assert seen == [one, other]
    assert TURN.get() is None
