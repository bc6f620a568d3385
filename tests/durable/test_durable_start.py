"""Turns that begin although nothing can be kept, and how their record catches up."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.durable.durable_start import Keeping
from bot.durable.outage import Outage
from bot.durable.workflow import News, SegmentPosted, TurnOver
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from bot.durable.workflow import Worker

TURN = AnswerKey(TurnKey(ThreadKey("T", "C", "1.0"), "1.0", "U", Kind.MENTION))
NEWS: list[News] = [SegmentPosted(0, "10.0"), SegmentPosted(1, "11.0"), TurnOver("done")]


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


class LateEngine:
    """Takes a turn on record when it is `free`, unless it was `known` before; then it asks for its news."""

    def __init__(self, *, known: bool = False, wrong: Exception | None = None) -> None:
        self.free = asyncio.Event()
        self.known = known
        self.wrong = wrong
        self.news: list[News] = []
        self.left: list[AnswerKey | None] = []

    @asynccontextmanager
    async def open(self, worker: Worker) -> AsyncGenerator[None]:
        self.worker = worker
        async with asyncio.TaskGroup() as self.tasks:
            yield

    async def start(self, turn: AnswerKey) -> bool:
        await self.free.wait()
        if self.wrong:
            raise self.wrong
        if not self.known:
            self.tasks.create_task(self._run(turn))
        return not self.known

    async def knows(self, _turn: AnswerKey) -> bool:
        return self.known

    async def abandon(self, turn: AnswerKey | None = None) -> None:
        self.left.append(turn)

    async def _run(self, turn: AnswerKey) -> None:
        while not (self.news and isinstance(self.news[-1], TurnOver)):
            posted = [one for one in self.news if isinstance(one, SegmentPosted)]
            self.news.append(await self.worker.go_on(turn, posted))


class Script:
    """A worker with these news of each turn, of which it tells the last when it `may`."""

    def __init__(self) -> None:
        self.told: list[News] = []
        self.may = asyncio.Event()

    async def go_on(self, _turn: AnswerKey, posted: Sequence[SegmentPosted]) -> News:
        if len(posted) == len(NEWS) - 1:
            await self.may.wait()
        self.told.append(NEWS[len(posted)])
        return NEWS[len(posted)]


@asynccontextmanager
async def a_keeping(engine: LateEngine, script: Script, *, out: bool) -> AsyncGenerator[Keeping]:
    outage = Outage()
    if out:
        outage.begin(None)
    keeping = Keeping(engine, outage)  # type: ignore[arg-type]
    async with keeping.open(script):
        yield keeping


async def settled() -> None:
    await asyncio.sleep(60)


async def test_a_turn_is_on_record_before_it_begins() -> None:
    engine, script = LateEngine(), Script()
    script.may.set()
    async with a_keeping(engine, script, out=False) as keeping:
        starting = asyncio.create_task(keeping.start(TURN))
        await settled()
        assert (script.told, starting.done()) == ([], False)
        engine.free.set()
        assert await starting
        await settled()
    assert engine.news == script.told == NEWS


async def test_where_nothing_can_be_kept_it_begins_all_the_same_and_its_record_catches_up() -> None:
    engine, script = LateEngine(), Script()
    script.may.set()
    async with a_keeping(engine, script, out=True) as keeping:
        assert await keeping.start(TURN)
        assert not await keeping.start(TURN)
        await settled()
        assert (script.told, engine.news, keeping.unkept) == (NEWS, [], True)
        engine.free.set()
        await settled()
        assert not keeping.unkept
    assert engine.news == script.told == NEWS


async def test_a_record_that_catches_up_in_the_middle_hears_the_rest_as_it_comes() -> None:
    engine, script = LateEngine(), Script()
    async with a_keeping(engine, script, out=True) as keeping:
        assert await keeping.start(TURN)
        engine.free.set()
        await settled()
        assert engine.news == NEWS[:2]
        script.may.set()
        await settled()
    assert engine.news == script.told == NEWS


async def test_what_was_on_record_before_is_not_answered_again() -> None:
    engine, script = LateEngine(known=True), Script()
    async with a_keeping(engine, script, out=True) as keeping:
        assert not await keeping.start(TURN)
    assert script.told == []


async def test_what_cannot_be_kept_at_all_is_told_to_the_operator(caplog: pytest.LogCaptureFixture) -> None:
    engine, script = LateEngine(wrong=ValueError("no")), Script()
    script.may.set()
    async with a_keeping(engine, script, out=True) as keeping:
        assert await keeping.start(TURN)
        engine.free.set()
        await settled()
    assert script.told == NEWS
    assert "turn.unkept" in caplog.text


async def test_a_turn_that_is_left_goes_on_no_more() -> None:
    engine, script = LateEngine(), Script()
    async with a_keeping(engine, script, out=True) as keeping:
        assert await keeping.start(TURN)
        await settled()
        await keeping.abandon(TURN)
        script.may.set()
        await settled()
        assert not keeping.unkept
    assert script.told == NEWS[:2]
    assert engine.left == [TURN]
