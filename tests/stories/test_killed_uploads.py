"""A process that is killed while it puts the rest of an answer into a file: whoever goes on with the answer ends it once, and whole."""

from __future__ import annotations

import asyncio
import re
import sys
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web

from benchmarks.chaos.front import Front, Troubles
from benchmarks.chaos.model import answer_words, model_server
from benchmarks.chaos.replicas import Replicas, database_url
from slack_emulator.server import Workspace
from tests.patience import HANGING, SLACK_WAITS
from tests.stories.test_long_answers import let_upload, texts, told_whole

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

WORDS = 3_000
"""Of an answer: some 24,000 characters, of which one message holds half."""
ADDRESS, BYTES, COMPLETE = "files.getUploadURLExternal", "the bytes", "files.completeUploadExternal"


class HoldingFront(Front):
    """Lets everything pass, but keeps Slack's answer to the first call of `held` back: its caller waits for that until it is killed."""

    def __init__(self, session: aiohttp.ClientSession, slack_url: str, *, held: str) -> None:
        super().__init__(session, troubles=Troubles(0.0, 0.0, 0.0), random=Random(0))  # noqa: S311
        self.reached = asyncio.Event()
        self._slack_url = slack_url
        self._held = held

    async def take(self, request: web.Request) -> web.StreamResponse:
        """One call of one replica, or the bytes of its file."""
        name = request.match_info.get("method", BYTES)
        answer = await self._pass(request)
        if name == self._held and not self.reached.is_set():
            self.reached.set()
            await asyncio.Event().wait()
        return answer

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        if "method" in request.match_info:
            return await self.forward(request)
        async with self._session.post(f"{self._slack_url}{request.path}", data=await request.read()) as sent:
            return web.Response(status=sent.status, body=await sent.read())

    async def _pass_on(self, request: web.Request, method: str, body: bytes) -> web.Response:
        answer = await super()._pass_on(request, method, body)
        assert isinstance(answer.body, bytes)
        if method == ADDRESS:  # files come by the same way as calls
            answer.body = answer.body.replace(self._slack_url.encode(), f"http://{request.host}".encode())
        return answer


@asynccontextmanager
async def a_front(slack: Workspace, held: str) -> AsyncGenerator[tuple[HoldingFront, str]]:
    async with aiohttp.ClientSession(slack.api_url, auto_decompress=False) as session:
        origin = slack.api_url.removesuffix("/api/")
        front = HoldingFront(session, origin, held=held)
        application = web.Application(client_max_size=8 * 1024 * 1024)
        application.router.add_route("*", "/{replica}/api/{method}", front.take)
        application.router.add_post("/upload/{path:.*}", front.take)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield front, f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


@pytest.mark.slow
@pytest.mark.parametrize("held", [ADDRESS, BYTES, COMPLETE], ids=["address given", "bytes there", "shared"])
async def test_a_kill_inside_an_upload_leaves_one_file_and_no_word_is_lost(tmp_path: Path, held: str) -> None:
    async with (
        Workspace.start(patience=SLACK_WAITS) as slack,
        a_front(slack, held) as (front, front_url),
        model_server(words=WORDS, every=0.0, failing=0.0) as (_, model_url),
        asyncio.TaskGroup() as tasks,
    ):
        let_upload(slack)
        environment = {
            "SLACK_BOT_TOKEN": slack.app.bot_token,
            "SLACK_APP_TOKEN": slack.app.app_token,
            "TELEPRINTER_MODEL": "openai:chaos",
            "OPENAI_BASE_URL": model_url,
            "DATABASE_URL": database_url(tmp_path / "turns.sqlite"),
            "TELEPRINTER_FILE_AFTER": "1",
        }
        replicas = Replicas(tmp_path, front_url, environment, tasks)
        try:
            writer = await replicas.start()
            async with asyncio.timeout(HANGING):
                await writer.until_ready()
                ts = await slack.say("general", "ada", "@Teleprinter question 1")
                await front.reached.wait()
                await replicas.kill(writer)
            await replicas.start()
            await slack.wait_for(lambda: told_whole(slack, ts) and len(texts(slack, ts)) == 2, within=HANGING)
            shown, file = texts(slack, ts)
        finally:
            await replicas.close()
            sys.stdout.write(replicas.logged())  # shown where the test fails
    assert len(slack.state.files) == 1
    assert re.findall(r"q1w\d+", f"{shown} {file}") == answer_words(1, WORDS)
