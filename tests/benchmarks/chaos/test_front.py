"""The front of the Web API: who called, and what it loses on purpose."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.chaos.front import Front, Troubles, front_of
from slack_emulator.server import Workspace

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@asynccontextmanager
async def a_front(troubles: Troubles) -> AsyncGenerator[tuple[Workspace, Front, AsyncWebClient]]:
    async with (
        Workspace.start() as slack,
        front_of(slack.api_url, troubles=troubles) as (front, url),
        aiohttp.ClientSession() as session,
    ):
        token = slack.app.bot_token
        yield (
            slack,
            front,
            AsyncWebClient(token, base_url=f"{url}/r1/api/", session=session, retry_handlers=[]),
        )


async def test_calls_go_through_and_writes_are_noted_with_their_replica() -> None:
    async with a_front(Troubles(0, 0, 0)) as (_, front, client):
        posted = await client.chat_postMessage(channel="C000GENERAL", text="hello")
        await client.chat_update(channel="C000GENERAL", ts=str(posted["ts"]), text="hello again")
        await client.conversations_replies(channel="C000GENERAL", ts=str(posted["ts"]))
    assert [(one.replica, one.ts) for one in front.writes] == [("r1", posted["ts"])] * 2
    assert (front.calls, front.troubled) == (3, 0)


@pytest.mark.parametrize(
    ("troubles", "status"), [(Troubles(1, 0, 0), 503), (Troubles(0, 1, 0), 429)], ids=["failed", "limited"]
)
async def test_a_write_fails_on_purpose_and_a_read_never(troubles: Troubles, status: int) -> None:
    async with a_front(troubles) as (slack, front, client):
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel="C000GENERAL", text="hello")
        await client.auth_test()
        said = [message.text for message in slack.messages("general")]
    assert refused.value.response.status_code == status
    assert "hello" not in said
    assert (front.calls, front.troubled) == (2, 1)


async def test_an_answer_is_lost_after_the_call_was_carried_out() -> None:
    async with a_front(Troubles(0, 0, 1)) as (slack, _, client):
        with pytest.raises(aiohttp.ClientError):
            await client.chat_postMessage(channel="C000GENERAL", text="hello")
        said = [message.text for message in slack.messages("general")]
    assert "hello" in said
