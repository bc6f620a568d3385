"""Workspaces that install the bot themselves: through Bolt's flow, real sockets and the local Slack's pages, on SQLite and PostgreSQL."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import running
from bot.commands.app_manifest import app_manifest, for_many, over_http
from bot.settings import Settings
from bot.slack import token_rotation
from bot.slack.identity import INSTALL_PATH
from slack_emulator.seeding.seed import Home, Person, Registration, Seed, SeedChannel
from slack_emulator.server import Workspace
from tests.patience import SLACK_WAITS
from tests.stories.conftest import Storyteller
from tests.stories.test_answering import shown

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")
HOMES = ("Still", "Fizzy", "Tonic")
URL = "https://bot.example"
MANIFEST = for_many(over_http(app_manifest(), URL), URL)
SCOPES = tuple(MANIFEST["oauth_config"]["scopes"]["bot"])


@pytest.fixture
async def slack() -> AsyncGenerator[Workspace]:
    """Three workspaces, and an app that none has installed yet."""
    homes = [Home(name, [Person("ada")], [SeedChannel("general")]) for name in HOMES]
    app = Registration("Teleprinter", manifest=MANIFEST, workspaces=[])
    async with Workspace.start(patience=SLACK_WAITS, seed=Seed(homes, [app])) as workspace:
        yield workspace


@dataclass(frozen=True)
class Bot:
    """The bot, and where it is reached."""

    slack: Workspace
    url: str

    async def install(self, team: str) -> None:
        """Somebody opens the page, presses Slack's button, agrees for `team`, and comes back."""
        async with aiohttp.ClientSession() as browser:
            async with browser.get(f"{self.url}{INSTALL_PATH}", params={"team": team}) as page:
                state = page.cookies["slack-app-oauth-state"].value
                button = (await page.text()).partition('<a href="')[2].partition('"')[0]
            async with browser.get(button.replace("&amp;", "&"), allow_redirects=False) as agreed:
                back = agreed.headers["Location"].replace(URL, self.url)
            async with browser.get(back, headers={"Cookie": f"slack-app-oauth-state={state}"}) as done:
                assert done.status == 200, await done.text()

    def token(self, team: str) -> str:
        (found,) = [one.app for one in self.slack.teams.installed() if one.state.team.name == team]
        return found.bot_token

    async def ask(self, team: str) -> tuple[str, str]:
        """Somebody asks in a direct message; returns its channel and ts."""
        people = self.slack.people(team)
        channel = await people.write_to("ada", "teleprinter")
        return channel, await people.say(channel, "ada", "What is a secret question?")

    async def answered(self, team: str, words: str) -> None:
        channel, ts = await self.ask(team)
        people = self.slack.people(team)
        await self.slack.wait_for(
            lambda: [shown(one) for one in people.messages(channel, ts) if one.ts != ts] == [words]
        )


@asynccontextmanager
async def serving(slack: Workspace, model: Storyteller, where: Path | str, port: int) -> AsyncGenerator[Bot]:
    settings = Settings(
        slack_client_id=slack.app.client_id,
        slack_client_secret=slack.app.client_secret,
        slack_signing_secret=slack.app.signing_secret,
        secret_keys={"1": b"k" * 32},
        public_url=URL,
        slack_api_url=slack.api_url,
        host="127.0.0.1",
        port=port,
        database=where,
        model="openai:scripted",
        drain=5.0,
    ).for_slack()
    async with running(settings, model, scopes=SCOPES):
        url = f"http://127.0.0.1:{port}"
        await slack.use_request_url(f"{url}/slack/events")
        yield Bot(slack, url)


async def test_each_workspace_that_installs_it_is_answered_until_it_removes_it(
    slack: Workspace, somewhere: Path | str, unused_port: int
) -> None:
    model = Storyteller(
        "Hidden answer.", "Hidden answer.", "Hidden answer.", "One two three. …pause… four.", "Hidden answer."
    )
    async with serving(slack, model, somewhere, unused_port) as bot:
        for team in HOMES:
            await bot.install(team)
        for team in HOMES:
            await bot.answered(team, "Hidden answer.")
        channel, ts = await bot.ask("Fizzy")
        people = slack.people("Fizzy")
        await slack.wait_for(lambda: [one for one in people.messages(channel, ts) if one.ts != ts])
        client = AsyncWebClient(bot.token("Fizzy"), base_url=slack.api_url)
        await client.apps_uninstall(client_id=slack.app.client_id, client_secret=slack.app.client_secret)
        await model.closed.wait()
        await bot.answered("Still", "Hidden answer.")
        await bot.install("Fizzy")
        model.go.set()
        await bot.answered("Fizzy", "Hidden answer.")


def read_all(folder: Path) -> bytes:
    """Everything that lies in a folder."""
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def test_after_a_restart_it_knows_who_has_installed_it_and_the_file_gives_nothing_away(
    slack: Workspace, tmp_path: Path, unused_port: int
) -> None:
    where = tmp_path / "turns.sqlite"
    async with serving(slack, Storyteller("Hidden answer."), where, unused_port) as bot:
        await bot.install("Still")
        await bot.answered("Still", "Hidden answer.")
        token = bot.token("Still")
    async with serving(slack, Storyteller("Hidden answer."), where, unused_port) as bot:
        await bot.answered("Still", "Hidden answer.")
    kept = read_all(tmp_path)
    assert slack.state.team.id.encode() in kept
    for secret in (token, "xoxe", "secret question", "Hidden answer", slack.app.client_secret):
        assert secret.encode() not in kept


async def test_a_token_that_ends_is_rotated_and_what_comes_next_goes_with_the_new_one(
    slack: Workspace, tmp_path: Path, unused_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_rotation, "EARLY", 50_000.0)
    monkeypatch.setattr(token_rotation, "EVERY", 0.2)
    async with serving(slack, Storyteller("Hidden answer."), tmp_path / "turns.sqlite", unused_port) as bot:
        await bot.install("Still")
        await bot.answered("Still", "Hidden answer.")
        first = bot.token("Still")
        await slack.wait_for(lambda: bot.token("Still") != first)
        slack.teams.expiring[first] = 0.0  # Slack takes the old one no longer
        monkeypatch.setattr(token_rotation, "EARLY", 0.0)
        await bot.answered("Still", "Hidden answer.")
