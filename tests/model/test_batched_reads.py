"""How late a word is heard, in virtual time, and how many words at once."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.batched_reads import CLOSELY, LOOK, Looks, Ticks
from bot.model.chunk_merge import WORDS
from tests.clock import VIRTUAL, VirtualLoop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


def word(text: str) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}


END = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
COUNT = {"choices": [], "usage": {"prompt_tokens": 1}}


class Mark:
    """A connection's, which notes from when to when packets woke nobody. One that does not work is on a system without."""

    def __init__(self, *, works: bool) -> None:
        self.works = works
        self.held: list[tuple[float, float]] = []
        self._since = 0.0
        self._free = asyncio.Event()
        self._free.set()

    def hold(self) -> None:
        self._since = asyncio.get_running_loop().time()
        self._free.clear()

    def release(self) -> None:
        if not self._free.is_set():
            self.held.append((round(self._since, 3), round(asyncio.get_running_loop().time(), 3)))
        self._free.set()

    async def released(self) -> None:
        await self._free.wait()


class Stream:
    """Chunks that come at these times; one read takes all that have come. Ends with the last one."""

    def __init__(self, *timed: tuple[float, dict[str, Any]], works: bool = True) -> None:
        self._timed = list(timed)
        self.mark = Mark(works=works)
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[list[Any]]:
        clock = asyncio.get_running_loop().time
        while self._timed:
            await asyncio.sleep(self._timed[0][0] - clock())
            await self.mark.released()
            come = [chunk for at, chunk in self._timed if at <= clock() + 1e-9]
            del self._timed[: len(come)]
            yield come

    async def close(self) -> None:
        self.closed = True


marked = pytest.mark.parametrize("works", [True, False], ids=["with a mark", "without"])


async def hear(stream: Stream, ticks: Ticks) -> list[tuple[float, dict[str, Any]]]:
    clock = asyncio.get_running_loop().time
    async with Looks(stream, ticks) as looks:
        return [(round(clock(), 3), chunk) async for chunk in looks]


def texts(heard: Sequence[tuple[float, dict[str, Any]]]) -> list[tuple[float, str]]:
    return [(at, chunk["choices"][0]["delta"].get("content", "")) for at, chunk in heard]


async def test_the_first_words_are_heard_as_they_come() -> None:
    stream = Stream(*((1 + at, word("w")) for at in (0.0, 0.1, 0.2, 0.25)))
    assert texts(await hear(stream, Ticks())) == [(1.0, "w"), (1.1, "w"), (1.2, "w"), (1.25, "w")]


@marked
async def test_later_words_are_heard_a_look_at_a_time(works: bool) -> None:
    later = ((0.3 + number / 50, word(f"{number} ")) for number in range(7))
    stream = Stream((0.0, word("a ")), *later, works=works)
    assert texts(await hear(stream, Ticks())) == [
        (0.0, "a "),
        (0.3, "0 "),
        (0.35, "1 2 "),
        (0.4, "3 4 5 "),
        (0.45, "6 "),
    ]


async def test_a_word_after_a_pause_is_heard_at_once() -> None:
    stream = Stream((0.0, word("a")), (1.0, word("b")), (2.0, word("c")))
    assert texts(await hear(stream, Ticks())) == [(0.0, "a"), (1.0, "b"), (2.0, "c")]


@marked
async def test_nothing_waits_once_the_reason_for_the_end_is_known(works: bool) -> None:
    stream = Stream((0.0, word("a")), (1.0, word("b")), (1.01, END), (1.06, COUNT), works=works)
    assert [at for at, _ in await hear(stream, Ticks())] == [0.0, 1.0, 1.05, 1.06]


async def test_between_two_looks_and_only_then_packets_wake_nobody() -> None:
    stream = Stream((0.0, word("a")), (0.2, word("b")), (1.0, word("c")), (1.01, word("d")), (2.0, END))
    await hear(stream, Ticks())
    assert stream.mark.held == [(1.0, 1.05), (1.05, 1.1)]


async def test_a_stream_that_ends_between_two_looks_leaves_a_connection_that_wakes_again() -> None:
    stream = Stream((0.0, word("a")), (1.0, word("b")))
    await hear(stream, Ticks())
    assert stream.mark.held == [(1.0, 1.0)]


async def test_light_words_need_no_message_but_for_the_first_which_tell_whose_they_are() -> None:
    packets = [(0.0, word("a")), (0.1, word("b")), (1.0, word("c")), (1.01, word("d")), (1.02, END)]
    async with Looks(Stream(*packets), Ticks(), light=True) as looks:
        heard = [chunk async for chunk in looks]
    assert heard == [word("a"), {WORDS: "b"}, {WORDS: "c"}, {WORDS: "d"}, END]


@marked
async def test_all_streams_are_looked_at_at_the_same_ticks(works: bool) -> None:
    ticks = Ticks()
    streams = [
        Stream((0.0, word("a")), (1 + late, word("b")), (1.04, word("c")), works=works)
        for late in (0, 0.01, 0.02)
    ]
    heard = await asyncio.gather(*(hear(stream, ticks) for stream in streams))
    assert {texts(one)[-1] for one in heard} == {(1.05, "c")}


@marked
async def test_who_leaves_between_two_looks_leaves_at_once_and_disturbs_nobody(works: bool) -> None:
    ticks, stream = Ticks(), Stream((0.0, word("a")), (1.0, word("b")), (1.01, word("c")), works=works)

    async def leave() -> None:
        async with Looks(stream, ticks) as looks, aclosing(aiter(looks)) as chunks:
            await anext(chunks)
            await anext(chunks)
            async with asyncio.timeout(0.02):
                await anext(chunks)

    other = asyncio.create_task(hear(Stream((0.0, word("a")), (1.0, word("b")), (1.03, word("c"))), ticks))
    with pytest.raises(TimeoutError):
        await leave()
    assert asyncio.get_running_loop().time() == pytest.approx(1.02)
    assert stream.closed
    assert texts(await other)[-1] == (1.05, "c")


def test_ticks_go_on_in_a_second_loop() -> None:
    ticks = Ticks()

    async def left() -> None:
        waiting = asyncio.create_task(ticks.next())
        await asyncio.sleep(0)
        waiting.cancel()

    async def waited() -> float:
        await ticks.next()
        return asyncio.get_running_loop().time()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(left())
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert runner.run(waited()) == LOOK


gaps = st.lists(st.floats(0, 0.2), min_size=1, max_size=30)


@given(gaps, st.booleans())
def test_whatever_the_rhythm_no_word_is_lost_or_more_than_a_look_late(
    between: list[float], works: bool
) -> None:
    times = [sum(between[: number + 1]) for number in range(len(between))]

    async def run() -> list[tuple[float, str]]:
        clock, said = asyncio.get_running_loop().time, list[tuple[float, str]]()
        stream = Stream(*((at, word(f"{n} ")) for n, at in enumerate(times)), works=works)
        async with Looks(stream, Ticks()) as looks:
            async for chunk in looks:
                said += [(clock(), one) for one in chunk["choices"][0]["delta"]["content"].split()]
        return said

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        heard = runner.run(run())
    assert [text for _, text in heard] == [str(number) for number in range(len(times))]
    for (at, _), sent in zip(heard, times, strict=True):
        closely = sent < times[0] + CLOSELY - 1e-6
        assert at - sent <= (1e-6 if closely else LOOK + 1e-6)
