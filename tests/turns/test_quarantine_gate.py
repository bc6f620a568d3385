"""Suspects work apart from each other, in virtual time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.core.conversation.quarantine import DANGEROUS, SUSPECT
from bot.turns.quarantine_gate import Gate
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


def a_turn(ts: str) -> AnswerKey:
    return AnswerKey(TurnKey(ThreadKey("T", "C", ts), ts, "U", Kind.MENTION))


Begun = list[tuple[float, str]]


@asynccontextmanager
async def working(*turns: tuple[str, int]) -> AsyncGenerator[tuple[Begun, dict[str, asyncio.Task[None]]]]:
    """Turns by name and deaths, which arrive one after the other and work for a second each; who began, and when."""
    begun: Begun = []
    gate = Gate()

    async def work(ts: str, deaths: int) -> None:
        try:
            await gate.enter(a_turn(ts), deaths=deaths)
            begun.append((asyncio.get_running_loop().time(), ts))
            await asyncio.sleep(1.0)
        finally:
            gate.leave(a_turn(ts))

    yield begun, {ts: asyncio.create_task(work(ts, deaths)) for ts, deaths in turns}


async def test_turns_work_at_once_unless_two_processes_have_died_of_them() -> None:
    async with working(("a", 0), ("s", SUSPECT), ("b", SUSPECT - 1), ("t", SUSPECT)) as (begun, tasks):
        await asyncio.gather(*tasks.values())
    assert begun == [(0.0, "a"), (0.0, "s"), (0.0, "b"), (1.0, "t")]


async def test_who_has_to_be_alone_is(caplog: pytest.LogCaptureFixture) -> None:
    async with working(("a", 0), ("s", DANGEROUS), ("b", 0)) as (begun, tasks):
        await asyncio.gather(*tasks.values())
    assert begun == [(0.0, "a"), (1.0, "s"), (2.0, "b")]
    (told,) = (vars(record) for record in caplog.records if record.message == "turn.apart")
    assert (told["ts"], told["deaths"], told["waits"]) == ("s", DANGEROUS, True)


async def test_who_is_ended_while_it_waits_holds_up_nobody() -> None:
    async with working(("a", 0), ("s", DANGEROUS), ("b", 0)) as (begun, tasks):
        await asyncio.sleep(0.5)
        tasks["s"].cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
    assert begun == [(0.0, "a"), (0.5, "b")]


async def test_a_turn_gets_a_place_at_once_unless_somebody_has_to_be_alone() -> None:
    gate = Gate()
    assert gate.reserve(a_turn("a"))
    alone = asyncio.create_task(gate.enter(a_turn("s"), deaths=DANGEROUS))
    await asyncio.sleep(1.0)
    assert not gate.reserve(a_turn("b"))
    gate.leave(a_turn("a"))
    await alone
    assert not gate.reserve(a_turn("b"))
    gate.leave(a_turn("s"))
    assert gate.reserve(a_turn("b"))


async def test_a_place_that_is_given_back_lets_those_in_who_wait_for_it() -> None:
    gate = Gate()
    assert gate.reserve(a_turn("a"))
    alone = asyncio.create_task(gate.enter(a_turn("s"), deaths=DANGEROUS))
    await asyncio.sleep(1.0)
    assert not alone.done()
    gate.leave(a_turn("a"))
    gate.leave(a_turn("a"))  # as often as one likes
    await alone
