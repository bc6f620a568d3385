"""Decides who is answered, with what Slack has to say of them: before a turn is claimed, and at every button that begins one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from bot.core.conversation.access_rules import AskerStanding, wants_channel, wants_person
from bot.core.conversation.admission import admit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.conversation.admission import Admission, OperatorRules
    from bot.core.conversation.incoming import TurnKey


class StandingDirectory(Protocol):
    """Knows who asks; see `bot.slack.workspace_directory`."""

    async def standing(
        self, user: str, channel: str, *, person: bool, place: bool, groups: Iterable[str]
    ) -> AskerStanding: ...


class DirectoryLookup(Protocol):
    """Knows the workspaces that have installed us; see `bot.installation`."""

    async def directory(self, team: str) -> StandingDirectory | None:
        """Returns who knows the people of the workspace `team`; None where it has not installed us."""
        ...


class Admitting(Protocol):
    """Decides about turns; see `AdmissionDesk`."""

    async def admit(self, turn: TurnKey, *, shared: bool | None = None) -> Admission: ...


class AdmissionDesk:
    """Decides by the operator's rules for all workspaces of a process. Slack is asked only for what a rule wants to know."""

    def __init__(self, rules: OperatorRules, places: DirectoryLookup) -> None:
        self._rules = rules
        self._places = places

    async def admit(self, turn: TurnKey, *, shared: bool | None = None) -> Admission:
        """Decides how the turn is answered, or that it is not. `shared` is what its event says of the channel; None: nobody knows.

        Waits some seconds for Slack, and takes no answer for a bad one.
        """
        return admit(self._rules, turn, await self._standing(turn, shared))

    async def _standing(self, turn: TurnKey, shared: bool | None) -> AskerStanding:
        access = self._rules.access
        place = wants_channel(access, turn, shared=shared)
        person = wants_person(access, turn, shared=shared)
        if not (place or person or access.groups):
            return AskerStanding(shared)
        directory = await self._places.directory(turn.thread.team)
        if directory is None:
            return AskerStanding(shared)
        found = await directory.standing(
            turn.user, turn.thread.channel, person=person, place=place, groups=access.groups
        )
        return found if shared is None else replace(found, shared=shared)
