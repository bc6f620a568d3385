"""Events over HTTP, delivered to a real server."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from slack_emulator.delivery.failure_rate import JUDGED_FROM, MOST
from slack_emulator.delivery.http_delivery import Addresses, signature
from slack_emulator.delivery.retry_policy import RetryPolicy
from slack_emulator.delivery.transport import COMMANDS, INTERACTIVE, DeliveryFailed
from slack_emulator.errors import WorkspaceError
from slack_emulator.server import Workspace
from slack_emulator.web_api.rate_limits import Limits
from tests.slack_emulator.served import served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from slack_emulator.json_values import Json


class Endpoint:
    """An app's request URL: checks each signature, keeps each delivery, answers as it is told."""

    def __init__(self, secret: str) -> None:
        self.url = ""
        self.deliveries: asyncio.Queue[tuple[Json, dict[str, str]]] = asyncio.Queue()
        self.answers: list[Callable[[], Awaitable[web.Response]]] = []
        self._verifier = SignatureVerifier(secret)

    async def receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        assert self._verifier.is_valid_request(body, dict(request.headers))
        payload = json.loads(body)
        if payload["type"] == "url_verification":
            return web.json_response({"challenge": payload["challenge"]})
        self.deliveries.put_nowait(
            (payload, {name.lower(): value for name, value in request.headers.items()})
        )
        return await self.answers.pop(0)() if self.answers else web.Response()

    async def next(self) -> tuple[Json, dict[str, str]]:
        return await asyncio.wait_for(self.deliveries.get(), 10)


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    patience = RetryPolicy(deadline=5.0, spacing=(0.0, 0.0, 0.0))
    async with Workspace.start(limits=Limits.off(), patience=patience) as workspace:
        yield workspace


@pytest.fixture
async def endpoint(slack: Workspace) -> AsyncIterator[Endpoint]:
    """An app that gets its events there."""
    endpoint = Endpoint(slack.app.signing_secret)
    async with served(endpoint.receive) as endpoint.url:
        await slack.use_request_url(endpoint.url)
        yield endpoint


def failing(status: int, **headers: str) -> Callable[[], Awaitable[web.Response]]:
    async def answer() -> web.Response:
        return web.Response(
            status=status, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )

    return answer


def test_the_signature_is_slacks() -> None:
    verifier = SignatureVerifier("8f742231b10e8888abcd99yyyzzz85a5")
    body = b"token=xyzz0WbapA4vBCDEFasx0q6G&command=%2Fweather"
    assert signature("8f742231b10e8888abcd99yyyzzz85a5", 1531420618, body) == verifier.generate_signature(
        timestamp="1531420618", body=body
    )


async def test_a_mention_arrives_signed_as_two_requests(slack: Workspace, endpoint: Endpoint) -> None:
    await slack.say("general", "ada", "@Teleprinter hi")
    arrived = [await endpoint.next() for _ in range(2)]
    assert {payload["event"]["type"] for payload, _ in arrived} == {"message", "app_mention"}
    assert all("x-slack-retry-num" not in headers for _, headers in arrived)


async def test_a_failed_delivery_is_tried_again_with_its_number_and_reason(
    slack: Workspace, endpoint: Endpoint
) -> None:
    endpoint.answers = [failing(500), failing(404)]
    await slack.say("general", "ada", "hi")
    arrived = [await endpoint.next() for _ in range(3)]
    assert len({payload["event_id"] for payload, _ in arrived}) == 1
    assert [
        (headers.get("x-slack-retry-num"), headers.get("x-slack-retry-reason")) for _, headers in arrived
    ] == [
        (None, None),
        ("1", "http_error"),
        ("2", "http_error"),
    ]


async def test_after_three_retries_an_event_is_given_up(slack: Workspace, endpoint: Endpoint) -> None:
    endpoint.answers = [failing(500)] * 4
    await slack.say("general", "ada", "one")
    numbers = [(await endpoint.next())[1].get("x-slack-retry-num") for _ in range(4)]
    await slack.say("general", "ada", "two")
    assert numbers == [None, "1", "2", "3"]
    assert (await endpoint.next())[0]["event"]["text"] == "two"


async def test_an_app_can_ask_not_to_be_sent_it_again(slack: Workspace, endpoint: Endpoint) -> None:
    endpoint.answers = [failing(500, x_slack_no_retry="1")]
    await slack.say("general", "ada", "one")
    await endpoint.next()
    await slack.say("general", "ada", "two")
    assert (await endpoint.next())[0]["event"]["text"] == "two"


async def test_an_answer_too_late_is_a_timeout() -> None:
    patience = RetryPolicy(deadline=0.05, spacing=(0.0, 0.0, 0.0))
    never = asyncio.Event()

    async def late() -> web.Response:
        await never.wait()
        return web.Response()

    async with Workspace.start(limits=Limits.off(), patience=patience) as slack:
        endpoint = Endpoint(slack.app.signing_secret)
        async with served(endpoint.receive) as url:
            await slack.use_request_url(url)
            endpoint.answers = [late]
            await slack.say("general", "ada", "hi")
            await endpoint.next()
            _, headers = await endpoint.next()
            never.set()
    assert headers["x-slack-retry-reason"] == "http_timeout"


async def test_two_redirects_are_followed_and_a_third_is_not(slack: Workspace) -> None:
    endpoint = Endpoint(slack.app.signing_secret)
    hops = {"/slack/events": "/one", "/one": "/two"}

    async def hop(request: web.Request) -> web.StreamResponse:
        if request.path in hops:
            return web.Response(
                status=302, headers={"Location": f"http://{request.host}{hops[request.path]}"}
            )
        return await endpoint.receive(request)

    async with served(hop) as url:
        await slack.use_request_url(url)
        hops["/two"] = "/three"
        with pytest.raises(WorkspaceError, match="too_many_redirects"):
            await slack.use_request_url(url)


async def test_without_a_request_url_events_come_over_sockets_again(
    slack: Workspace, endpoint: Endpoint
) -> None:
    await slack.use_request_url(None)
    await slack.say("general", "ada", "hi")
    await slack.use_request_url(endpoint.url)
    await slack.say("general", "ada", "two")
    assert (await endpoint.next())[0]["event"]["text"] == "two"


async def test_an_event_can_be_delivered_again(slack: Workspace, endpoint: Endpoint) -> None:
    ts = await slack.say("general", "ada", "hi")
    first, _ = await endpoint.next()
    assert await slack.redeliver(ts) == 1
    again, headers = await endpoint.next()
    assert again == first
    assert headers["x-slack-retry-num"] == "1"


async def test_a_url_nobody_serves_is_not_taken(slack: Workspace) -> None:
    with pytest.raises(WorkspaceError, match="start the app first"):
        await slack.use_request_url("http://127.0.0.1:9/slack/events")


async def test_a_url_that_does_not_know_the_challenge_is_not_taken(slack: Workspace) -> None:
    async def shrug(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    async with served(shrug) as url:
        with pytest.raises(WorkspaceError, match="without the challenge"):
            await slack.use_request_url(url)


async def test_retries_come_after_a_minute_and_after_five_however_fast_that_is() -> None:
    async with Workspace.start(limits=Limits.off()) as slack:
        endpoint = Endpoint(slack.app.signing_secret)
        async with served(endpoint.receive) as url:
            await slack.use_request_url(url)
            endpoint.answers = [failing(500)] * 4
            slack.clock.run(1000)
            await slack.say("general", "ada", "hi")
            for _ in range(4):
                await endpoint.next()
    sent = [each.at for each in slack.traffic.deliveries if each.outcome == "sent"]
    pauses = [later - earlier for earlier, later in pairwise(sent)]
    assert pauses[1] >= 60
    assert pauses[2] >= 300


async def test_an_app_that_takes_nothing_is_sent_nothing_more(slack: Workspace, endpoint: Endpoint) -> None:
    way = slack.http(slack.app)
    assert way is not None
    for _ in range(JUDGED_FROM):
        way.standing(slack.state.team.id).delivered(slack.clock(), taken=False)
    await slack.say("general", "ada", "lost")
    assert slack.traffic.deliveries[-1].outcome == "disabled"
    way.standing(slack.state.team.id).enable()
    await slack.say("general", "ada", "two")
    assert (await endpoint.next())[0]["event"]["text"] == "two"


async def test_more_than_an_hour_may_hold_is_dropped_and_the_app_is_told(
    slack: Workspace, endpoint: Endpoint
) -> None:
    way = slack.http(slack.app)
    assert way is not None
    for _ in range(MOST):
        way.standing(slack.state.team.id).delivered(slack.clock(), taken=True)
    await slack.say("general", "ada", "one too many")
    await slack.say("general", "ada", "and another")
    told, _ = await endpoint.next()
    assert (told["type"], told["api_app_id"]) == ("app_rate_limited", slack.app.id)
    assert endpoint.deliveries.empty()


async def test_a_lost_acknowledgement_brings_the_event_again(slack: Workspace, endpoint: Endpoint) -> None:
    slack.faults.lose_acks(1)
    await slack.say("general", "ada", "hi")
    await endpoint.next()
    _, headers = await endpoint.next()
    assert headers["x-slack-retry-reason"] == "http_timeout"


async def test_each_kind_may_have_its_own_address(slack: Workspace, endpoint: Endpoint) -> None:
    heard: list[str] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(request.path)
        return web.Response(text="plain words")

    async with served(hear) as url:
        other = url.removesuffix("/slack/events")
        addresses = Addresses(endpoint.url, f"{other}/press", f"{other}/command")
        await slack.use_addresses(slack.app, addresses)
        way = slack.http(slack.app)
        assert way is not None
        assert await way.ask({"command": "/ask"}, COMMANDS) == {"text": "plain words"}
        await way.ask({"type": "shortcut"}, INTERACTIVE)
    assert heard == ["/command", "/press"]


async def test_a_press_an_app_does_not_take_has_failed(slack: Workspace, endpoint: Endpoint) -> None:
    gone = Addresses(endpoint.url, interactivity="http://127.0.0.1:9/")
    await slack.use_addresses(slack.app, gone)
    way = slack.http(slack.app)
    assert way is not None
    with pytest.raises(DeliveryFailed, match="connection_failed"):
        await way.ask({"type": "shortcut"}, INTERACTIVE)
