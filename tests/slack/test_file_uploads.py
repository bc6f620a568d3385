"""Files that we put into Slack: to its own file host, and no further than that."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web

from bot.core.conversation.shared_files import AnswerFile
from bot.errors import SlackDenied, SlackError, SlackUnreachable
from bot.slack.api_answers import without_redirects
from bot.slack.connect import build_client
from bot.slack.file_host import is_at_file_host
from bot.slack.file_uploads import FOLDER, SlackFileUploads
from tests.fakes import an_answer
from tests.slack_emulator.served import served

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

FILE = AnswerFile(an_answer("1.5", thread_ts="1.0"), "Le reste", "Bulles …\n".encode())


@asynccontextmanager
async def uploads_to(handler: Handler) -> AsyncGenerator[SlackFileUploads]:
    """The uploads to a Slack that answers everything so."""
    config = without_redirects()
    async with served(handler) as url, aiohttp.ClientSession(trace_configs=[config]) as session:
        base = url.removesuffix("/slack/events")
        yield SlackFileUploads(build_client("xoxb-1", f"{base}/api/", session=session))


def a_slack(taking: Handler, *, address: str = "/upload/v1/abc") -> Handler:
    """A Slack whose file host answers so."""

    async def reply(request: web.Request) -> web.StreamResponse:
        if request.path.startswith("/api/"):
            url = address if "://" in address else f"http://{request.host}{address}"
            return web.json_response({"ok": True, "upload_url": url, "file_id": "F1"})
        return await taking(request)

    return reply


async def test_the_bytes_go_to_the_address_that_slack_gives_without_our_token() -> None:
    seen: list[tuple[str, bytes, bool]] = []

    async def take(request: web.Request) -> web.Response:
        seen.append((request.path, await request.read(), "Authorization" in request.headers))
        return web.Response(text="OK - 11")

    async with uploads_to(a_slack(take)) as uploads:
        assert await uploads.upload(FILE) == "F1"
    assert seen == [("/upload/v1/abc", FILE.content, False)]


async def test_what_is_asked_of_slack_is_what_its_sdk_asks() -> None:
    asked: list[tuple[str, dict[str, str]]] = []

    async def reply(request: web.Request) -> web.StreamResponse:
        if request.path.startswith("/api/"):
            asked.append((request.path, dict(request.query)))
        return web.json_response(
            {"ok": True, "upload_url": f"http://{request.host}/upload/v1/a", "file_id": "F1"}
        )

    async with uploads_to(reply) as uploads:
        await uploads.share(await uploads.upload(FILE), FILE)
    assert asked == [
        ("/api/files.getUploadURLExternal", {"filename": "answer-1-5.md", "length": str(len(FILE.content))}),
        (
            "/api/files.completeUploadExternal",
            {"files": '[{"id": "F1", "title": "Le reste"}]', "channel_id": "C", "thread_ts": "1.0"},
        ),
    ]


@pytest.mark.parametrize("address", ["https://evil.example/upload/v1/a", "/files-pri/a", "http://[", ""])
async def test_nothing_is_sent_to_an_address_that_is_not_one_of_slack_s(address: str) -> None:
    async def take(_: web.Request) -> web.Response:
        raise AssertionError("nothing is to be sent")

    async with uploads_to(a_slack(take, address=address)) as uploads:
        with pytest.raises(SlackError):
            await uploads.upload(FILE)


async def test_no_redirect_is_followed_with_what_people_are_told() -> None:
    paths: list[str] = []

    async def take(request: web.Request) -> web.Response:
        paths.append(request.path)
        raise web.HTTPTemporaryRedirect("/elsewhere")

    async with uploads_to(a_slack(take)) as uploads:
        with pytest.raises(SlackUnreachable):
            await uploads.upload(FILE)
    assert paths == ["/upload/v1/abc"]


async def test_a_host_that_hangs_up_counts_as_no_answer() -> None:
    async def take(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    async with uploads_to(a_slack(take)) as uploads:
        with pytest.raises(SlackUnreachable, match="upload: no answer"):
            await uploads.upload(FILE)


@pytest.mark.parametrize(
    ("known", "asked"),
    [(True, ["python"]), (False, ["python", None])],
    ids=["a language that Slack knows", "another"],
)
async def test_code_is_a_snippet_in_its_language(known: bool, asked: list[str | None]) -> None:
    kinds: list[str | None] = []

    async def reply(request: web.Request) -> web.StreamResponse:
        if not request.path.startswith("/api/"):
            return web.Response()
        kinds.append(request.query.get("snippet_type"))
        if kinds[-1] and not known:
            return web.json_response({"ok": False, "error": "unknown_snippet_type"})
        url = f"http://{request.host}/upload/v1/a"
        return web.json_response({"ok": True, "upload_url": url, "file_id": "F1"})

    code = AnswerFile(FILE.answer, "The whole code", b"x = 1\n", "1.py", "python")
    async with uploads_to(reply) as uploads:
        assert await uploads.upload(code) == "F1"
    assert kinds == asked


async def test_without_the_scope_the_mend_is_named() -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"ok": False, "error": "missing_scope", "needed": "files:write"})

    async with uploads_to(refuse) as uploads:
        with pytest.raises(SlackDenied, match="the app needs the scope files:write"):
            await uploads.upload(FILE)


def test_slack_s_own_host_takes_files_over_https_only() -> None:
    api = "https://slack.com/api/"
    assert is_at_file_host("https://files.slack.com/upload/v1/ABC", api, folder=FOLDER)
    assert not is_at_file_host("http://files.slack.com/upload/v1/ABC", api, folder=FOLDER)
    assert not is_at_file_host("https://files.slack.com.evil.example/upload/v1/ABC", api, folder=FOLDER)
