"""Fetching files from where Slack keeps them: with our token, and from nowhere else."""

from __future__ import annotations

import gzip
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web

from bot.core.conversation.content_parts import FilePart, FilePlace
from bot.core.conversation.file_refusals import FileRefusal
from bot.slack import file_host
from bot.slack.connect import build_client
from bot.slack.file_host import SlackFileHost, is_private_file, is_sign_in
from tests.slack_emulator.served import served

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def a_host(handler: Handler) -> AsyncGenerator[tuple[SlackFileHost, str]]:
    """A Slack that answers everything so, and the address of a file there."""
    async with served(handler) as url, aiohttp.ClientSession() as session:
        base = url.removesuffix("/slack/events")
        client = build_client("xoxb-1", f"{base}/api/", session=session)
        yield SlackFileHost(client), f"{base}/files-pri/T1-F1/a.txt"


async def fetched(handler: Handler, file: FilePart, *, most: int = 100) -> bytes | FileRefusal:
    async with a_host(handler) as (host, url):
        named = FilePart(file.name, file.mimetype, file.size, url=file.url or url)
        return await host.fetch(named, most=most)


def replying(content: bytes = b"words", *, status: int = 200, kind: str = "text/plain") -> Handler:
    async def reply(_: web.Request) -> web.Response:
        return web.Response(body=content, status=status, content_type=kind)

    return reply


async def test_a_file_is_fetched_with_our_token() -> None:
    seen: list[str] = []

    async def reply(request: web.Request) -> web.Response:
        seen.append(request.headers["Authorization"])
        return web.Response(body=b"words")

    assert await fetched(reply, FilePart("a.txt", size=5)) == b"words"
    assert seen == ["Bearer xoxb-1"]


async def test_no_redirect_is_followed() -> None:
    paths: list[str] = []

    async def send_on(request: web.Request) -> web.Response:
        paths.append(request.path)
        return web.Response(status=302, headers={"Location": "/files-pri/elsewhere"})

    assert await fetched(send_on, FilePart("a.txt")) is FileRefusal.NO_ACCESS
    assert paths == ["/files-pri/T1-F1/a.txt"]


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (401, FileRefusal.NO_ACCESS),
        (403, FileRefusal.NO_ACCESS),
        (404, FileRefusal.GONE),
        (410, FileRefusal.GONE),
        (429, FileRefusal.NOT_FETCHED),
        (500, FileRefusal.NOT_FETCHED),
    ],
)
async def test_what_slack_does_not_give_is_refused(status: int, refusal: FileRefusal) -> None:
    assert await fetched(replying(status=status), FilePart("a.txt")) is refusal


PAGE = b"<!DOCTYPE html><html>Sign in</html>"


@pytest.mark.parametrize(
    ("content", "kind", "file", "refusal"),
    [
        pytest.param(
            PAGE, "text/html", FilePart("a.pdf", size=10), FileRefusal.NO_ACCESS, id="the page to sign in"
        ),
        pytest.param(
            PAGE,
            "text/html",
            FilePart("a.html", "text/html", 10),
            FileRefusal.NO_ACCESS,
            id="the same, for another page",
        ),
        pytest.param(PAGE, "text/plain", FilePart("a.txt", size=9), FileRefusal.NO_ACCESS, id="called text"),
        pytest.param(b"", "text/plain", FilePart("a.txt"), FileRefusal.EMPTY, id="nothing"),
        pytest.param(b"wor", "text/plain", FilePart("a.txt", size=5), FileRefusal.CUT_SHORT, id="cut short"),
        pytest.param(b"w" * 101, "text/plain", FilePart("a.txt"), FileRefusal.TOO_LARGE, id="too large"),
    ],
)
async def test_what_comes_may_be_no_file(
    content: bytes, kind: str, file: FilePart, refusal: FileRefusal
) -> None:
    assert await fetched(replying(content, kind=kind), file) is refusal


@pytest.mark.parametrize(
    ("content", "kind", "file"),
    [
        pytest.param(PAGE, "text/html", FilePart("a.html", "text/html", len(PAGE)), id="a page"),
        pytest.param(PAGE, "text/plain", FilePart("a.txt", size=len(PAGE)), id="a text that looks like one"),
        pytest.param(b"\xff\xd8\xff", "image/jpeg", FilePart("a.jpg", size=9), id="a picture without notes"),
    ],
)
async def test_what_looks_odd_may_be_a_file(content: bytes, kind: str, file: FilePart) -> None:
    assert await fetched(replying(content, kind=kind), file) == content


async def test_no_more_is_read_than_may_be_however_long_it_goes_on() -> None:
    async def pour(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"words" * 1000)
        except ConnectionError:
            return response

    assert await fetched(pour, FilePart("a.txt")) is FileRefusal.TOO_LARGE


async def test_what_is_packed_counts_as_what_it_is_unpacked() -> None:
    async def pack(_: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(b"w" * 1000), headers={"Content-Encoding": "gzip"})

    assert await fetched(pack, FilePart("a.txt"), most=900) is FileRefusal.TOO_LARGE


async def test_a_connection_that_breaks_or_stays_silent_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "50"})
        await response.prepare(request)
        await response.write(b"words")
        assert request.transport is not None
        request.transport.close()
        return response

    assert await fetched(break_off, FilePart("a.txt")) is FileRefusal.CUT_SHORT
    monkeypatch.setattr(file_host, "WITHIN", 0.0)
    assert await fetched(replying(), FilePart("a.txt")) is FileRefusal.NOT_FETCHED


async def test_an_address_elsewhere_is_not_asked() -> None:
    elsewhere = FilePart("a.txt", url="http://127.0.0.1:9/files-pri/T1-F1/a.txt")
    assert await fetched(replying(), elsewhere) is FileRefusal.NOT_FETCHED


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("https://files.slack.com/files-pri/T1-F1/a.txt", True),
        ("https://files.slack.com:443/files-pri/T1-F1/download/a.txt", True),
        ("http://files.slack.com/files-pri/T1-F1/a.txt", False),
        ("https://files.slack.com:8443/files-pri/T1-F1/a.txt", False),
        ("https://files.slack.com/elsewhere/a.txt", False),
        ("https://slack.com/files-pri/T1-F1/a.txt", False),
        ("https://files.slack.com.evil.example/files-pri/T1-F1/a.txt", False),
        ("https://files.slack.com@evil.example/files-pri/T1-F1/a.txt", False),
        ("https://me:you@files.slack.com/files-pri/T1-F1/a.txt", False),
        ("https://evil.example/files-pri/https://files.slack.com/", False),
        ("https://files.slack.com:port/files-pri/a.txt", False),
        ("file:///files-pri/a.txt", False),
        ("", False),
    ],
)
def test_slack_s_files_are_on_one_host(url: str, *, is_ours: bool) -> None:
    assert is_private_file(url, "https://slack.com/api/") is is_ours
    assert is_private_file(url, "https://www.slack.com/api/") is is_ours


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("http://127.0.0.1:3210/files-pri/T1-F1/a.txt", True),
        ("http://127.0.0.1:3211/files-pri/T1-F1/a.txt", False),
        ("https://127.0.0.1:3210/files-pri/T1-F1/a.txt", False),
        ("http://127.0.0.1:3210/api/a.txt", False),
        ("https://files.slack.com/files-pri/T1-F1/a.txt", False),
    ],
)
def test_a_local_slack_s_files_are_beside_its_web_api(url: str, *, is_ours: bool) -> None:
    assert is_private_file(url, "http://127.0.0.1:3210/api/") is is_ours


def test_a_page_is_told_from_a_file_by_its_length() -> None:
    assert is_sign_in(FilePart("a.pdf"), b"  <HTML>", "application/pdf")
    assert not is_sign_in(FilePart("a.pdf"), b"%PDF-", "application/pdf")


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        (
            {"ok": True, "file": {"id": "F1", "name": "a.txt", "mode": "hosted"}},
            FilePart("a.txt", id="F1", place=FilePlace.SLACK),
        ),
        ({"ok": False, "error": "missing_scope"}, FileRefusal.NO_ACCESS),
        ({"ok": False, "error": "file_not_found"}, FileRefusal.GONE),
        ({"ok": False, "error": "internal_error"}, FileRefusal.NOT_FETCHED),
    ],
)
async def test_a_file_of_another_company_is_looked_up(
    answer: dict[str, object], known: FilePart | FileRefusal
) -> None:
    asked: list[tuple[str, str]] = []

    async def reply(request: web.Request) -> web.Response:
        asked.append((request.path, request.query["file"]))
        return web.json_response(answer)

    async with a_host(reply) as (host, _):
        assert await host.look_up(FilePart("a file", id="F1", place=FilePlace.ASK)) == known
    assert asked == [("/api/files.info", "F1")]
