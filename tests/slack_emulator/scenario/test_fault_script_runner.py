"""Scripts, carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from slack_emulator.scenario.fault_script import read_script
from slack_emulator.server import Workspace
from slack_emulator.web_api.rate_limits import Limits
from tests.slack_emulator.delivery.test_socket_mode import linked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_sdk.web.async_client import AsyncWebClient

GENERAL = "C000GENERAL"


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    async with Workspace.start(limits=Limits.off()) as workspace:
        yield workspace


def play(slack: Workspace, *steps: dict[str, Any]) -> None:
    slack.run(read_script(list(steps)))


async def test_the_third_edit_is_refused_for_half_a_minute(slack: Workspace, client: AsyncWebClient) -> None:
    play(slack, {"fail": "chat.update", "nth": 3, "retry_after": 30, "lasting": 30})
    ts = (await client.chat_postMessage(channel=GENERAL, text="0"))["ts"]
    for number in (1, 2):
        await client.chat_update(channel=GENERAL, ts=ts, text=str(number))
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.chat_update(channel=GENERAL, ts=ts, text="3")
    play(slack, {"advance": 29})
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.chat_update(channel=GENERAL, ts=ts, text="4")
    play(slack, {"advance": 1})
    assert (await client.chat_update(channel=GENERAL, ts=ts, text="5"))["ok"]


async def test_a_reply_is_deleted_after_a_while(slack: Workspace, client: AsyncWebClient) -> None:
    play(slack, {"delete_reply": 2})
    asked = await slack.say("general", "ada", "so?")
    await client.chat_postMessage(channel=GENERAL, thread_ts=asked, text="so!")
    await client.chat_postMessage(channel=GENERAL, thread_ts=asked, text="and so on")
    play(slack, {"advance": 2})
    await slack.wait_for(lambda: [each.text for each in slack.messages("general", asked)] == ["and so on"])


async def test_a_reply_that_is_gone_by_then_is_gone(slack: Workspace, client: AsyncWebClient) -> None:
    play(slack, {"delete_reply": 2})
    asked = await slack.say("general", "ada", "so?")
    ts = (await client.chat_postMessage(channel=GENERAL, thread_ts=asked, text="so!"))["ts"]
    await client.chat_delete(channel=GENERAL, ts=ts)
    play(slack, {"advance": 2}, {"say": "done", "user": "ada", "channel": "general"})
    await slack.wait_for(lambda: slack.messages("general")[-1].text == "done")
    assert slack.messages("general", asked) == []


async def test_lost_acknowledgements_bring_the_event_again() -> None:
    async with Workspace.start(limits=Limits.off()) as slack, linked(slack) as link:
        play(slack, {"lose_acks": 1}, {"speed": 1000})
        await slack.say("general", "ada", "one")
        first = await link.next()
        await link.ack(first)
        again = await link.next()
    assert (again["payload"], again["retry_attempt"]) == (first["payload"], 1)


async def test_every_event_can_come_more_than_once(slack: Workspace) -> None:
    async with linked(slack) as link:
        play(slack, {"repeat_events": 2})
        await slack.say("general", "ada", "one")
        attempts = [(await link.next())["retry_attempt"] for _ in range(3)]
    assert attempts == [0, 1, 2]


@pytest.mark.parametrize("reason", ["refresh_requested", "cut"])
async def test_sockets_are_closed_in_the_order_of_the_script(slack: Workspace, reason: str) -> None:
    async with linked(slack) as link:
        play(slack, {"close_sockets": reason}, {"say": "gone?", "user": "ada", "channel": "general"})
        kinds = [message.type async for message in link.socket]
    assert kinds in ([], [aiohttp.WSMsgType.TEXT])
    await slack.wait_for(lambda: slack.messages("general")[-1].text == "gone?")


async def test_people_speak_and_reply_with_pauses_between(slack: Workspace) -> None:
    here = {"user": "ada", "channel": "general"}
    play(
        slack,
        {"speed": 1000},
        {"say": "so?", **here},
        {"wait": 10},
        {"lose_acks": 7},
        {"say": "well?", "reply": True, **here},
    )
    asked = await slack.wait_for(lambda: [each for each in slack.messages("general") if each.text == "so?"])
    await slack.wait_for(lambda: [each.text for each in slack.messages("general", asked[0].ts)] == ["well?"])
    assert slack.faults.lost_acks == 7


async def test_what_cannot_be_said_does_not_end_the_script(slack: Workspace) -> None:
    play(
        slack,
        {"say": "hi", "user": "nobody", "channel": "general"},
        {"say": "here", "user": "ada", "channel": "general"},
    )
    await slack.wait_for(lambda: slack.messages("general")[-1].text == "here")


async def test_what_has_not_gone_wrong_yet_can_be_called_off(
    slack: Workspace, client: AsyncWebClient
) -> None:
    play(slack, {"fail": "auth.test", "status": 500}, {"delete_reply": 0}, {"repeat_events": 1})
    slack.director.clear()
    asked = await slack.say("general", "ada", "so?")
    await client.chat_postMessage(channel=GENERAL, thread_ts=asked, text="so!")
    assert (await client.auth_test())["ok"]
    assert len(slack.messages("general", asked)) == 1


async def test_a_late_answer_is_late_and_good(slack: Workspace, client: AsyncWebClient) -> None:
    play(slack, {"fail": "auth.test", "latency": 0.05})
    assert (await client.auth_test())["ok"]
    assert slack.calls[-1].error is None
