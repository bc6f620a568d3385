"""Ends what we do in a workspace that has removed us, on the replica that hears of it and on the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Mapping


class RemovableInstallations(Protocol):
    """Keeps tokens; see `bot.durable.installation_store`."""

    async def has(self, team: str) -> bool: ...
    async def forget_team(self, team: str, *, before: float) -> bool: ...


class RemovableSettings(Protocol):
    """Keeps what people have set; see `bot.durable.settings_store`."""

    async def forget_team(self, installer: str) -> None: ...


class OpenWorkspaces(Protocol):
    """Works in workspaces; see `bot.installation`."""

    def renew(self, tokens: Mapping[str, str]) -> list[str]: ...
    def installed_by(self, installer: str) -> list[str]: ...
    def drop(self, team: str) -> None: ...


class EndableTurns(Protocol):
    """Runs turns; see `bot.turns.registry`."""

    def end_team(self, team: str) -> None: ...


class WorkspaceRemovals:
    """Hears that a workspace or an organisation has removed us, or gives another token."""

    def __init__(
        self,
        store: RemovableInstallations,
        settings: RemovableSettings,
        workspaces: OpenWorkspaces,
        turns: EndableTurns,
    ) -> None:
        self._store = store
        self._settings = settings
        self._workspaces = workspaces
        self._turns = turns

    async def removed(self, installer: str, *, at: float) -> None:
        """Forgets who has removed us then, in seconds since the epoch, and ends their turns without a word: there is nobody to tell.
        Whoever has installed us since stays. Raises what SQLAlchemy raises."""
        if await self._store.forget_team(installer, before=at):
            await self._settings.forget_team(installer)
            self._end(installer)

    async def renew(self, tokens: Mapping[str, str]) -> None:
        """Works on with these tokens; who has none any more, and none by now, has removed us."""
        for installer in self._workspaces.renew(tokens):
            if not await self._store.has(installer):
                self._end(installer)

    def _end(self, installer: str) -> None:
        tell(facts.AppRemoved(team=installer))
        for team in self._workspaces.installed_by(installer):
            self._turns.end_team(team)
            self._workspaces.drop(team)
