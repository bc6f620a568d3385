"""Whose turn it is, in virtual time: attempts that succeed once the record would let them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation import notices as notes
from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.core.conversation.turn_order import Ending, TurnStage, TurnStanding
from bot.durable.turn_store import Entry
from bot.language.translatable import Translatable
from bot.turns.thread_queue import WAITS_LONG, ThreadQueue
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

THREAD = ThreadKey("T", "C", "1.0")


def a_turn(ts: str, user: str, thread: ThreadKey = THREAD) -> AnswerKey:
    return AnswerKey(TurnKey(thread, ts, user, Kind.MENTION))


TURN, LATER = a_turn("5.0", "ada"), a_turn("6.0", "bob")
WRITES = TurnStanding("4.0", "grace", TurnStage.WRITING)
WAITING = Entry(TurnStage.WAITING, 1, 0, None, frozenset(), "me", at_work=False)
BEGINS = replace(WAITING, stage=TurnStage.THINKING)


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


@dataclass
class Thread:
    """A thread on record, which answers `entry` to whoever asks, and its status line."""

    entry: Entry = BEGINS
    asked: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    told: list[tuple[float, Translatable]] = field(default_factory=list[tuple[float, Translatable]])

    def attempt(self, turn: AnswerKey, *, takes: float = 0.0) -> Callable[[], Awaitable[Entry]]:
        async def attempt() -> Entry:
            self.asked.append((now(), turn.name))
            await asyncio.sleep(takes)
            return self.entry

        return attempt

    async def status(self, turn: AnswerKey, text: Translatable) -> None:
        self.told.append((now(), text))


def now() -> float:
    return round(asyncio.get_running_loop().time(), 3)


async def waiting(queue: ThreadQueue, thread: Thread, *turns: AnswerKey) -> list[asyncio.Task[Entry]]:
    """The turns ask for the thread, and have been answered that they wait."""
    thread.entry = WAITING
    asking = [asyncio.create_task(queue.claim(turn, thread.attempt(turn))) for turn in turns]
    await asyncio.sleep(0.1)
    thread.entry = BEGINS
    thread.asked.clear()
    return asking


async def test_in_a_free_thread_a_turn_begins_at_its_first_attempt() -> None:
    thread = Thread()
    assert await ThreadQueue(thread).claim(TURN, thread.attempt(TURN)) is BEGINS
    assert thread.asked == [(0.0, "5.0")]


async def test_a_turn_of_this_process_that_ends_wakes_the_next_at_once_and_no_other() -> None:
    thread = Thread()
    queue = ThreadQueue(thread)
    later, first = await waiting(queue, thread, LATER, TURN)
    queue.leave(THREAD)
    assert await first is BEGINS
    assert (thread.asked, later.done()) == ([(0.1, "5.0")], False)
    queue.leave(THREAD)
    assert await later is BEGINS


async def test_a_thread_that_is_left_during_an_attempt_is_asked_for_again() -> None:
    thread = Thread(WAITING)
    queue = ThreadQueue(thread)
    claiming = asyncio.create_task(queue.claim(TURN, thread.attempt(TURN, takes=1.0)))
    await asyncio.sleep(0.5)
    queue.leave(THREAD)
    await asyncio.sleep(0.6)
    thread.entry = BEGINS
    assert await claiming is BEGINS
    assert [when for when, _ in thread.asked] == [0.0, 1.0]


async def test_a_turn_of_another_replica_that_ends_is_seen_at_the_next_look() -> None:
    thread = Thread()
    queue = ThreadQueue(thread)
    (claiming,) = await waiting(queue, thread, TURN)
    assert queue.threads == {THREAD}
    queue.look({THREAD: [WRITES]})
    await asyncio.sleep(0.1)
    assert thread.asked == []
    queue.look({THREAD: [TurnStanding("5.0", "ada", TurnStage.WAITING)]})
    assert await claiming is BEGINS
    assert queue.threads == set()


async def test_a_look_that_saw_nothing_of_a_thread_wakes_nobody_there() -> None:
    thread = Thread()
    queue = ThreadQueue(thread)
    (claiming,) = await waiting(queue, thread, TURN)
    queue.look({})
    await asyncio.sleep(0.1)
    assert thread.asked == []
    claiming.cancel()


async def test_who_can_supersede_a_question_that_came_late_is_woken() -> None:
    thread = Thread()
    queue = ThreadQueue(thread)
    (claiming,) = await waiting(queue, thread, TURN)
    queue.look({THREAD: [WRITES, TurnStanding("4.5", "ada", TurnStage.WAITING)]})
    assert await claiming is BEGINS


async def test_those_who_are_woken_together_ask_one_after_the_other() -> None:
    thread = Thread()
    queue = ThreadQueue(thread)
    turns = [a_turn("5.0", "ada", ThreadKey("T", "C", f"{n}.0")) for n in range(3)]
    thread.entry = WAITING
    asking = [asyncio.create_task(queue.claim(turn, thread.attempt(turn, takes=1.0))) for turn in turns]
    await asyncio.sleep(1.5)
    thread.entry = BEGINS
    thread.asked.clear()
    queue.look({turn.thread: [] for turn in turns})
    await asyncio.gather(*asking)
    assert [when for when, _ in thread.asked] == [1.5, 2.5, 3.5]


async def test_who_waits_long_is_told_so_once_and_after_so_many_seconds() -> None:
    thread = Thread()
    (claiming,) = await waiting(ThreadQueue(thread), thread, TURN)
    await asyncio.sleep(30.0)
    claiming.cancel()
    assert thread.told == [(WAITS_LONG, notes.NEXT)]


async def test_who_is_woken_often_is_not_told_sooner_that_it_waits() -> None:
    thread = Thread()
    queue = ThreadQueue(thread)
    (claiming,) = await waiting(queue, thread, TURN)
    thread.entry = WAITING
    wakes = [asyncio.get_running_loop().call_later(0.05 * n, queue.leave, THREAD) for n in range(90)]
    await asyncio.sleep(WAITS_LONG - 0.2)
    assert (len(thread.asked), thread.told) == (len(wakes), [])
    claiming.cancel()


async def test_who_does_not_wait_long_is_told_nothing() -> None:
    thread = Thread()
    queue = ThreadQueue(thread)
    (claiming,) = await waiting(queue, thread, TURN)
    await asyncio.sleep(WAITS_LONG - 0.2)
    queue.leave(THREAD)
    await claiming
    await asyncio.sleep(WAITS_LONG)
    assert thread.told == []


async def test_who_is_ended_while_it_waits_waits_no_more() -> None:
    thread = Thread()
    queue = ThreadQueue(thread)
    (claiming,) = await waiting(queue, thread, TURN)
    thread.entry = replace(WAITING, ending=Ending.STOPPED)
    queue.leave(THREAD)
    assert (await claiming).ending is Ending.STOPPED
