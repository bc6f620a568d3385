"""The port for Slack's events: what gets in, and what is turned away."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import socket
import sys
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SettingsError
from bot.observability.facts import Fact, HttpFailed
from bot.observability.hooks import subscribe
from bot.slack import http_events as module
from bot.slack.connection_limits import Bounds
from bot.slack.http_events import MOST_BODY, Quiet, http_events
from bot.slack.listeners import build_bolt
from bot.slack.rare_log import Seldom
from tests.slack.directory import KnownWorkspaces, PressRecorder
from tests.slack.events_server import SECRET, US
from tests.slack.signed import as_bytes, dumped, event, signed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from slack_bolt.response import BoltResponse

    from bot.core.conversation.incoming import Prompt, Vanished

HERE = Path(__file__).parent


class Taken:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.prompts: list[str] = []

    async def take(self, prompt: Prompt) -> bool:
        self.prompts.append(prompt.text)
        return True

    async def vanish(self, message: Vanished) -> None:
        raise AssertionError(message)


@asynccontextmanager
async def a_door(taken: Taken, **how: Any) -> AsyncGenerator[int]:
    app = build_bolt(
        AsyncWebClient("xoxb-1"),
        KnownWorkspaces(US),
        signing_secret=SECRET,
        taker=taken,
        controls=PressRecorder(),
    )
    async with http_events(app, signing_secret=SECRET, host="127.0.0.1", **{"port": 0, **how}) as port:
        yield port


@pytest.fixture
def taken() -> Taken:
    return Taken()


@pytest.fixture
async def port(taken: Taken) -> AsyncGenerator[int]:
    async with a_door(taken) as port:
        yield port


async def answered(port: int, request: bytes) -> bytes:
    """All that comes back for those bytes, until the other end closes: they have to ask for that, or be wrong."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


async def status(port: int, headers: dict[str, str], body: bytes) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"http://127.0.0.1:{port}/slack/events", headers=headers, data=io.BytesIO(body)
        ) as response,
    ):
        return response.status


async def test_what_slack_has_signed_gets_in(port: int, taken: Taken) -> None:
    body = dumped(event("hello"))
    assert await status(port, signed(body, SECRET), body) == 200
    assert taken.prompts == ["hello"]


async def test_what_we_did_ourselves_is_acknowledged_and_goes_no_further(taken: Taken) -> None:
    class Untouched(AsyncApp):
        """A Bolt that nothing may reach."""

        async def async_dispatch(self, req: object) -> BoltResponse:
            raise AssertionError(req)

    app = Untouched(client=AsyncWebClient("xoxb-1"), signing_secret=SECRET)
    echo = event("x", type="message", user="U0BOT")
    echo["authorizations"] = [{"team_id": "T1", "user_id": "U0BOT", "is_bot": True}]
    body = dumped(echo)
    async with http_events(app, signing_secret=SECRET, host="127.0.0.1", port=0) as port:
        assert await status(port, signed(body, SECRET), body) == 200


async def test_slacks_challenge_is_answered(port: int) -> None:
    body = dumped({"type": "url_verification", "challenge": "abc"})
    answer = await answered(port, as_bytes(signed(body, SECRET), body))
    assert json.loads(answer.partition(b"\r\n\r\n")[2]) == {"challenge": "abc"}


@pytest.mark.parametrize("rest", [{}, {"challenge": None}, {"challenge": ["abc"]}])
async def test_a_challenge_that_is_missing_is_no_request_of_slacks(
    port: int, rest: dict[str, object]
) -> None:
    body = dumped({"type": "url_verification", **rest})
    assert await status(port, signed(body, SECRET), body) == 400


async def test_it_says_that_it_is_up(port: int) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/healthz") as response,
    ):
        assert (response.status, await response.json()) == (200, {"ok": True})


RIGHT = dumped(event("hello"))
WRONG: dict[str, dict[str, str]] = {
    "nothing": {},
    "no time": signed(RIGHT, SECRET) | {"X-Slack-Request-Timestamp": "noon"},
    "a time of another script": signed(RIGHT, SECRET) | {"X-Slack-Request-Timestamp": "١٢٣"},
    "an old time": signed(RIGHT, SECRET) | {"X-Slack-Request-Timestamp": "1"},
    "a signature of letters beyond ASCII": signed(RIGHT, SECRET) | {"X-Slack-Signature": "v0=é"},
    "another's signature": signed(RIGHT, "another secret"),
    "a signature of other words": signed(dumped(event("bye")), SECRET),
}


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG)
async def test_what_is_not_signed_is_turned_away(port: int, taken: Taken, headers: dict[str, str]) -> None:
    assert await status(port, headers, RIGHT) == 401
    assert taken.prompts == []


async def test_who_is_not_signed_is_turned_away_before_its_body_is_there(port: int) -> None:
    answer = await answered(
        port, b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Length: 1000000\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 401 ")


async def test_what_is_no_text_is_turned_away_unparsed(port: int) -> None:
    assert await status(port, signed(b"{}", SECRET), b"\xff\xfe") == 401


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"hello"',
        b"7",
        b"null",
        b'{"team": 7}',
        b'{"authorizations": [7]}',
        b'{"user": 7}',
        b'{"response_urls": 7}',
        b'{"type": "event_callback", "event": [7]}',
        b'{"type": "event_callback", "event": null}',
        b'{"type": "event_callback", "view": 7}',
        b'{"type": "block_actions", "actions": [7]}',
        b'{"type": "block_actions", "actions": []}',
        b'{"type": "block_actions", "actions": {}}',
        b'{"type": "block_actions", "actions": [{}], "container": 7}',
        b'{"type": "view_submission", "view": [7]}',
        b"{}",
        b"[" * 100_000,
        b"1" * 5_000,
    ],
    ids=lambda body: body[:60].decode(),
)
async def test_what_is_signed_and_shaped_like_nothing_is_a_bad_request(port: int, body: bytes) -> None:
    assert await status(port, signed(body, SECRET), body) == 400


async def test_slacks_check_of_the_address_is_answered(port: int) -> None:
    kind, body = "application/x-www-form-urlencoded", b"ssl_check=1&token=x"
    assert await status(port, signed(body, SECRET, kind=kind), body) == 200


async def test_a_form_that_holds_no_json_is_a_bad_request(port: int) -> None:
    kind = "application/x-www-form-urlencoded"
    assert await status(port, signed(b"payload={", SECRET, kind=kind), b"payload={") == 400


async def test_headers_sent_twice_are_checked_as_they_are_used(port: int, taken: Taken) -> None:
    right = as_bytes(signed(RIGHT, SECRET), RIGHT)
    twice = right.replace(b"\r\n\r\n", b"\r\nX-Slack-Request-Timestamp: noon\r\n\r\n", 1)
    assert (await answered(port, twice)).startswith(b"HTTP/1.1 200 ")
    assert taken.prompts == ["hello"]


async def test_a_body_that_is_too_large_is_not_read(port: int) -> None:
    body = b"x" * (MOST_BODY + 1)
    assert await status(port, signed(body, SECRET), body) == 413


async def test_a_body_of_unknown_length_is_read_no_further_than_that(port: int) -> None:
    async def endless() -> AsyncGenerator[bytes]:
        for _ in range(3):
            yield b"x" * (MOST_BODY // 2)

    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"http://127.0.0.1:{port}/slack/events", headers=signed(b"", SECRET), data=endless()
        ) as response,
    ):
        assert response.status == 413


async def test_a_body_that_is_no_chunk_is_a_bad_request(port: int) -> None:
    lines = as_bytes(signed(b"", SECRET), b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    assert (await answered(port, lines + b"zz\r\n")).startswith((b"HTTP/1.0 400 ", b"HTTP/1.1 400 "))


async def test_a_body_that_does_not_come_is_not_waited_for(
    taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BODY_WITHIN", 0.05)
    half = as_bytes(signed(RIGHT, SECRET), RIGHT)[:-5]
    async with a_door(taken) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(half)
        assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("sent", [b"", b"POST /slack/events HT", b"POST /slack/events HTTP/1.1\r\nHost: b"])
async def test_headers_that_do_not_come_are_not_waited_for(taken: Taken, sent: bytes) -> None:
    async with a_door(taken, bounds=Bounds(10, 10, headers_within=0.05)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        assert await closed(reader)
        writer.close()


async def test_a_second_request_has_as_long_as_the_first_and_no_longer(taken: Taken) -> None:
    async with a_door(taken, bounds=Bounds(10, 10, headers_within=0.05)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: bot\r\n\r\n")
        assert (await reader.readuntil(b"}")).endswith(b'{"ok": true}')
        writer.write(b"GET /healthz HTTP/1.1\r\nHo")
        assert await closed(reader)
        writer.close()


async def closed(reader: asyncio.StreamReader) -> bool:
    """Whether the other end closes, with a goodbye or without."""
    try:
        return await reader.read() == b""
    except ConnectionResetError:
        return True


async def test_the_newcomer_is_heard_however_many_are_silent(taken: Taken) -> None:
    async with a_door(taken, bounds=Bounds(20, 10)) as port, AsyncExitStack() as silent:
        for _ in range(50):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            silent.callback(writer.close)
        assert await status(port, signed(RIGHT, SECRET), RIGHT) == 200


async def test_strangers_cost_one_line_an_hour_and_kind(port: int, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(20):
        assert (await answered(port, b"\x16\x03\x01 hello\r\n\r\n")).startswith(
            (b"HTTP/1.0 400 ", b"HTTP/1.1 400 ")
        )
        assert await status(port, {}, b"") == 401
    lines = [(record.levelno, record.exc_info, vars(record)["kind"]) for record in caplog.records]
    kinds = [kind for _, _, kind in lines]
    assert sorted(kinds) == sorted(set(kinds))
    assert "not signed" in kinds
    assert {(level, error) for level, error, _ in lines} == {(logging.WARNING, None)}


def test_a_bug_at_the_door_is_told_with_the_way_to_it_and_without_its_words() -> None:
    quiet, told = Quiet(Seldom(lambda: 0.0)), list[Fact]()
    try:
        raise ZeroDivisionError(8 * "PROMPT")
    except ZeroDivisionError:
        record = logging.makeLogRecord({"levelno": logging.ERROR, "exc_info": sys.exc_info()})
    with subscribe(told.append):
        assert not quiet.filter(record)
        assert not quiet.filter(logging.makeLogRecord({"levelno": logging.DEBUG}))
    bug, other = told
    assert isinstance(bug, HttpFailed)
    assert (bug.kind, bug.level, bug.way.endswith("builtins.ZeroDivisionError")) == (
        "ZeroDivisionError",
        40,
        True,
    )
    assert other == HttpFailed(kind="other", times=1, way="", logged_at=logging.DEBUG)


@asynccontextmanager
async def started(script: str, *arguments: object) -> AsyncGenerator[asyncio.subprocess.Process]:
    """One of the scripts beside this file, until the block ends."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"tests.slack.{script}", *map(str, arguments)),
        cwd=HERE.parent.parent,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def line_of(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_two_thousand_silent_connections_under_1024_files_keep_no_event_out() -> None:
    async with started("events_server", 1024) as server, AsyncExitStack() as crowd:
        port = int(await line_of(server))
        silent = [await crowd.enter_async_context(started("silent_client", port, 500)) for _ in range(4)]
        assert [await line_of(each) for each in silent] == ["500"] * 4
        async with asyncio.timeout(8):  # before the first of them has been silent for too long
            assert await status(port, signed(RIGHT, SECRET), RIGHT) == 200
        assert await line_of(server) == "hello"
        server.kill()
        _, complaints = await server.communicate()
    assert (complaints.count(b"\n"), complaints.count(b"Traceback")) == (1, 0), complaints[:2000]


async def test_a_taken_port_is_a_wrong_setting(taken: Taken) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(SettingsError, match="is in use: stop the other program, or set PORT"):
            async with a_door(taken, port=other.getsockname()[1]):
                pass


@pytest.mark.parametrize(
    ("error", "mend"),
    [
        (PermissionError(13, "Permission denied"), "set PORT to one above 1023"),
        (
            OSError(99, "Cannot assign requested address"),
            "Cannot listen on 127.0.0.1, port 80: Cannot assign",
        ),
    ],
)
async def test_a_port_that_cannot_be_had_is_a_wrong_setting(
    taken: Taken, monkeypatch: pytest.MonkeyPatch, error: OSError, mend: str
) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(asyncio.get_running_loop(), "create_server", refused)
    with pytest.raises(SettingsError, match=mend):
        async with a_door(taken, port=80):
            pass
