"""The ways into all workspaces that have installed us over OAuth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.slack.connect import build_client, identify
from bot.slack.identity import WorkspaceLogin

if TYPE_CHECKING:
    from collections.abc import Sequence

    import aiohttp

    from bot.durable.installation_store import InstalledTeam


class InstalledTeams(Protocol):
    """Knows who has installed us; see `bot.durable.installation_store`."""

    async def find(self, team: str) -> InstalledTeam | None: ...
    async def all(self) -> Sequence[InstalledTeam]: ...


class StoredTokens:
    """Looks tokens up by the workspace. One that an organisation has given is good for its workspaces, where it is the only one."""

    def __init__(self, store: InstalledTeams, api_url: str, session: aiohttp.ClientSession | None) -> None:
        self._store = store
        self._api_url = api_url
        self._session = session

    async def login(self, team: str) -> WorkspaceLogin | None:
        """Returns the way into `team`, or None where it has not installed us.

        Waits until Slack answers. Raises SettingsError where Slack refuses the token, or where it cannot be opened.
        """
        found = await self._store.find(team) or await self._of_the_organisation()
        if found is None:
            return None
        client = build_client(found.token, self._api_url, session=self._session)
        return WorkspaceLogin(await identify(client), client, found.team)

    async def _of_the_organisation(self) -> InstalledTeam | None:
        organisations = [one for one in await self._store.all() if one.org_wide]
        return organisations[0] if len(organisations) == 1 else None
