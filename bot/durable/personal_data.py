"""Tells, and deletes, what is on record of one person: ids and times of their questions, what they have said of answers and have set.

What of theirs is still being answered stays until it is over: without its record nobody would finish it. What they have used stays as
nobody's, since it was paid for; and what they have spent of a budget goes with its day.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import and_, delete, exists, func, not_, or_, select, text, update

from bot.core.conversation.app_home import StoredData, UsedToday
from bot.core.conversation.spending import day_of
from bot.core.conversation.turn_order import TurnStage
from bot.durable.retried_writes import execute, transact
from bot.durable.schema import approvals, feedback, preferences, threads, turns, usage
from bot.durable.spending_store import disown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from bot.core.conversation.answer_settings import PersonalSettings
    from bot.durable.database import Database

OVER = TurnStage.OVER.value


class FinishedWork(Protocol):
    """Keeps turns as work that was to be done; see `bot.durable.workflow`."""

    async def erase(self, names: Sequence[str]) -> None:
        """Forgets those of these turns that are over."""
        ...


class SetPreferences(Protocol):
    """Holds what people have set; see `bot.turns.settings_desk`."""

    async def of_person(self, team: str, person: str) -> PersonalSettings: ...


class PersonalData:
    """All tables, as far as they are about one person. Waits, and raises, as `bot.durable.turn_store.TurnStore` does."""

    def __init__(self, database: Database, work: FinishedWork, settings: SetPreferences) -> None:
        self._database = database
        self._work = work
        self._settings = settings

    async def count(self, team: str, person: str) -> StoredData:
        """Returns how much is on record of somebody in the workspace `team`."""

        def counted(connection: Connection) -> StoredData:
            asked = select(func.count()).where(*_asked(team, person))
            said = select(func.count(), func.count(func.nullif(feedback.c.note, ""))).where(
                *_said(team, person)
            )
            questions = connection.execute(asked.select_from(turns)).scalar_one()
            verdicts, notes = connection.execute(said.select_from(feedback)).one()
            answers, tokens = connection.execute(_used_today(team, person)).one()
            today = UsedToday(int(answers), int(tokens))
            return StoredData(int(questions), int(verdicts), int(notes), today)

        stored = await transact(self._database, counted, reads=True)
        return replace(stored, settings=await self._settings.of_person(team, person))

    async def delete(self, team: str, person: str) -> None:
        """Deletes what is on record of somebody in the workspace `team`, all of it or nothing; turns that are not over stay."""

        def deleted(connection: Connection) -> list[str]:
            over = (*_asked(team, person), turns.c.stage == OVER)
            found = connection.execute(
                select(turns.c.team, turns.c.channel, turns.c.thread_ts, turns.c.ts).where(*over)
            ).all()
            connection.execute(delete(approvals).where(_acted_for(team, person)))
            connection.execute(
                update(approvals)
                .where(approvals.c.team == team, approvals.c.decided_by == person)
                .values(decided_by="")
            )
            connection.execute(delete(threads).where(_theirs_alone(team, person)))
            connection.execute(delete(turns).where(*over))
            connection.execute(delete(feedback).where(*_said(team, person)))
            theirs = (preferences.c.team == team, preferences.c.holder == person)
            connection.execute(delete(preferences).where(*theirs))
            disown(self._database, connection, team, person)
            return [":".join(row) for row in found]

        names = await transact(self._database, deleted)
        await self._work.erase(names)
        if self._database.file is not None:
            # The log of what was written before would keep it for a while.
            await execute(self._database, text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _used_today(team: str, person: str) -> Select[Any, Any]:
    tokens = func.sum(usage.c.input_tokens + usage.c.output_tokens)
    summed = select(func.coalesce(func.sum(usage.c.turns), 0), func.coalesce(tokens, 0))
    return summed.where(usage.c.team == team, usage.c.person == person, usage.c.day == day_of(time.time()))


def _asked(team: str, person: str) -> tuple[ColumnElement[bool], ...]:
    return (turns.c.team == team, turns.c.person == person)


def _said(team: str, person: str) -> tuple[ColumnElement[bool], ...]:
    return (feedback.c.team == team, feedback.c.person == person)


def _theirs_alone(team: str, person: str) -> ColumnElement[bool]:
    """Tells of a thread that only this person has asked in, and that nothing is being answered in."""
    here = and_(
        turns.c.team == threads.c.team,
        turns.c.channel == threads.c.channel,
        turns.c.thread_ts == threads.c.thread_ts,
    )
    theirs = exists().where(here, *_asked(team, person))
    others = exists().where(here, or_(turns.c.person != person, turns.c.stage != OVER))
    return and_(threads.c.team == team, theirs, not_(others))


def _acted_for(team: str, person: str) -> ColumnElement[bool]:
    """Tells of an action that was asked for in an answer to this person which is over: without it one that is not could act twice."""
    running = exists().where(
        turns.c.team == approvals.c.team,
        turns.c.channel == approvals.c.channel,
        turns.c.ts == approvals.c.answer,
        turns.c.stage != OVER,
    )
    return and_(approvals.c.team == team, approvals.c.person == person, not_(running))
