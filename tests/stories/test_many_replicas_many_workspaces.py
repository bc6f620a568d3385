"""Workspaces that install the bot themselves, served by two processes behind a load balancer, on one database."""

from __future__ import annotations

import asyncio
import base64
import socket
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.chaos.model import answer_words, model_server
from benchmarks.chaos.replicas import Replica, Replicas, database_url
from slack_emulator.web_api import oauth
from tests.patience import HANGING
from tests.stories.test_answering import shown
from tests.stories.test_many_workspaces import HOMES, URL, Bot, read_all, slack

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from benchmarks.chaos.model import Model
    from slack_emulator.server import Workspace

__all__ = ["slack"]  # a fixture
pytestmark = pytest.mark.slow
WORDS = 40
SOON = 3600  # seconds that a token lives which is given a new one at the next look: within a minute
BACK_AND_FORTH = 4  # questions, of which each replica hears some


@dataclass
class Company:
    """Workspaces, the bot behind its balancer, and its model."""

    slack: Workspace
    bot: Bot
    model: Model
    replicas: list[Replica]
    numbers: count[int] = field(default_factory=count)

    async def ask(self, team: str) -> tuple[int, str, str]:
        """Somebody asks in a direct message; its number, channel and ts."""
        people, number = self.slack.people(team), next(self.numbers)
        channel = await people.write_to("ada", "teleprinter")
        return number, channel, await people.say(channel, "ada", f"What of question {number}?")

    def answer(self, team: str, channel: str, ts: str) -> str:
        """What stands there of the answer."""
        messages = self.slack.people(team).messages(channel, ts)
        return " ".join(shown(one) for one in messages if one.ts != ts)

    async def answered(self, team: str) -> None:
        """Somebody asks, and the whole answer comes."""
        number, channel, ts = await self.ask(team)
        last = answer_words(number, WORDS)[-1]
        await self.slack.wait_for(lambda: last in self.answer(team, channel, ts))

    async def answered_by_both(self, team: str) -> None:
        """The same until each replica has heard some of it."""
        async with asyncio.TaskGroup() as asking:
            for _ in range(BACK_AND_FORTH):
                asking.create_task(self.answered(team))

    def worked(self, replica: Replica) -> int:
        """How many turns the replica has begun."""
        return sum("turn.started" in line for line in replica.said)


def two_ports() -> list[int]:
    """Ports that were free a moment ago."""
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in (one, other)]


@asynccontextmanager
async def balancer(ports: list[int]) -> AsyncGenerator[str]:
    """Hands each request to the next of the replicas; where it is reached."""
    turns = cycle(ports)
    async with aiohttp.ClientSession(auto_decompress=False) as session:

        async def hand_on(request: web.Request) -> web.StreamResponse:
            to = f"http://127.0.0.1:{next(turns)}{request.raw_path}"
            headers = {name: value for name, value in request.headers.items() if name != "Host"}
            body = await request.read()
            async with session.request(
                request.method, to, headers=headers, data=body, allow_redirects=False
            ) as answer:
                said = web.Response(status=answer.status, body=await answer.read())
                for name in ("Content-Type", "Set-Cookie", "Location"):
                    for value in answer.headers.getall(name, []):
                        said.headers.add(name, value)
                return said

        application = web.Application()
        application.router.add_route("*", "/{path:.*}", hand_on)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        await runner.cleanup()


@asynccontextmanager
async def served(
    slack: Workspace, where: Path | str, folder: Path, ports: list[int]
) -> AsyncGenerator[Company]:
    async with AsyncExitStack() as stack:
        model, model_url = await stack.enter_async_context(model_server(words=WORDS, every=0.1, failing=0.0))
        common = {
            "SLACK_API_URL": slack.api_url,
            "SLACK_CLIENT_ID": slack.app.client_id,
            "SLACK_CLIENT_SECRET": slack.app.client_secret,
            "SLACK_SIGNING_SECRET": slack.app.signing_secret,
            "TELEPRINTER_SECRET_KEYS": f"1:{base64.b64encode(b'k' * 32).decode()}",
            "TELEPRINTER_PUBLIC_URL": URL,
            "TELEPRINTER_HOST": "127.0.0.1",
            "TELEPRINTER_MODEL": "openai:many",
            "OPENAI_BASE_URL": model_url,
            "DATABASE_URL": database_url(where),
        }
        tasks, started = await stack.enter_async_context(asyncio.TaskGroup()), list[Replica]()
        for number, port in enumerate(ports):
            own = {"PORT": str(port), "TELEPRINTER_REPLICA": f"r{number}"}
            replicas = Replicas(folder, slack.url, common | own, tasks)
            stack.push_async_callback(replicas.close)
            started.append(await replicas.start())
        for replica in started:
            await replica.until_ready(HANGING)
        url = await stack.enter_async_context(balancer(ports))
        await slack.use_request_url(f"{url}/slack/events")
        yield Company(slack, Bot(slack, url), model, started)


async def test_three_workspaces_install_use_rotate_and_one_leaves_in_the_middle_of_an_answer(
    slack: Workspace,
    somewhere: Path | str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with served(slack, somewhere, tmp_path, two_ports()) as company:
        with monkeypatch.context() as soon:
            soon.setattr(oauth, "TOKEN_FOR", SOON)
            await company.bot.install("Still")
        first = company.bot.token("Still")
        for team in HOMES[1:]:
            await company.bot.install(team)
        for team in HOMES:
            await company.answered_by_both(team)
        assert all(company.worked(replica) for replica in company.replicas)
        # One leaves.
        number, channel, ts = await company.ask("Fizzy")
        await slack.wait_for(lambda: company.answer("Fizzy", channel, ts))
        client = AsyncWebClient(company.bot.token("Fizzy"), base_url=slack.api_url)
        await client.apps_uninstall(client_id=slack.app.client_id, client_secret=slack.app.client_secret)
        async with asyncio.timeout(HANGING):
            await company.model.calls[number][-1].ended.wait()
        assert company.model.calls[number][-1].cut_at is not None
        await company.answered_by_both("Tonic")
        await company.bot.install("Fizzy")
        await company.answered_by_both("Fizzy")
        # A token is given a new one, by whichever replica comes first, and both work on with it.
        await slack.wait_for(lambda: company.bot.token("Still") != first)
        await slack.wait_for(lambda: rotations(company) == 1)
        await company.answered_by_both("Still")
        secrets = [first, *(company.bot.token(team) for team in HOMES)]
    kept = read_all(tmp_path)
    said = "".join(line for replica in company.replicas for line in replica.said)
    for secret in (*secrets, slack.app.client_secret, "What of question", answer_words(0, WORDS)[0]):
        assert secret.encode() not in kept
        assert secret not in said
    assert "Traceback" not in said


def rotations(company: Company) -> int:
    """How often a token was given a new one."""
    return sum("token.rotated" in line for replica in company.replicas for line in replica.said)
