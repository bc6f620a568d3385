"""One process in two workspaces: each has its own token, name, pace and answers."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.app import running
from bot.settings import Settings
from bot.slack.connect import build_client, identify
from bot.slack.identity import WorkspaceLogin
from slack_emulator.seeding.seed import Home, Person, Registration, Seed, SeedChannel
from slack_emulator.server import Workspace
from tests.patience import SLACK_WAITS
from tests.stories.conftest import Storyteller
from tests.stories.test_answering import SONG, shown

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from pathlib import Path

    from slack_emulator.actors.interactions import Interactions

STILL, FIZZY = "Still", "Fizzy"


@pytest.fixture
async def two() -> AsyncIterator[Workspace]:
    """Two workspaces in one Slack, the app in both."""
    homes = [Home(name, [Person("ada")], [SeedChannel("general")]) for name in (STILL, FIZZY)]
    async with Workspace.start(
        patience=SLACK_WAITS, seed=Seed(homes, [Registration("Teleprinter")])
    ) as slack:
        yield slack


class InstalledTokens:
    """The tokens that Slack gave when the app was installed."""

    def __init__(self, slack: Workspace, session: aiohttp.ClientSession) -> None:
        self._slack = slack
        self._session = session
        self.asked: list[str] = []

    async def login(self, team: str) -> WorkspaceLogin | None:
        self.asked.append(team)
        for each in self._slack.teams.installed(self._slack.app.id):
            if each.state.team.id == team:
                client = build_client(each.app.bot_token, self._slack.api_url, session=self._session)
                return WorkspaceLogin(await identify(client), client)
        return None


@asynccontextmanager
async def serving(slack: Workspace, model: Storyteller, where: Path) -> AsyncGenerator[InstalledTokens]:
    settings = Settings(
        slack_bot_token=slack.app.bot_token,
        slack_app_token=slack.app.app_token,
        slack_api_url=slack.api_url,
        database=where,
        model="openai:scripted",
        drain=5.0,
    )
    async with aiohttp.ClientSession() as session:
        tokens = InstalledTokens(slack, session)
        async with running(settings, model, tokens=tokens):
            yield tokens


def answers(slack: Workspace, team: str, ts: str) -> list[tuple[str, str]]:
    """By whom a question in that workspace was answered, and how."""
    people: Interactions = slack.people(team)
    return [(message.user, shown(message)) for message in people.messages("general", ts) if message.ts != ts]


async def test_each_workspace_is_answered_by_its_own_bot_in_its_own_thread(
    two: Workspace, tmp_path: Path
) -> None:
    bots = {each.state.team.name: each.app.bot_user_id for each in two.teams.installed(two.app.id)}
    async with serving(two, Storyteller(SONG), tmp_path / "turns.sqlite") as tokens:
        asked = {
            team: await two.people(team).say("general", "ada", "@Teleprinter Sing") for team in (STILL, FIZZY)
        }
        await two.wait_for(
            lambda: (
                {team: answers(two, team, ts) for team, ts in asked.items()}
                == {team: [(bots[team], SONG)] for team in asked}
            )
        )
    assert sorted(tokens.asked) == sorted({state.team.id for state in two.teams})


async def test_what_slack_refuses_one_workspace_another_does_not_feel(two: Workspace, tmp_path: Path) -> None:
    two.fail_next("chat.update", error="ratelimited", status=429, retry_after=60)
    async with serving(two, Storyteller(f"{SONG} " * 8, SONG, every=0.01), tmp_path / "turns.sqlite"):
        await two.people(STILL).say("general", "ada", "@Teleprinter Sing")
        await two.wait_for(lambda: [call for call in two.calls if call.status == 429])
        second = await two.people(FIZZY).say("general", "ada", "@Teleprinter Sing")
        await two.wait_for(lambda: [text for _, text in answers(two, FIZZY, second)] == [SONG])
    edited = [call.status for call in two.calls if call.method == "chat.update"]
    assert edited[0] == 429
    assert set(edited[1:]) == {200}
