"""Knows what people have set, as each turn wants to know it: what is on record now, or as it was last known where the record is silent.

A setting is no reason to keep anybody waiting, so a database that does not answer soon is not waited for.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple, Protocol

from bot.core.conversation.answer_settings import (
    NOTHING_SET,
    NOTHING_SET_HERE,
    AnswerSettings,
    ChannelSettings,
    PersonalSettings,
)

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 1.5  # seconds for the record
FRESH = 5.0
"""Seconds that somebody's language is taken to be what it was: it is asked for at each word to them."""
MOST = 5_000  # people and channels who are remembered


class SettingsRecord(Protocol):
    """Holds what people have set; see `bot.durable.settings_store`."""

    async def of_turn(self, team: str, person: str, channel: str) -> AnswerSettings: ...
    async def keep(self, team: str, person: str, wanted: PersonalSettings, *, installer: str) -> None: ...
    async def keep_channel(
        self, team: str, channel: str, wanted: ChannelSettings, *, installer: str
    ) -> None: ...


class _Known(NamedTuple):
    at: float
    settings: PersonalSettings | ChannelSettings


class SettingsDesk:
    """Reads settings for all workspaces of a process. `clock` tells seconds."""

    def __init__(self, record: SettingsRecord, *, clock: Callable[[], float]) -> None:
        self._record = record
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], _Known] = OrderedDict()

    async def of_turn(self, team: str, person: str, channel: str) -> AnswerSettings:
        """Returns what a person has set, and what is set for a channel, by now or as far as it is known; "" for neither. Raises what
        SQLAlchemy raises but for a database that is lost."""
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._record.of_turn(team, person, channel)
        except TimeoutError:
            return AnswerSettings(self._last_of(team, person), self._last_in(team, channel))
        self._remember(team, person, found.person)
        self._remember(team, channel, found.channel)
        return found

    async def of_person(self, team: str, person: str) -> PersonalSettings:
        """Returns what somebody has set, in the same way."""
        return (await self.of_turn(team, person, "")).person

    async def language(self, team: str, person: str) -> str:
        """Returns the code of the language that somebody has set, "" where they have set none; as it was some seconds ago at most."""
        known = self._known.get((team, person))
        if known is not None and self._clock() - known.at < FRESH:
            return self._last_of(team, person).language
        return (await self.of_person(team, person)).language

    async def keep(self, team: str, person: str, wanted: PersonalSettings, *, installer: str) -> None:
        """Keeps what somebody wants. Waits, and raises, as the record does."""
        await self._record.keep(team, person, wanted, installer=installer)
        self._remember(team, person, wanted)

    async def keep_channel(self, team: str, channel: str, wanted: ChannelSettings, *, installer: str) -> None:
        """Keeps what is wanted in a channel, in the same way."""
        await self._record.keep_channel(team, channel, wanted, installer=installer)
        self._remember(team, channel, wanted)

    def _last_of(self, team: str, person: str) -> PersonalSettings:
        known = self._known.get((team, person))
        return known.settings if known and isinstance(known.settings, PersonalSettings) else NOTHING_SET

    def _last_in(self, team: str, channel: str) -> ChannelSettings:
        known = self._known.get((team, channel))
        return known.settings if known and isinstance(known.settings, ChannelSettings) else NOTHING_SET_HERE

    def _remember(self, team: str, holder: str, settings: PersonalSettings | ChannelSettings) -> None:
        if not holder:
            return
        self._known[team, holder] = _Known(self._clock(), settings)
        self._known.move_to_end((team, holder))
        if len(self._known) > MOST:
            self._known.popitem(last=False)
