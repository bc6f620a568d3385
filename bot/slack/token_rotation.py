"""Gives tokens that expire new ones in time, and hears of those that another replica has given.

    every minute, and where another replica has changed something within a second:
                   what is installed? --> a token ends within two hours? --> a new one, kept, unless another replica was quicker
                                      `--> another token than the one in use, or none? --> the workspace is told so

Slack lets the old token live on for a while after the new one is given, so calls that are under way are heard. Bolt has a rotator; it
rotates only while an event is heard, and asks Slack's public address whatever client the app has.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from bot.core.conversation.json_payload import as_text
from bot.durable.installation_store import NEVER, InstalledTeam
from bot.errors import SettingsError, SlackError
from bot.observability import facts
from bot.observability.hooks import tell
from bot.slack.api_answers import ask

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from slack_sdk.web.async_client import AsyncWebClient

EARLY = 2 * 3600.0  # seconds before its end that a token is given a new one: a sixth of its life
EVERY = 60.0
NEWS = 1.0
"""Seconds between two looks whether anything has been installed, rotated or removed, by whichever replica: whoever has removed us is
not to be written to for a minute, and whoever has installed us again is to be answered with the new token."""


class RotatedTokens(Protocol):
    """Keeps tokens; see `bot.durable.installation_store`."""

    async def all(self) -> Sequence[InstalledTeam]: ...
    async def rotate(self, team: str, old: str, new: InstalledTeam) -> bool: ...
    async def seal_anew(self) -> int: ...
    async def version(self) -> object: ...


class TokenUser(Protocol):
    """Works with tokens; see `bot.installation`."""

    async def renew(self, tokens: dict[str, str]) -> None:
        """Works on with these, by workspace; those that are not among them have removed us."""
        ...


class TokenRotation:
    """Rotates the tokens of all workspaces, as the app `client_id`. `client` has no token."""

    def __init__(
        self,
        store: RotatedTokens,
        user: TokenUser,
        client: AsyncWebClient,
        client_id: str,
        client_secret: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._user = user
        self._client = client
        self._app = {"client_id": client_id, "client_secret": client_secret}
        self._now = now

    async def run(self) -> None:
        """Seals anew what an older key has sealed, and then looks again and again, until cancelled."""
        with suppress(SettingsError):  # the first look tells
            if count := await self._store.seal_anew():
                tell(facts.TokensSealedAnew(installations=count))
        while True:
            version = await self._store.version()
            await self.look()
            await self._wait(version)

    async def _wait(self, version: object) -> None:
        """Waits a minute, or until what is installed has another version."""
        clock = asyncio.get_running_loop().time
        until = clock() + EVERY
        while clock() < until:
            await asyncio.sleep(min(NEWS, EVERY))
            if await self._store.version() != version:
                return

    async def look(self) -> None:
        """Rotates what ends soon, and tells of what has changed. A token that cannot be rotated is tried again at the next look."""
        try:
            installed = await self._store.all()
        except SettingsError as error:
            tell(facts.TokensUnreadable(error=str(error)))
            return
        tokens = {one.team: one.token for one in installed}
        for one in installed:
            if one.expires_at != NEVER and one.expires_at - self._now() < EARLY and one.refresh_token:
                tokens[one.team] = await self._rotate(one)
        await self._user.renew(tokens)

    async def _rotate(self, one: InstalledTeam) -> str:
        """Returns the token to work on with."""
        params = {**self._app, "grant_type": "refresh_token", "refresh_token": one.refresh_token}
        try:
            answer = await ask(self._client, "oauth.v2.access", params=params)
        except SlackError as error:
            # Two replicas may ask at once, and Slack takes a refresh token once: the other's is there at the next look.
            tell(facts.TokenNotRotated(team=one.team, error=str(error)))
            return one.token
        new = InstalledTeam(
            one.team,
            one.org_wide,
            as_text(answer.get("access_token")),
            as_text(answer.get("refresh_token")),
            self._now() + float(str(answer.get("expires_in") or 0)),
        )
        if not new.token or not await self._store.rotate(one.team, one.refresh_token, new):
            return one.token
        tell(facts.TokenRotated(team=one.team))
        return new.token
