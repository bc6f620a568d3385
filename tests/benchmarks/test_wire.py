"""The same over real sockets, the whole bot among the policies: a few words, and quickly."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.measure import Answer, word
from benchmarks.scenarios import alike
from benchmarks.simulate import OURS
from benchmarks.slacks import Limited
from benchmarks.wire import WireSlack, away, measure
from slack_emulator.server import Workspace
from slack_emulator.web_api.rate_limits import Limits, Rate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TINY = alike("tiny", (0.0, 0.05), words=100, rate=100.0)  # longer than a first post ever waits for two


@pytest.mark.parametrize("policy", [OURS, "every 20 chunks", "native, 256 characters"])
async def test_every_word_arrives_and_takes_its_time(policy: str) -> None:
    figures = await measure(TINY, policy, latency=0.05)
    assert figures.lost == 0
    assert figures.last >= 0.05
    assert figures.calls >= 4
    assert figures.limited == 0


@pytest.fixture
async def slack() -> AsyncIterator[WireSlack]:
    """A workspace that takes one edit a minute."""
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(
            Workspace.start(limits=Limits.strict(chat_update=Rate(1, 60)))
        )
        api_url = await stack.enter_async_context(away(workspace.api_url, 0.0))
        yield WireSlack(
            workspace, AsyncWebClient(workspace.app.bot_token, base_url=api_url, retry_handlers=[])
        )


async def test_a_429_says_how_long_to_wait(slack: WireSlack) -> None:
    answer = Answer()
    ts = await slack.post("C1", answer, word(0))
    await slack.update("C1", ts, answer, word(0) + word(1))
    with pytest.raises(Limited) as limited:
        await slack.update("C1", ts, answer, word(0) + word(1) + word(2))
    assert 55 < limited.value.seconds <= 60
    assert len(answer.visible) == 2
    assert (slack.calls, slack.limited) == (3, 1)


async def test_a_stream_is_seen_as_it_grows(slack: WireSlack) -> None:
    answer = Answer()
    ts = await slack.start("C1", answer, word(0))
    await slack.append("C1", ts, answer, word(1))
    assert len(answer.visible) == 2
    await slack.stop("C1", ts, answer, "")


async def test_any_other_refusal_is_a_mistake_of_ours(slack: WireSlack) -> None:
    answer = Answer()
    ts = await slack.post("C1", answer, word(0))
    with pytest.raises(SlackApiError, match="message_not_in_streaming_state"):
        await slack.append("C1", ts, answer, word(1))


async def test_what_people_say_is_not_seen_as_the_answer(slack: WireSlack) -> None:
    answer = Answer()
    slack.open("C1", answer)
    await slack.workspace.say("C1", "ada", word(0))
    assert answer.visible == []
