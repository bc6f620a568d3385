"""Socket Mode over real sockets: tickets, envelopes, acks and what happens without them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from slack_emulator.delivery.retry_policy import RetryPolicy
from slack_emulator.delivery.socket_mode import DEBUG_LIFETIME, LIFETIME, WARNING, Link
from slack_emulator.delivery.transport import INTERACTIVE, DeliveryFailed
from slack_emulator.disputed_rules import Compat
from slack_emulator.seeding.seed import sparkling_seed
from slack_emulator.server import Workspace
from slack_emulator.web_api.rate_limits import Limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MENTION = "@Teleprinter hi"


class Client(NamedTuple):
    """A connection as an SDK has it, driven by hand."""

    socket: aiohttp.ClientWebSocketResponse

    async def next(self) -> dict[str, Any]:
        envelope: dict[str, Any] = await self.socket.receive_json()
        return envelope

    async def ack(self, envelope: dict[str, Any]) -> None:
        await self.socket.send_json({"envelope_id": envelope["envelope_id"]})


@asynccontextmanager
async def linked(slack: Workspace) -> AsyncIterator[Client]:
    """Ask for a ticket, connect, and read the hello."""
    opened = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app.app_token)
    async with aiohttp.ClientSession() as session, session.ws_connect(opened["url"]) as socket:
        link = Client(socket)
        assert (await link.next())["type"] == "hello"
        yield link


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    """Nobody is waited for long enough to notice: what is not acknowledged is sent again when its link closes."""
    patience = RetryPolicy(deadline=20.0, spacing=(0.0, 0.0, 0.0))
    async with Workspace.start(limits=Limits.off(), patience=patience) as workspace:
        yield workspace


@pytest.fixture
async def hasty() -> AsyncIterator[Workspace]:
    """The deadline is over at once."""
    patience = RetryPolicy(deadline=0.01, spacing=(0.0, 0.01, 0.01))
    async with Workspace.start(limits=Limits.off(), patience=patience) as workspace:
        yield workspace


async def test_hello_tells_the_app_and_how_many_connections_it_has(slack: Workspace) -> None:
    opened = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app.app_token)
    async with linked(slack), aiohttp.ClientSession() as session, session.ws_connect(opened["url"]) as socket:
        hello = await socket.receive_json()
    assert (hello["type"], hello["num_connections"]) == ("hello", 2)
    assert hello["connection_info"] == {"app_id": slack.app.id}


async def test_a_ticket_opens_one_connection(slack: Workspace) -> None:
    opened = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app.app_token)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(opened["url"]):
            pass
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(opened["url"])


async def test_a_mention_arrives_as_two_envelopes(slack: Workspace) -> None:
    async with linked(slack) as link:
        await slack.say("general", "ada", MENTION)
        first, second = await link.next(), await link.next()
    assert (first["payload"]["event"]["type"], second["payload"]["event"]["type"]) == (
        "message",
        "app_mention",
    )
    assert (first["type"], first["retry_attempt"], first["retry_reason"]) == ("events_api", 0, "")
    assert first["accepts_response_payload"] is False


async def test_what_is_acknowledged_is_not_sent_again(slack: Workspace) -> None:
    async with linked(slack) as link:
        await slack.say("general", "ada", "one")
        await link.ack(await link.next())
    await slack.say("general", "ada", "two")
    async with linked(slack) as link:
        assert (await link.next())["payload"]["event"]["text"] == "two"


async def test_what_is_not_acknowledged_is_sent_three_times_more_and_given_up(hasty: Workspace) -> None:
    async with linked(hasty) as link:
        await hasty.say("general", "ada", "one")
        sent = [await link.next() for _ in range(4)]
        await hasty.say("general", "ada", "two")
        after = await link.next()
    assert [each["retry_attempt"] for each in sent] == [0, 1, 2, 3]
    assert [each["retry_reason"] for each in sent] == ["", "timeout", "timeout", "timeout"]
    assert len({each["payload"]["event_id"] for each in sent}) == 1
    assert after["payload"]["event"]["text"] == "two"


async def test_a_late_ack_ends_the_retries() -> None:
    patience = RetryPolicy(deadline=0.0, spacing=(20.0, 0.0, 0.0))
    async with Workspace.start(limits=Limits.off(), patience=patience) as slack, linked(slack) as link:
        await slack.say("general", "ada", "one")
        envelope = await link.next()
        await link.ack(envelope)
        await slack.say("general", "ada", "two")
        assert (await link.next())["payload"]["event"]["text"] == "two"


async def test_when_a_link_breaks_its_envelopes_go_to_the_next(slack: Workspace) -> None:
    async with linked(slack) as link:
        await slack.say("general", "ada", "one")
        first = await link.next()
        await slack.close_sockets(None)
    async with linked(slack) as link:
        again = await link.next()
    assert again["payload"] == first["payload"]
    assert again["retry_attempt"] == 1


async def test_what_happened_while_no_link_was_open_comes_as_a_retry(slack: Workspace) -> None:
    await slack.say("general", "ada", "one")
    async with linked(slack) as link:
        envelope = await link.next()
    assert envelope["payload"]["event"]["text"] == "one"
    assert envelope["retry_attempt"] == 1


async def test_an_event_nobody_comes_for_is_given_up() -> None:
    patience = RetryPolicy(deadline=20.0, kept=0.0)
    async with Workspace.start(limits=Limits.off(), patience=patience) as slack:
        await slack.say("general", "ada", "one")
        async with linked(slack) as link:
            await slack.say("general", "ada", "two")
            assert (await link.next())["payload"]["event"]["text"] == "two"


async def test_a_press_nobody_acknowledges_is_not_sent_again(hasty: Workspace) -> None:
    blocks = [
        {
            "type": "actions",
            "elements": [
                {"type": "button", "action_id": "stop", "text": {"type": "plain_text", "text": "Stop"}}
            ],
        }
    ]
    client = AsyncWebClient(hasty.app.bot_token, base_url=hasty.api_url)
    async with linked(hasty) as link:
        ts = (await client.chat_postMessage(channel="general", text="a song", blocks=blocks))["ts"]
        await hasty.press("general", ts, "ada", "stop")
        kinds = [(await link.next())["type"] for _ in range(5)]
        await hasty.say("general", "ada", "two")
        kinds += [(await link.next())["type"] for _ in range(4)]
    assert kinds.count("interactive") == 1


async def test_links_take_turns(slack: Workspace) -> None:
    async with linked(slack) as one, linked(slack) as other:
        await slack.say("general", "ada", MENTION)
        kinds = {(await each.next())["payload"]["event"]["type"] for each in (one, other)}
    assert kinds == {"message", "app_mention"}


async def test_an_ack_may_come_on_another_link(slack: Workspace) -> None:
    async with linked(slack) as one:
        await slack.say("general", "ada", "one")
        async with linked(slack) as other:
            await other.ack(await one.next())
        await slack.wait_for(lambda: slack.links == 1)
    await slack.wait_for(lambda: slack.links == 0)
    await slack.say("general", "ada", "two")
    async with linked(slack) as link:
        assert (await link.next())["payload"]["event"]["text"] == "two"


async def test_the_eleventh_link_is_one_too_many(slack: Workspace) -> None:
    client = AsyncWebClient(base_url=slack.api_url)
    async with aiohttp.ClientSession() as session:
        tickets = [await client.apps_connections_open(app_token=slack.app.app_token) for _ in range(11)]
        *ten, eleventh = [await session.ws_connect(ticket["url"]) for ticket in tickets]
        messages = [await link.receive_json() for link in ten]
        message = await eleventh.receive_json()
        assert [each["type"] for each in messages] == ["hello"] * 10
        assert (message["type"], message["reason"]) == ("disconnect", "too_many_websockets")
        assert (await eleventh.receive()).type is aiohttp.WSMsgType.CLOSE


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled"])
async def test_an_app_is_told_why_it_has_to_leave(slack: Workspace, reason: str) -> None:
    async with linked(slack) as link:
        await slack.close_sockets(reason, grace=0)
        message = await link.next()
        assert (message["type"], message["reason"]) == ("disconnect", reason)
        assert (await link.socket.receive()).type is aiohttp.WSMsgType.CLOSE
    assert slack.links == 0


async def test_what_is_no_ack_is_ignored(slack: Workspace) -> None:
    async with linked(slack) as link:
        for nonsense in ("{", "[]", '{"type": "hello"}', '{"envelope_id": "nobody"}'):
            await link.socket.send_str(nonsense)
        await link.socket.send_bytes(b"x")
        await slack.say("general", "ada", "still there?")
        assert (await link.next())["payload"]["event"]["text"] == "still there?"


async def test_a_ping_is_answered_with_what_it_held(slack: Workspace) -> None:
    opened = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app.app_token)
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(opened["url"], autoping=False) as socket,
    ):
        await socket.receive()
        await socket.ping(b"sdk-ping-pong:1")
        pong = await socket.receive()
    assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1")


class Broken(web.WebSocketResponse):
    """A socket whose other end is gone."""

    async def send_json(self, *_: Any, **__: Any) -> None:
        raise ConnectionResetError


async def test_a_link_that_breaks_while_it_is_sent_to_counts_as_closed() -> None:
    link = Link(Broken(), cast("Any", None))
    await link.send({})
    assert not link.open


@pytest.mark.parametrize(("debug", "life"), [("", LIFETIME), ("&debug_reconnects=true", DEBUG_LIFETIME)])
async def test_a_connection_is_warned_before_it_ends(slack: Workspace, debug: str, life: int) -> None:
    opened = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app.app_token)
    async with aiohttp.ClientSession() as session, session.ws_connect(opened["url"] + debug) as socket:
        hello = await socket.receive_json()
        slack.clock.advance(life - WARNING + 1)
        warned = await socket.receive_json()
        slack.clock.advance(WARNING)
        ended = await socket.receive_json()
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
    assert hello["debug_info"]["approximate_connection_time"] == life
    assert [each["reason"] for each in (warned, ended)] == ["warning", "refresh_requested"]


async def test_an_app_that_leaves_at_the_warning_is_not_told_again(slack: Workspace) -> None:
    async with linked(slack) as link:
        slack.clock.advance(LIFETIME)
        assert (await link.next())["reason"] == "warning"
    await slack.wait_for(lambda: slack.links == 0)


async def test_a_reading_says_whether_an_envelope_comes_again() -> None:
    seed = replace(sparkling_seed(), readings=Compat(socket_retries=False))
    patience = RetryPolicy(deadline=0.01, spacing=(0.0, 0.0, 0.0))
    async with (
        Workspace.start(seed=seed, limits=Limits.off(), patience=patience) as slack,
        linked(slack) as link,
    ):
        await slack.say("general", "ada", "one")
        await link.next()
        await slack.wait_for(lambda: slack.traffic.deliveries[-1].outcome == "given up")
        await slack.say("general", "ada", "two")
        assert (await link.next())["payload"]["event"]["text"] == "two"


async def test_an_interaction_nobody_is_there_for_fails_at_once(slack: Workspace) -> None:
    with pytest.raises(DeliveryFailed, match="operation_timeout"):
        await slack.sockets(slack.app).ask({"type": "shortcut"}, INTERACTIVE)
