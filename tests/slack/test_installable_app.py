"""What an app needs that many workspaces install, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.durable.database import open_database
from bot.durable.installation_store import InstalledTeam
from bot.durable.turn_store import TurnStore
from bot.settings import Settings
from bot.slack.installable_app import InstallableApp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from slack_sdk.web.async_client import AsyncWebClient

    from slack_emulator.server import Workspace


class User:
    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}

    async def renew(self, tokens: Mapping[str, str]) -> None:
        self.tokens = dict(tokens)


async def test_what_the_pages_keep_the_tokens_find_and_the_rotation_tells(
    slack: Workspace, client: AsyncWebClient, tmp_path: Path
) -> None:
    settings = Settings(
        slack_client_id="1.2",
        slack_client_secret="secret",
        secret_keys={"1": b"k" * 32},
        public_url="https://bot.example",
        slack_api_url=slack.api_url,
    )
    async with open_database(tmp_path / "turns.sqlite") as database:
        await TurnStore(database, "me").prepare()
        app = InstallableApp(settings, database, client, ["chat:write"])
        team = slack.state.team.id
        await app.store.save(InstalledTeam(team, org_wide=False, token=slack.app.bot_token))
        assert await app.tokens.login(team) is not None
        await app.rotation(user := User()).look()
    assert user.tokens == {team: slack.app.bot_token}
    assert [route.path for route in app.pages.routes()] == ["/slack/install", "/slack/oauth_redirect"]
