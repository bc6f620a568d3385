"""Slack without its sockets."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.measure import Answer, word
from benchmarks.slacks import Limited, VirtualSlack
from slack_emulator.web_api.rate_limits import Limits, Rate
from tests.clock import VIRTUAL


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


async def test_a_message_is_seen_when_its_call_has_reached_slack() -> None:
    slack, answer = VirtualSlack(latency=0.25), Answer()
    ts = await slack.post("C1", answer, word(0))
    await slack.update("C1", ts, answer, word(0) + word(1))
    assert answer.visible == [0.25, 0.5]


async def test_a_stream_grows_by_what_is_added() -> None:
    slack, answer = VirtualSlack(latency=0.25), Answer()
    ts = await slack.start("C1", answer, word(0))
    await slack.append("C1", ts, answer, word(1))
    await slack.stop("C1", ts, answer, word(2))
    assert answer.messages == {ts: word(0) + word(1) + word(2)}


async def test_one_call_too_many_is_refused_and_counted() -> None:
    slack = VirtualSlack(latency=0.0, limits=Limits.strict(chat_update=Rate(1, 60)))
    answer = Answer()
    await slack.update("C1", "1.0", answer, word(0))
    await asyncio.sleep(10.0)
    with pytest.raises(Limited, match="retry after 50 s"):
        await slack.update("C1", "1.0", answer, word(0) + word(1))
    assert len(answer.visible) == 1
    assert (slack.calls, slack.limited) == (2, 1)
