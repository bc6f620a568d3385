"""Each app gets what concerns it, its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

if TYPE_CHECKING:
    from slack_emulator.server import Workspace


async def test_a_connection_needs_a_ticket(slack: Workspace) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{slack.url}/link/?ticket=none") as answer:
        assert answer.status == 403


async def test_the_socket_is_on_the_host_the_app_called(slack: Workspace) -> None:
    by_name = slack.api_url.replace("127.0.0.1", "localhost")
    opened = await AsyncWebClient(base_url=by_name).apps_connections_open(app_token=slack.app.app_token)
    assert opened["url"].startswith("ws://localhost:")


async def test_two_apps_hear_the_same_message_each_on_its_own_socket(slack: Workspace) -> None:
    other = slack.install("Second bot")
    async with aiohttp.ClientSession() as session:
        sockets = []
        for app in (slack.app, other):
            opened = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(
                app_token=app.app_token
            )
            sockets.append(await session.ws_connect(opened["url"]))
        hellos = [await socket.receive_json() for socket in sockets]
        await slack.say("general", "ada", "hi")
        payloads = [(await socket.receive_json())["payload"] for socket in sockets]
    assert [hello["connection_info"]["app_id"] for hello in hellos] == [slack.app.id, other.id]
    assert [payload["api_app_id"] for payload in payloads] == [slack.app.id, other.id]
    assert payloads[0]["event"] == payloads[1]["event"]


@pytest.mark.parametrize("times", [1, 3])
async def test_redelivery_repeats_every_event_of_a_message(slack: Workspace, times: int) -> None:
    opened = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app.app_token)
    async with aiohttp.ClientSession() as session, session.ws_connect(opened["url"]) as socket:
        await socket.receive_json()
        ts = await slack.say("general", "ada", "@Teleprinter hi")
        envelopes = []
        for _ in range(2):
            envelopes.append(await socket.receive_json())
            await socket.send_json({"envelope_id": envelopes[-1]["envelope_id"]})
        assert await slack.redeliver(ts, times=times) == 2 * times
        again = [await socket.receive_json() for _ in range(2 * times)]
    ids = [envelope["payload"]["event_id"] for envelope in envelopes]
    assert {envelope["payload"]["event_id"] for envelope in again} == set(ids)
    assert {envelope["retry_attempt"] for envelope in again} <= set(range(1, 4))


async def test_nothing_is_redelivered_of_an_unknown_message(slack: Workspace) -> None:
    assert await slack.redeliver("1.000000") == 0
