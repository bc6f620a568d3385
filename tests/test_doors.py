"""Generated requests at each door: whatever comes in over HTTP, the answer is never a 500.

A few hundred by default; `TELEPRINTER_REQUESTS=5000 python -m pytest tests/test_doors.py --timeout 0` sends that many to each.
"""

from __future__ import annotations

import json
import os
import random
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.slack.http_events import http_events
from bot.slack.listeners import build_bolt
from slack_emulator.control_api import DOABLE, ROUTES
from slack_emulator.server import Workspace
from slack_emulator.web_api.rate_limits import METHODS as RATES
from slack_emulator.web_api.rate_limits import Limits
from tests.slack.directory import KnownWorkspaces, PressRecorder
from tests.slack.events_server import SECRET, US, Telling
from tests.slack.signed import event, signed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

REQUESTS = int(os.environ.get("TELEPRINTER_REQUESTS", "300"))
KINDS = [
    "application/json",
    "application/x-www-form-urlencoded",
    "text/plain",
    "multipart/form-data; boundary=b",
    "x",
]
LEAVES = [
    None,
    True,
    False,
    0,
    -1,
    2**70,
    1e308,
    "",
    "x",
    "C000GENERAL",
    "U0000000ADA",
    "1766458026.000100",
    "\ud800",
    "é\x00",
]
NAMES = [
    *(
        "type",
        "event",
        "channel",
        "user",
        "text",
        "ts",
        "thread_ts",
        "team",
        "team_id",
        "authorizations",
        "blocks",
    ),
    *(
        "view",
        "payload",
        "message",
        "previous_message",
        "deleted_ts",
        "subtype",
        "files",
        "limit",
        "cursor",
        "name",
    ),
    *(
        "users",
        "types",
        "do",
        "times",
        "app",
        "events",
        "speed",
        "advance",
        "workspaces",
        "chunks",
        "metadata",
        "id",
    ),
    *(
        "attachments",
        "trigger_id",
        "latest",
        "oldest",
        "post_at",
        "profile",
        "status",
        "title",
        "prompts",
        "challenge",
    ),
    *(
        "action_id",
        "value",
        "view_id",
        "given",
        "typed",
        "callback_id",
        "everything",
        "markdown_text",
        "response_urls",
    ),
]


def anything(dice: random.Random, depth: int = 3) -> Any:
    """Some JSON value."""
    shape = dice.randrange(6) if depth else 0
    if shape == 1:
        return [anything(dice, depth - 1) for _ in range(dice.randrange(3))]
    if shape in (2, 3):
        return {dice.choice(NAMES): anything(dice, depth - 1) for _ in range(dice.randrange(5))}
    return dice.choice(LEAVES)


def body(dice: random.Random, likely: dict[str, Any]) -> bytes:
    """Some bytes: mostly JSON, of which some is likely, some a form, some nothing."""
    value = anything(dice)
    if isinstance(value, dict) and dice.random() < 0.8:
        value = likely | value
    text = json.dumps(value).encode()
    shape = dice.randrange(10)
    if shape == 0:
        return dice.randbytes(dice.randrange(60))
    if shape == 1:
        return text[: dice.randrange(len(text) + 1)]
    if shape == 2 and isinstance(value, dict):
        return "&".join(f"{name}={json.dumps(each)}" for name, each in value.items()).encode()
    return text


def headers(dice: random.Random) -> dict[str, str]:
    """Some headers, of which a client would send only a few."""
    some = {
        "Content-Type": dice.choice([*KINDS, *KINDS[:1] * 5]),
        "Authorization": dice.choice(["Bearer x", "Basic !", "Basic eDp5", "é", ""]),
        "Cookie": "a=b; =; ;",
        "Range": "bytes=9-1",
        "If-Modified-Since": "yesterday",
        "Content-Encoding": dice.choice(["gzip", "identity", "x"]),
        "X-Slack-Signature": "v0=" + "0" * 64,
        "X-Slack-Request-Timestamp": dice.choice(["1", "9" * 12, "٣", "now"]),
        "Origin": dice.choice(["null", "http://127.0.0.1", "é"]),
        "Expect": "100-continue",
    }
    chance = dice.choice([0.0, 0.1, 0.5])
    return {name: value for name, value in some.items() if name == "Content-Type" or dice.random() < chance}


Request = tuple[str, str, dict[str, str], bytes]


async def failures(url: str, request: Callable[[random.Random], Request]) -> list[tuple[int, Request, str]]:
    """Which of so many requests were answered with an error of the server's. Each has a dice of its own, by its number."""
    found: list[tuple[int, Request, str]] = []
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http:
        for number in range(REQUESTS):
            verb, path, head, content = asked = request(random.Random(number))  # noqa: S311
            try:
                async with http.request(
                    verb, URL(url + path, encoded=True), headers=head, data=content, allow_redirects=False
                ) as answer:
                    if answer.status >= 500:
                        found.append((number, asked, await answer.text()))
            except (aiohttp.ClientError, ValueError, TimeoutError):
                continue  # no answer in HTTP, or no request: what is shown is in the server's log
    return found


@pytest.fixture
async def slack(caplog: pytest.LogCaptureFixture) -> AsyncIterator[Workspace]:
    async with Workspace.start(limits=Limits.off()) as workspace:
        yield workspace


async def test_the_port_for_events_answers_no_request_with_a_500(caplog: pytest.LogCaptureFixture) -> None:
    def request(dice: random.Random) -> Request:
        content = body(dice, event("hello"))
        head = headers(dice)
        if dice.random() < 0.7:
            try:
                head |= signed(content, SECRET, kind=head["Content-Type"])
            except UnicodeDecodeError:
                head["X-Slack-Retry-Num"] = "1"
        return (
            dice.choice(["POST"] * 8 + ["GET", "PUT"]),
            dice.choice(["/slack/events"] * 9 + ["/%"]),
            head,
            content,
        )

    app = build_bolt(
        AsyncWebClient("xoxb-1"),
        KnownWorkspaces(US),
        signing_secret=SECRET,
        taker=Telling(),
        controls=PressRecorder(),
    )
    async with http_events(app, signing_secret=SECRET, host="127.0.0.1", port=0) as port:
        assert await failures(f"http://127.0.0.1:{port}", request) == []


async def test_the_local_web_api_answers_no_request_with_a_500(slack: Workspace) -> None:
    likely = {"channel": "C000GENERAL", "text": "hi", "ts": "1.0", "user": "U0000000ADA"}

    def request(dice: random.Random) -> Request:
        head, tokens = headers(dice), [slack.app.bot_token] * 6 + [slack.app.app_token, "x"]
        if dice.random() < 0.9:
            head["Authorization"] = f"Bearer {dice.choice(tokens)}"
            head["Content-Type"] = dice.choice(KINDS[:1] * 6 + KINDS)
        others = [
            "/upload/v1/T/F",
            "/files-pri/T0SPARKLING-F/x",
            "/oauth/v2/authorize?team=%ff",
            "/actions/x",
            "/link",
        ]
        path = f"/api/{dice.choice(sorted(RATES))}" if dice.random() < 0.9 else dice.choice(others)
        return dice.choice(["POST"] * 8 + ["GET", "DELETE"]), path, head, body(dice, likely)

    assert await failures(slack.url, request) == []


async def test_the_local_control_api_answers_no_request_with_a_500(slack: Workspace) -> None:
    likely: dict[str, Any] = {"channel": "general", "user": "ada", "text": "hi"}

    def request(dice: random.Random) -> Request:
        verb, name = dice.choice(sorted(ROUTES) + [("POST", "people")] * 9)
        more = {"do": dice.choice(sorted(DOABLE))} if name == "people" else {}
        return verb, f"/control/{name}?method=%ff", headers(dice), body(dice, likely | more)

    assert await failures(slack.url, request) == []


async def test_the_page_answers_no_request_with_a_500(slack: Workspace) -> None:
    paths = [
        "/",
        "/page/%2e%2e/x",
        "/page/page.js",
        "/page/files/F/%00",
        "/page/upload",
        "/page/socket",
        "/page/",
        "/%ff",
    ]

    def request(dice: random.Random) -> Request:
        more = {
            "Upgrade": "websocket",
            "Connection": "upgrade",
            "Sec-WebSocket-Version": dice.choice(["13", "x"]),
        }
        head = headers(dice) | (more if dice.random() < 0.3 else {})
        return dice.choice(["GET", "POST", "HEAD"]), dice.choice(paths), head, body(dice, {})

    assert await failures(slack.url, request) == []


async def test_the_pages_socket_outlives_whatever_it_is_told(slack: Workspace) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{slack.url}/page/socket") as socket:
        for number in range(REQUESTS):
            dice = random.Random(number)  # noqa: S311
            await socket.send_str(
                body(dice, {"type": "say", "channel": "C000GENERAL"}).decode(errors="replace")
            )
            while not socket.closed and (await told(socket, number)):
                pass
        assert not socket.closed


async def told(socket: aiohttp.ClientWebSocketResponse, number: int) -> bool:
    """Whether there is more to read."""
    try:
        await socket.receive(timeout=0.001)
    except TimeoutError:
        return False
    return True
