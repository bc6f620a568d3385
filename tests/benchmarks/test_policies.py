"""The rebuilt policies keep to the constants of the bots they stand for, and lose nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from benchmarks.measure import Answer, word
from benchmarks.policies import Window, every_chunks, every_seconds, native, patiently, shared_window
from benchmarks.slacks import Limited, VirtualSlack
from slack_emulator.web_api.rate_limits import TIER_3, Bucket, Limits, Rate
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.policies import Show, Words
    from benchmarks.slacks import Slack


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


async def write(answer: Answer, words: int, *, every: float = 0.1) -> Words:
    for number in range(words):
        await asyncio.sleep(every)
        answer.wrote(asyncio.get_running_loop().time())
        yield word(number)


def steps(answer: Answer) -> list[tuple[float, int]]:
    """When readers saw how many words."""
    seen = {round(now, 2): number for number, now in enumerate(answer.visible, 1)}
    return list(seen.items())


async def shown(show: Show, words: int, *, every: float = 0.1) -> Answer:
    answer = Answer()
    await show("C1", answer, write(answer, words, every=every))
    return answer


async def test_every_twenty_chunks_there_is_an_edit() -> None:
    answer = await shown(every_chunks(VirtualSlack(latency=0.0)), 50)
    assert steps(answer) == [(2.0, 20), (4.0, 40), (5.0, 50)]


async def test_each_edit_waits_for_the_last_to_land_and_then_some_time() -> None:
    answer = await shown(every_seconds(VirtualSlack(latency=0.5), 1.0), 30, every=0.1)
    assert steps(answer) == [(2.0, 9), (3.5, 24), (5.0, 30)]


async def test_what_has_not_changed_is_not_sent_again() -> None:
    slack = VirtualSlack(latency=0.0)
    await shown(every_seconds(slack, 0.5), 2, every=5.0)
    assert slack.calls == 3


async def test_a_stream_is_added_to_by_256_characters() -> None:
    slack = VirtualSlack(latency=0.0)
    answer = await shown(native(slack), 100)
    assert [words for _, words in steps(answer)] == [32, 64, 96, 100]
    assert slack.calls == 4


async def test_a_short_answer_is_started_and_stopped() -> None:
    slack = VirtualSlack(latency=0.0)
    answer = await shown(native(slack), 3)
    assert steps(answer) == [(0.3, 3)]
    assert slack.calls == 2


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param(every_chunks, id="chunks"),
        pytest.param(lambda slack: every_seconds(slack, 0.5), id="seconds"),
        pytest.param(shared_window, id="window"),
        pytest.param(native, id="native"),
    ],
)
async def test_under_rate_limits_nothing_is_lost(policy: Callable[[Slack], Show]) -> None:
    few = Rate(2, 60)
    limits = Limits.strict(
        chat_postMessage=few,
        chat_update=few,
        chat_startStream=few,
        chat_appendStream=few,
        chat_stopStream=few,
    )
    slack = VirtualSlack(latency=0.1, limits=limits)
    show = policy(slack)
    answers = await asyncio.gather(*(shown(show, 150) for _ in range(4)))
    assert [answer.lost for answer in answers] == [0] * 4
    assert slack.limited > 0


async def test_the_shared_window_never_takes_more_than_fifty_a_minute() -> None:
    window, slack = Window(TIER_3.calls), Bucket(TIER_3)
    clock = asyncio.get_running_loop().time
    for _ in range(120):
        await window.reserve()
        assert slack.wait(clock()) == 0.0
        slack.take(clock())
        await asyncio.sleep(0.3)


async def test_an_edit_that_may_be_dropped_is_dropped_when_the_window_is_full() -> None:
    window = Window(2)
    assert [window.take() for _ in range(3)] == [True, True, False]
    await asyncio.sleep(60.0)
    assert window.take()


async def test_patience_ends_after_so_many_tries() -> None:
    times: list[float] = []

    async def refused() -> None:
        times.append(asyncio.get_running_loop().time())
        raise Limited(10.0)

    assert not await patiently(refused, tries=2)
    assert times == [0.0, 10.5, 21.0]
