"""Keeps what people have set for their answers, and for those in a channel. What they have written is sealed where there are secret keys.

Beside the feedback's notes it is the one text of people's that is kept: until they delete it, or their workspace removes us.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, bindparam, delete, or_, select, update

from bot.core.conversation.answer_settings import (
    NOTHING_SET,
    NOTHING_SET_HERE,
    AnswerSettings,
    ChannelSettings,
    PersonalSettings,
)
from bot.core.conversation.reply_policy import Follow
from bot.durable.retried_writes import execute
from bot.durable.schema import preferences
from bot.errors import SettingsError
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement

    from bot.durable.database import Database
    from bot.durable.token_seal import TokenSeal


# Built once: each turn executes it.
_OF_TURN = select(preferences).where(
    preferences.c.team == bindparam("of_team", type_=String),
    or_(*(preferences.c.holder == bindparam(name, type_=String) for name in ("of_person", "of_channel"))),
)


class SettingsStore:
    """The table of settings, a row for each person or channel of a workspace that has some: no id is of both. Waits, and raises, as
    `bot.durable.turn_store.TurnStore` does."""

    def __init__(
        self, database: Database, seal: TokenSeal | None = None, *, now: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._seal = seal
        self._now = now

    async def of_turn(self, team: str, person: str, channel: str) -> AnswerSettings:
        """Returns what is set in the workspace `team` by a person and for a channel."""
        values = {"of_team": team, "of_person": person, "of_channel": channel}
        rows = await execute(self._database, _OF_TURN, values)
        found = {row.holder: row for row in rows.all}
        return AnswerSettings(self._person(found.get(person)), self._channel(found.get(channel)))

    async def of_person(self, team: str, person: str) -> PersonalSettings:
        """Returns what somebody has set in the workspace `team`."""
        return (await self.of_turn(team, person, "")).person

    async def keep(self, team: str, person: str, wanted: PersonalSettings, *, installer: str) -> None:
        """Keeps what somebody wants, instead of what they wanted before. `installer` is the workspace or the organisation that has
        installed us there: with it the row goes."""
        await self._keep(
            team,
            person,
            bool(wanted),
            {
                "installer": installer,
                "language": wanted.language,
                "model": wanted.model,
                **self._sealed(wanted.instructions, team, person),
            },
        )

    async def keep_channel(self, team: str, channel: str, wanted: ChannelSettings, *, installer: str) -> None:
        """Keeps what is wanted in a channel, in the same way."""
        await self._keep(
            team,
            channel,
            bool(wanted),
            {
                "installer": installer,
                "language": "",
                "model": wanted.model,
                "follow": wanted.follow.value if wanted.follow else "",
                "off": wanted.off,
                **self._sealed(wanted.instructions, team, channel),
            },
        )

    async def _keep(self, team: str, holder: str, is_some: bool, values: dict[str, Any]) -> None:
        if not is_some:
            await execute(self._database, delete(preferences).where(*_of(team, holder)))
            return
        key = {"team": team, "holder": holder}
        values = {**values, "changed_at": self._now()}
        row = self._database.insert(preferences).values(**key, **values)
        await execute(self._database, row.on_conflict_do_update(index_elements=list(key), set_=values))

    async def forget_team(self, installer: str) -> None:
        """Forgets all that was set where that workspace or organisation had installed us."""
        theirs = or_(preferences.c.installer == installer, preferences.c.team == installer)
        await execute(self._database, delete(preferences).where(theirs))

    async def seal_anew(self) -> None:
        """Seals with the newest key what an older one has sealed, or none. Changes nothing where there are no keys."""
        if self._seal is None:
            return
        for row in (await execute(self._database, select(preferences))).all:
            if row.instructions and not (row.sealed and self._seal.is_current(row.instructions)):
                # Only what is still as it was read: what has been changed meanwhile is sealed anew already.
                unchanged = preferences.c.instructions == row.instructions
                values = self._sealed(self._opened(row), row.team, row.holder)
                if values["instructions"]:
                    anew = update(preferences).where(*_of(row.team, row.holder), unchanged).values(values)
                    await execute(self._database, anew)

    def _person(self, row: Any) -> PersonalSettings:
        if row is None:
            return NOTHING_SET
        return PersonalSettings(row.language, self._opened(row), row.model)

    def _channel(self, row: Any) -> ChannelSettings:
        if row is None:
            return NOTHING_SET_HERE
        follow = Follow(row.follow) if row.follow else None
        return ChannelSettings(self._opened(row), row.model, follow, row.off)

    def _sealed(self, text: str, team: str, holder: str) -> dict[str, Any]:
        if self._seal is None:
            return {"instructions": text, "sealed": False}
        return {"instructions": self._seal.seal(text, team, holder, "instructions"), "sealed": True}

    def _opened(self, row: Any) -> str:
        """Returns what somebody has written; "" where it was sealed with a key that is not there: their answers go before that."""
        if not row.sealed or not row.instructions:
            return str(row.instructions)
        try:
            if self._seal is None:
                raise SettingsError("TELEPRINTER_SECRET_KEYS is not set.")
            return self._seal.open(row.instructions, row.team, row.holder, "instructions")
        except SettingsError:
            tell(facts.PreferencesUnreadable(team=row.team))
            return ""


def _of(team: str, holder: str) -> tuple[ColumnElement[bool], ...]:
    return (preferences.c.team == team, preferences.c.holder == holder)
