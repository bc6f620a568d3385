"""Generated requests at each door: whatever comes in over HTTP, the answer is never a 500.

A few hundred by default; `TELEPRINTER_REQUESTS=5000 python -m pytest tests/test_doors.py --timeout 0` sends that many to each.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import sys
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.observability import facts
from bot.observability.hooks import tell
from bot.observability.status_server import status_server
from bot.slack.connect import build_client
from bot.slack.http_events import http_events
from bot.slack.identity import INSTALL_PATH, REDIRECT_PATH
from bot.slack.listeners import build_bolt
from bot.slack.oauth_pages import OAuthApp, OAuthPages
from slack_emulator.control_api import DOABLE, ROUTES
from slack_emulator.server import Workspace
from slack_emulator.web_api.rate_limits import METHODS as RATES
from slack_emulator.web_api.rate_limits import Limits
from tests.slack.directory import KnownWorkspaces, PressRecorder
from tests.slack.events_server import SECRET, US, Telling
from tests.slack.signed import event, signed
from tests.slack.test_oauth_pages import OneState, Saved

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
    from contextlib import AbstractAsyncContextManager

INSIDE = "Traceback"
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


async def failures(
    url: str, request: Callable[[random.Random], Request], numbers: Iterable[int] = range(REQUESTS)
) -> list[tuple[int, Request, str]]:
    """Which of so many requests were answered with an error of the server's, or told of its inside. Each has a dice of its own, by its
    number."""
    found: list[tuple[int, Request, str]] = []
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http:
        for number in numbers:
            verb, path, head, content = asked = request(random.Random(number))  # noqa: S311
            try:
                async with http.request(
                    verb, URL(url + path, encoded=True), headers=head, data=content, allow_redirects=False
                ) as answer:
                    said = await answer.text(errors="replace")
                    if answer.status >= 500 or INSIDE in said:
                        found.append((number, asked, said))
            except (aiohttp.ClientError, ValueError, TimeoutError):
                continue  # no answer in HTTP, or no request: what is shown is in the server's log
    return found


@pytest.fixture
async def slack(caplog: pytest.LogCaptureFixture) -> AsyncIterator[Workspace]:
    async with Workspace.start(limits=Limits.off()) as workspace:
        yield workspace


# ---- the bot's own doors


@asynccontextmanager
async def events(_: Workspace) -> AsyncGenerator[str]:
    """The port for events."""
    app = build_bolt(
        AsyncWebClient("xoxb-1"),
        KnownWorkspaces(US),
        signing_secret=SECRET,
        taker=Telling(),
        controls=PressRecorder(),
    )
    async with http_events(app, signing_secret=SECRET, host="127.0.0.1", port=0) as port:
        yield f"http://127.0.0.1:{port}"


def event_request(dice: random.Random) -> Request:
    """What may come to the port for events: most of it signed, some of it long ago, some of it huge, some of it empty."""
    content = dice.choice([b"", b"x" * 2**20]) if dice.random() < 0.02 else body(dice, event("hello"))
    head = headers(dice)
    if dice.random() < 0.7:
        try:
            head |= signed(content, SECRET, kind=head["Content-Type"])
        except UnicodeDecodeError:
            head["X-Slack-Retry-Num"] = "1"
    if dice.random() < 0.1:
        head["X-Slack-Request-Timestamp"] = dice.choice(["0", "1766458026", "99999999999"])
    path = dice.choice(["/slack/events"] * 9 + ["/%", "/slack/events/", "//", "/health?x=%ff"])
    return dice.choice(["POST"] * 8 + ["GET", "PUT", "OPTIONS"]), path, head, content


@asynccontextmanager
async def oauth_pages(slack: Workspace) -> AsyncGenerator[str]:
    """The same port, with the pages by which a workspace installs us."""
    async with aiohttp.ClientSession() as session:
        client = build_client("", slack.api_url, session=session)
        app = OAuthApp(slack.app.client_id, slack.app.client_secret, "https://bot.example", ("chat:write",))
        pages = OAuthPages(app, Saved(), OneState(), client).routes()
        bolt = build_bolt(client, KnownWorkspaces(US), signing_secret=SECRET, taker=Telling())
        serving = http_events(bolt, signing_secret=SECRET, host="127.0.0.1", port=0, pages=pages)
        async with serving as port:
            yield f"http://127.0.0.1:{port}"


def page_request(dice: random.Random) -> Request:
    """What may come to those pages: with states and codes of all kinds, and with the right one."""
    values = ["s1", "s1", "", "x" * 8000, "%00", "%ff", "é", "<script>", "a b", "%F0%9F%90%8D"]
    names = ["state", "code", "error", "error_description", "state", "code", "%ff"]
    asked = "&".join(f"{dice.choice(names)}={dice.choice(values)}" for _ in range(dice.randrange(5)))
    head = headers(dice)
    if dice.random() < 0.7:
        head["Cookie"] = dice.choice(
            ["slack-app-oauth-state=s1", "slack-app-oauth-state=", "slack-app-oauth-state"]
        )
    path = dice.choice([INSTALL_PATH, REDIRECT_PATH, REDIRECT_PATH, f"{REDIRECT_PATH}/", "/slack/%2e%2e/x"])
    return dice.choice(["GET"] * 6 + ["POST", "HEAD", "DELETE"]), f"{path}?{asked}", head, body(dice, {})


@asynccontextmanager
async def status(_: Workspace) -> AsyncGenerator[str]:
    """The port for an operator's tools."""
    async with status_server(host="127.0.0.1", port=0) as port:
        tell(facts.BotReady(team="T", replica="r", socket_mode=True))  # else 503 is the right answer
        yield f"http://127.0.0.1:{port}"


def status_request(dice: random.Random) -> Request:
    """What may come there."""
    kinds = [
        "application/openmetrics-text",
        "*/*",
        "text/plain;version=x",
        'text/plain; version="1.0.0"',
        "x/y;q=é",
        ";;q=,",
        "",
    ]
    head = headers(dice) | {
        "Accept": dice.choice(kinds),
        "Accept-Encoding": dice.choice(["gzip", "x;q=2", ""]),
    }
    asked = dice.choice(
        ["", "?name[]=teleprinter_turns_running", "?name[]=%ff&name[]=", "?name%5B%5D=" + "x" * 3000]
    )
    path = dice.choice(["/metrics"] * 4 + ["/live", "/ready", "/", "/metrics/", "/%00", "/live/../metrics"])
    return dice.choice(["GET"] * 6 + ["POST", "HEAD", "TRACE"]), path + asked, head, body(dice, {})


Door = tuple["Callable[[Workspace], AbstractAsyncContextManager[str]]", "Callable[[random.Random], Request]"]
DOORS: dict[str, Door] = {
    "events": (events, event_request),
    "oauth pages": (oauth_pages, page_request),
    "status": (status, status_request),
}
each_door = pytest.mark.parametrize(("door", "request_by"), DOORS.values(), ids=DOORS)
basic = pytest.mark.filterwarnings(
    "ignore:BasicAuth is deprecated"
)  # the SDK hands aiohttp what it means to take away


@basic
@each_door
async def test_none_of_our_ports_answers_a_request_with_a_500(
    door: Callable[[Workspace], AbstractAsyncContextManager[str]],
    request_by: Callable[[random.Random], Request],
    slack: Workspace,
) -> None:
    async with door(slack) as url:
        assert await failures(url, request_by) == []


def raw(dice: random.Random) -> bytes:
    """Something that is nearly HTTP, or not at all."""
    if dice.random() < 0.1:
        return dice.randbytes(dice.randrange(200))
    line = dice.choice([b"GET", b"POST", b"G T", b"get", b"\x00", b"PRI *"]) + b" "
    line += (
        dice.choice([b"/metrics", b"/slack/events", b"*", b"http://x/", b"/\xff", b"/" + b"a" * 9000]) + b" "
    )
    line += dice.choice([b"HTTP/1.1", b"HTTP/1.0", b"HTTP/9.9", b"HTTP/2.0", b"HTTP", b""]) + b"\r\n"
    fields = [
        b"Host: x", b"Host:", b"Content-Length: -1", b"Content-Length: 5", b"Content-Length: 99999999999999999999", b"X: \xff\x00",
        b"Transfer-Encoding: chunked", b"Transfer-Encoding: x, chunked", b": y", b"no colon", b"Upgrade: h2c", b"X: " + b"y" * 9000,
        b"Connection: close", b"Expect: 100-continue",
    ]  # fmt: skip
    some = b"".join(dice.choice(fields) + b"\r\n" for _ in range(dice.randrange(6)))
    return (
        line
        + some
        + b"\r\n"
        + dice.choice([b"", b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\n", b"GET / HTTP/1.1\r\n\r\n"])
    )


async def raw_failures(url: str, numbers: Iterable[int]) -> list[tuple[int, bytes, bytes]]:
    """Which of so many pieces of nearly HTTP were answered with an error of the server's."""
    found, host = [], URL(url)
    for number in numbers:
        reader, writer = await asyncio.open_connection(host.host, host.port)
        sent = raw(random.Random(number))  # noqa: S311
        said = b""
        with suppress(ConnectionError, TimeoutError):
            writer.write(sent)
            writer.write_eof()
            async with asyncio.timeout(2):
                said = await reader.read(2**20)
        if b" 50" in said[:13] or INSIDE.encode() in said:
            found.append((number, sent, said))
        writer.close()
    return found


@basic
@each_door
async def test_none_of_our_ports_answers_what_is_no_request_with_a_500(
    door: Callable[[Workspace], AbstractAsyncContextManager[str]],
    request_by: Callable[[random.Random], Request],
    slack: Workspace,
) -> None:
    async with door(slack) as url:
        assert await raw_failures(url, range(REQUESTS // 3)) == []


def resident() -> int:
    """How many bytes of memory this process has."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


MANY, WARM, GROWTH = (
    5_000,
    1_000,
    24 * 2**20,
)  # requests, those before memory is looked at, bytes that it may grow by then


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="its memory is asked of Linux")
@basic
@each_door
async def test_five_thousand_requests_leave_no_500_and_no_memory_behind(
    door: Callable[[Workspace], AbstractAsyncContextManager[str]],
    request_by: Callable[[random.Random], Request],
    slack: Workspace,
) -> None:
    async with door(slack) as url:
        assert await failures(url, request_by, range(WARM)) == []
        before = resident()
        assert await failures(url, request_by, range(WARM, MANY)) == []
        assert await raw_failures(url, range(REQUESTS, REQUESTS + 500)) == []
        assert resident() - before < GROWTH


# ---- the local Slack's


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
