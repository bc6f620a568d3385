"""Whose turn it is, in virtual time: a record that other replicas change."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import pytest

from bot.core.conversation import texts as notes
from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.core.conversation.turn_order import TurnStage, TurnStanding
from bot.turns.thread_queue import LOOK, WAITS_LONG, ThreadQueue
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.turns.running import RunningRecord

TURN = AnswerKey(TurnKey(ThreadKey("T", "C", "1.0"), "5.0", "ada", Kind.MENTION))


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


class Thread:
    """One thread on record, and its status line."""

    def __init__(self, *others: TurnStanding) -> None:
        self.others_ = list(others)
        self.lost_races = 0
        self.superseded: list[str] = []
        self.told: list[tuple[float, str]] = []

    async def others(self, turn: AnswerKey) -> list[TurnStanding]:
        return self.others_

    async def think(self, turn: AnswerKey) -> bool:
        self.lost_races -= 1
        return self.lost_races < 0

    async def supersede(self, turn: AnswerKey, questions: Iterable[str]) -> None:
        self.superseded += questions

    async def status(self, thread: ThreadKey, text: str) -> None:
        self.told.append((asyncio.get_running_loop().time(), text))


def a_floor(thread: Thread) -> ThreadQueue:
    return ThreadQueue(cast("RunningRecord", thread), thread)


async def began_at(floor: ThreadQueue) -> float:
    await floor.take(TURN)
    return asyncio.get_running_loop().time()


async def test_in_a_free_thread_a_turn_begins_at_once() -> None:
    assert await began_at(a_floor(Thread())) == 0.0


async def test_who_loses_the_race_for_a_thread_looks_again() -> None:
    thread = Thread()
    thread.lost_races = 2
    assert await began_at(a_floor(thread)) == 2 * LOOK


async def test_a_turn_of_this_process_that_ends_wakes_the_next_at_once() -> None:
    thread = Thread(TurnStanding("4.0", "grace", TurnStage.WRITING))
    floor = a_floor(thread)
    begun = asyncio.ensure_future(began_at(floor))
    await asyncio.sleep(0.1)
    thread.others_.clear()
    floor.leave(TURN.thread)
    assert await begun == pytest.approx(0.1)


async def test_those_who_wait_look_one_after_the_other() -> None:
    class Slow(Thread):
        looking = most = 0

        async def others(self, turn: AnswerKey) -> list[TurnStanding]:
            self.looking += 1
            self.most = max(self.most, self.looking)
            await asyncio.sleep(0.1)
            self.looking -= 1
            return await super().others(turn)

    thread = Slow(TurnStanding("4.0", "grace", TurnStage.WRITING))
    floor = a_floor(thread)
    waiting = [asyncio.ensure_future(floor.take(TURN)) for _ in range(5)]
    await asyncio.sleep(1.0)
    thread.most = 0
    await asyncio.sleep(2.0)
    thread.others_.clear()
    await asyncio.gather(*waiting)
    assert thread.most == 1


async def test_a_turn_of_another_replica_that_ends_is_noticed_soon() -> None:
    thread = Thread(TurnStanding("4.0", "grace", TurnStage.WRITING))
    begun = asyncio.ensure_future(began_at(a_floor(thread)))
    await asyncio.sleep(1.1)
    thread.others_.clear()
    assert await begun - 1.1 <= LOOK


async def test_who_waits_long_is_told_so_once() -> None:
    thread = Thread(TurnStanding("4.0", "grace", TurnStage.WRITING))
    begun = asyncio.ensure_future(began_at(a_floor(thread)))
    await asyncio.sleep(30.0)
    thread.others_.clear()
    await begun
    assert [text for _, text in thread.told] == [notes.NEXT]
    assert thread.told[0][0] == pytest.approx(WAITS_LONG, abs=LOOK)


async def test_what_is_superseded_is_told_and_not_waited_for() -> None:
    thread = Thread(TurnStanding("4.0", "ada", TurnStage.THINKING))
    assert await began_at(a_floor(thread)) == 0.0
    assert thread.superseded == ["4.0"]
