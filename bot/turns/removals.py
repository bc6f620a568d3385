"""Ends what we do in a workspace that has removed us, on the replica that hears of it and on the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Mapping


class RemovableInstallations(Protocol):
    """Keeps tokens; see `bot.durable.installation_store`."""

    async def forget_team(self, team: str) -> None: ...


class OpenWorkspaces(Protocol):
    """Works in workspaces; see `bot.installation`."""

    def renew(self, tokens: Mapping[str, str]) -> list[str]: ...
    def drop(self, team: str) -> None: ...


class EndableTurns(Protocol):
    """Runs turns; see `bot.turns.registry`."""

    def end_team(self, team: str) -> None: ...


class WorkspaceRemovals:
    """Hears that a workspace has removed us, or gives another token."""

    def __init__(
        self, store: RemovableInstallations, workspaces: OpenWorkspaces, turns: EndableTurns
    ) -> None:
        self._store = store
        self._workspaces = workspaces
        self._turns = turns

    async def removed(self, team: str) -> None:
        """Forgets the workspace, and ends its turns without a word: there is nobody to tell. Raises what SQLAlchemy raises."""
        await self._store.forget_team(team)
        self._end(team)

    async def renew(self, tokens: Mapping[str, str]) -> None:
        """Works on with these tokens; a workspace that has none any more has removed us."""
        for team in self._workspaces.renew(tokens):
            self._end(team)

    def _end(self, team: str) -> None:
        tell(facts.AppRemoved(team=team))
        self._turns.end_team(team)
        self._workspaces.drop(team)
