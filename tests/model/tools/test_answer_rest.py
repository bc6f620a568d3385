"""An answer rests while all that it has under way waits for a person, in virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.model.tools.answer_rest import AnswerRest
from tests.clock import VIRTUAL, now

if TYPE_CHECKING:
    from collections.abc import Sequence

TURN = AnswerKey(TurnKey(ThreadKey("T1", "C1", "1.0"), "1.0", "U1", Kind.MENTION))


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


@dataclass
class Gate:
    """Notes who rests and resumes, and when; nobody resumes before `free`."""

    free: float = 0.0
    seen: list[tuple[float, str]] = field(default_factory=list)

    async def rest(self, turn: AnswerKey) -> None:
        assert turn == TURN
        self.seen.append((now(), "rest"))

    async def resume(self, turn: AnswerKey) -> None:
        await asyncio.sleep(max(0.0, self.free - now()))
        self.seen.append((now(), "resume"))


async def call(rest: AnswerRest, begins: float, *spans: tuple[bool, float]) -> float:
    """A call that begins then, and takes these spans of time, of which some wait for a person; when it was over."""
    await asyncio.sleep(begins)
    async with rest.call() as asks:
        for person, seconds in spans:
            await asks(person)
            await asyncio.sleep(seconds)
        return now()


async def over(gate: Gate | None, *calls: tuple[float, Sequence[tuple[bool, float]]]) -> list[float]:
    rest = AnswerRest(gate, TURN)
    return await asyncio.gather(*(call(rest, begins, *spans) for begins, spans in calls))


ASKED = ((False, 1.0), (True, 10.0), (False, 1.0))
PLAIN = ((False, 3.0),)


@pytest.mark.parametrize(
    ("calls", "seen"),
    [
        ([(0.0, PLAIN)], []),
        ([(0.0, ASKED)], [(1.0, "rest"), (11.0, "resume")]),
        ([(0.0, ASKED), (0.0, PLAIN)], [(3.0, "rest"), (11.0, "resume")]),
        ([(0.0, ASKED), (5.0, PLAIN)], [(1.0, "rest"), (5.0, "resume"), (8.0, "rest"), (11.0, "resume")]),
        ([(0.0, ASKED), (2.0, ASKED)], [(1.0, "rest"), (2.0, "resume"), (3.0, "rest"), (11.0, "resume"), (12.0, "rest"), (13.0, "resume")]),
        ([(0.0, ASKED), (0.0, ASKED)], [(1.0, "rest"), (11.0, "resume")]),
    ],
    ids=["nobody asked", "asked", "beside another", "another later", "two, one later", "two at once"],
)  # fmt: skip
async def test_it_rests_while_every_call_under_way_waits_for_a_person(
    calls: list[tuple[float, Sequence[tuple[bool, float]]]], seen: list[tuple[float, str]]
) -> None:
    gate = Gate()
    await over(gate, *calls)
    assert gate.seen == seen


async def test_what_is_approved_waits_until_its_turn_may_be_at_work() -> None:
    gate = Gate(free=60.0)
    assert await over(gate, (0.0, ASKED)) == [61.0]
    assert gate.seen == [(1.0, "rest"), (60.0, "resume")]


async def test_who_is_cancelled_while_somebody_is_asked_does_not_come_back() -> None:
    gate = Gate()
    asked = asyncio.create_task(over(gate, (0.0, ASKED)))
    await asyncio.sleep(5.0)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    assert gate.seen == [(1.0, "rest")]


async def test_without_a_gate_nobody_hears_of_it() -> None:
    assert await over(None, (0.0, ASKED)) == [12.0]
