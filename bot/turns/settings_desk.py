"""Knows what people have set, as each turn wants to know it: what is on record now, or as it was last known where the record is silent.

A wish is no reason to keep anybody waiting, so a database that does not answer soon is not waited for.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple, Protocol

from bot.core.conversation.answer_settings import NOTHING_SET, PersonalSettings

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 1.5  # seconds for the record
FRESH = (
    5.0  # seconds that somebody's language is taken to be what it was: it is asked for at each word to them
)
MOST = 5_000  # people who are remembered


class SettingsRecord(Protocol):
    """Holds what people have set; see `bot.durable.settings_store`."""

    async def of_person(self, team: str, person: str) -> PersonalSettings: ...
    async def keep(self, team: str, person: str, wanted: PersonalSettings, *, installer: str) -> None: ...


class _Known(NamedTuple):
    at: float
    settings: PersonalSettings


class SettingsDesk:
    """Reads settings for all workspaces of a process. `clock` tells seconds."""

    def __init__(self, record: SettingsRecord, *, clock: Callable[[], float]) -> None:
        self._record = record
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], _Known] = OrderedDict()

    async def of_person(self, team: str, person: str) -> PersonalSettings:
        """Returns what somebody has set, by now or as far as it is known. Raises what SQLAlchemy raises but for a database that is
        lost."""
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._record.of_person(team, person)
        except TimeoutError:
            known = self._known.get((team, person))
            return known.settings if known else NOTHING_SET
        self._remember(team, person, found)
        return found

    async def keep(self, team: str, person: str, wanted: PersonalSettings, *, installer: str) -> None:
        """Keeps what somebody wants. Waits, and raises, as the record does."""
        await self._record.keep(team, person, wanted, installer=installer)
        self._remember(team, person, wanted)

    async def language(self, team: str, person: str) -> str:
        """Returns the code of the language that somebody has set, "" where they have set none; as it was some seconds ago at most."""
        known = self._known.get((team, person))
        if known is not None and self._clock() - known.at < FRESH:
            return known.settings.language
        return (await self.of_person(team, person)).language

    def _remember(self, team: str, person: str, settings: PersonalSettings) -> None:
        self._known[team, person] = _Known(self._clock(), settings)
        self._known.move_to_end((team, person))
        if len(self._known) > MOST:
            self._known.popitem(last=False)
