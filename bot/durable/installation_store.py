"""Keeps which workspaces have installed us, with their tokens sealed, and the states of installations that are under way.

The SDK has stores for SQLAlchemy; they want an engine of their own, of an asynchronous driver, and keep the tokens of earlier
installations, in clear text. So we keep both tables here, beside the
others, and give them to Bolt's OAuth flow by the SDK's own interfaces. Of a person who installs us nothing is kept.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from sqlalchemy import delete, func, select, update

from bot.durable.retried_writes import execute, transact
from bot.durable.schema import installations, oauth_states

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from slack_sdk.oauth.installation_store import Installation as OAuthInstallation
    from sqlalchemy import ColumnElement, Connection

    from bot.durable.database import Database
    from bot.durable.token_seal import TokenSeal

STATE_FOR = 600.0  # seconds that somebody has for Slack's page, as Bolt's cookie for it
NEVER = 0.0  # stands for when a token expires that does not


@dataclass(frozen=True, slots=True)
class InstalledTeam:
    """Holds the token of a workspace, or of an organisation where `org_wide`. `expires_at` is in seconds since the epoch; NEVER where it
    does not rotate."""

    team: str
    org_wide: bool
    token: str
    refresh_token: str = ""
    expires_at: float = NEVER


class InstallationStore(AsyncInstallationStore):
    """The table of installations of the app `client_id`. Waits, and raises, as `bot.durable.turn_store.TurnStore` does; SettingsError
    where a token cannot be opened."""

    def __init__(
        self, database: Database, client_id: str, seal: TokenSeal, *, now: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._client = client_id
        self._seal = seal
        self._now = now

    async def async_save(self, installation: OAuthInstallation) -> None:
        """Keeps what Bolt's flow was given, instead of what there was for that workspace."""
        team = installation.enterprise_id if installation.is_enterprise_install else installation.team_id
        expires = installation.bot_token_expires_at
        await self.save(
            InstalledTeam(
                team or "",
                bool(installation.is_enterprise_install),
                installation.bot_token or "",
                installation.bot_refresh_token or "",
                NEVER if expires is None else float(expires),
            )
        )

    async def save(self, one: InstalledTeam) -> None:
        """Keeps a workspace's token, instead of the one there was."""
        key = {"client": self._client, "team": one.team}
        values: dict[str, Any] = {
            "org_wide": one.org_wide,
            **self._sealed(one),
            "expires_at": one.expires_at,
            "installed_at": self._now(),
        }
        row = self._database.insert(installations).values(**key, **values)
        await execute(self._database, row.on_conflict_do_update(index_elements=list(key), set_=values))

    async def find(self, team: str) -> InstalledTeam | None:
        """Returns the installation of the workspace or organisation `team`; None where there is none."""
        rows = await execute(self._database, select(installations).where(*self._of(team)))
        return self._opened(rows.all[0]) if rows.all else None

    async def all(self) -> list[InstalledTeam]:
        """Returns all installations of the app."""
        rows = await execute(
            self._database, select(installations).where(installations.c.client == self._client)
        )
        return [self._opened(row) for row in rows.all]

    async def version(self) -> tuple[int, float, float]:
        """Returns something that is another whenever somebody has installed or removed us, or a token was given a new one."""
        row = installations.c
        what = select(func.count(), func.max(row.installed_at), func.max(row.expires_at))
        rows = await execute(self._database, what.where(row.client == self._client))
        count, installed_at, expires_at = rows.all[0]
        return count, installed_at or 0.0, expires_at or 0.0

    async def has(self, team: str) -> bool:
        """Tells whether the workspace or organisation `team` has installed us."""
        return bool((await execute(self._database, select(installations.c.team).where(*self._of(team)))).all)

    async def forget_team(self, team: str, *, before: float) -> bool:
        """Forgets a workspace that has removed us at that time. Returns False where it has not installed us, or only since."""
        removed = delete(installations).where(*self._of(team), installations.c.installed_at <= before)
        return (await execute(self._database, removed)).count == 1

    async def rotate(self, team: str, old: str, new: InstalledTeam) -> bool:
        """Keeps a new token where the refresh token is still `old`. Returns False where another replica was quicker."""

        def rotated(connection: Connection) -> bool:
            found = connection.execute(select(installations).where(*self._of(team)).with_for_update()).first()
            if found is None or self._opened(found).refresh_token != old:
                return False
            values: dict[str, Any] = {**self._sealed(new), "expires_at": new.expires_at}
            connection.execute(update(installations).where(*self._of(team)).values(values))
            return True

        return await transact(self._database, rotated)

    async def seal_anew(self) -> int:
        """Seals with the newest key what an older one has sealed. Returns how many installations that were."""
        rows = await execute(
            self._database, select(installations).where(installations.c.client == self._client)
        )
        count = 0
        for row in rows.all:
            if not (self._seal.is_current(row.token) and self._seal.is_current(row.refresh_token)):
                # Only what is still as it was read: what has been rotated meanwhile is sealed anew already.
                unchanged = (
                    installations.c.token == row.token,
                    installations.c.refresh_token == row.refresh_token,
                )
                values = self._sealed(self._opened(row))
                sealed = update(installations).where(*self._of(row.team), *unchanged).values(values)
                count += (await execute(self._database, sealed)).count
        return count

    def _sealed(self, one: InstalledTeam) -> dict[str, str]:
        return {
            "token": self._seal.seal(one.token, self._client, one.team, "token"),
            "refresh_token": self._seal.seal(one.refresh_token, self._client, one.team, "refresh_token"),
        }

    def _opened(self, row: Any) -> InstalledTeam:
        token = self._seal.open(row.token, self._client, row.team, "token")
        refresh = self._seal.open(row.refresh_token, self._client, row.team, "refresh_token")
        return InstalledTeam(row.team, row.org_wide, token, refresh, row.expires_at)

    def _of(self, team: str) -> tuple[ColumnElement[bool], ...]:
        return (installations.c.client == self._client, installations.c.team == team)


class OAuthStates(AsyncOAuthStateStore):
    """The states of installations that are under way: each counts once, whichever replica hears of it."""

    def __init__(self, database: Database, *, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now

    async def async_issue(self, *_: Any, **__: Any) -> str:
        """Returns a new state, and forgets those that are over."""
        state = secrets.token_urlsafe(24)
        await execute(self._database, delete(oauth_states).where(oauth_states.c.expires_at <= self._now()))
        row = {"state": state, "expires_at": self._now() + STATE_FOR}
        await execute(self._database, self._database.insert(oauth_states).values(row))
        return state

    async def async_consume(self, state: str) -> bool:
        """Tells whether it was issued, not long ago, and is heard of for the first time."""
        left = oauth_states.c.expires_at > self._now()
        consumed = await execute(
            self._database, delete(oauth_states).where(oauth_states.c.state == state, left)
        )
        return consumed.count == 1
