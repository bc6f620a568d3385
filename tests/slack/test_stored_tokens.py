"""The ways into workspaces that have installed us, against the local Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.durable.installation_store import InstalledTeam
from bot.errors import SettingsError
from bot.slack.stored_tokens import StoredTokens

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from slack_emulator.server import Workspace


class Installed:
    def __init__(self, *teams: InstalledTeam) -> None:
        self.teams = {one.team: one for one in teams}

    async def find(self, team: str) -> InstalledTeam | None:
        return self.teams.get(team)

    async def all(self) -> list[InstalledTeam]:
        return list(self.teams.values())


def tokens(slack: Workspace, client: AsyncWebClient, *teams: InstalledTeam) -> StoredTokens:
    return StoredTokens(Installed(*teams), slack.api_url, client.session)


async def test_a_workspace_is_entered_with_its_own_token(slack: Workspace, client: AsyncWebClient) -> None:
    team = slack.state.team.id
    ways = tokens(slack, client, InstalledTeam(team, org_wide=False, token=slack.app.bot_token))
    login = await ways.login(team)
    assert login is not None
    assert (login.us.team, login.us.user, login.client.token) == (
        team,
        slack.app.bot_user_id,
        slack.app.bot_token,
    )
    assert await ways.login("T9") is None


async def test_a_token_of_the_only_organisation_is_good_for_its_workspaces(
    slack: Workspace, client: AsyncWebClient
) -> None:
    one = InstalledTeam("E1", org_wide=True, token=slack.app.bot_token)
    login = await tokens(slack, client, one).login("T9")
    assert login is not None
    assert login.installer == "E1"
    another = InstalledTeam("E2", org_wide=True, token="xoxb-2")
    assert await tokens(slack, client, one, another).login("T9") is None


async def test_a_token_that_slack_refuses_is_told(slack: Workspace, client: AsyncWebClient) -> None:
    ways = tokens(slack, client, InstalledTeam("T1", org_wide=False, token="xoxb-revoked"))
    with pytest.raises(SettingsError):
        await ways.login("T1")
