"""Workspaces that have installed us, of a test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.slack.identity import Identity


class KnownWorkspaces:
    """Knows these, and no other."""

    def __init__(self, *known: Identity) -> None:
        self._known = {us.team: us for us in known}

    async def identity(self, team: str) -> Identity | None:
        return self._known.get(team)
