"""Turns that wait for a person are in nobody's way, and kill nobody, in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.core.conversation.quarantine import DANGEROUS, SUSPECT
from bot.turns.quarantine_gate import Gate
from bot.turns.turn_rest import TurnRest
from tests.clock import VIRTUAL, now

PERSON, WORK = 3600.0, 1.0
"""Seconds that a person takes to decide, and a turn to work before and after that."""


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


def a_turn(ts: str) -> AnswerKey:
    return AnswerKey(TurnKey(ThreadKey("T", "C", ts), ts, "U", Kind.MENTION))


class Record:
    """Knows which turns are at work, and the most that were at once."""

    def __init__(self) -> None:
        self.at_work: set[str] = set()
        self.most = 0

    async def work(self, turn: AnswerKey, *, at_work: bool) -> None:
        (self.at_work.add if at_work else self.at_work.discard)(turn.name)
        self.most = max(self.most, len(self.at_work))


class Process:
    """Turns of one process, each with so many deaths, and whether it asks somebody in its middle; when each was over."""

    def __init__(self) -> None:
        self.gate, self.record = Gate(), Record()
        self.rests = TurnRest(self.gate, self.record)

    async def run(self, *turns: tuple[str, int, bool]) -> dict[str, float]:
        ended = await asyncio.gather(
            *(self._turn(a_turn(ts), deaths, asks=asks) for ts, deaths, asks in turns)
        )
        return dict(zip([ts for ts, _, _ in turns], ended, strict=True))

    async def _turn(self, turn: AnswerKey, deaths: int, *, asks: bool) -> float:
        try:
            await self.gate.enter(turn, deaths=deaths)
            await self.record.work(turn, at_work=True)
            await asyncio.sleep(WORK)
            if asks:
                await self.rests.rest(turn)
                await asyncio.sleep(PERSON)
                await self.rests.resume(turn)
                await asyncio.sleep(WORK)
            await self.record.work(turn, at_work=False)
            return now()
        finally:
            self.gate.leave(turn)


async def test_who_has_to_be_alone_does_not_wait_for_a_person_that_somebody_else_has_asked() -> None:
    process = Process()
    ended = await process.run(("a", 0, True), ("s", DANGEROUS, False), ("b", 0, False))
    assert ended == {"a": PERSON + 2 * WORK, "s": 2 * WORK, "b": 3 * WORK}
    assert process.record.most == 1


async def test_suspects_who_ask_do_not_wait_for_each_other_s_people_and_are_never_at_work_together() -> None:
    process = Process()
    ended = await process.run(*((f"{n}", SUSPECT, True) for n in range(5)))
    # One works after the other, all are asked meanwhile, and again one works after the other.
    assert max(ended.values()) == PERSON + 6 * WORK
    assert process.record.most == 1


async def test_who_comes_back_waits_for_whoever_has_to_be_alone() -> None:
    process = Process()
    asked = asyncio.create_task(process.run(("a", 0, True)))
    await asyncio.sleep(PERSON + 0.5)
    ended = await process.run(("s", DANGEROUS, False))
    assert ended == {"s": PERSON + 1.5}
    assert await asked == {"a": PERSON + 2.5}


async def test_who_is_ended_while_it_rests_is_forgotten() -> None:
    process = Process()
    asked = asyncio.create_task(process.run(("a", DANGEROUS, True)))
    await asyncio.sleep(5.0)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    assert await process.run(("s", DANGEROUS, False)) == {"s": 6.0}
    assert process.record.at_work == set()
