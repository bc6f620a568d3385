"""Keeps what is spent: reservations against the budgets of a day and a month, and what each person has used of each model.

    reserve  --> an account each (person's day, workspace's day, month): one place, and a guess at the tokens; all of it or nothing
    settle   --> the guess is put right, and the use is noted

One statement takes a place and asks whether there is one, so two replicas cannot both take the last. A turn that another process
has begun keeps its place: that it has one stands in its row (`turns.reserved`). What nobody settles, because a process died with
its turn, is the guess of one answer, and goes with the day.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, delete, select, update

from bot.core.conversation.spending import ESTIMATE, EVERYBODY, Cap, day_of, periods
from bot.durable.retried_writes import execute, transact
from bot.durable.schema import spending, turns, usage
from bot.durable.turn_statements import is_turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement, Connection, Executable

    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.spending import ModelUse, Period, SpendingLimits
    from bot.durable.database import Database

SETTLED = -1
"""Stands in a turn's row when its use has been noted."""
KEPT_DAYS = 400
"""Days that use is kept: a year and a month, so that a month can be held beside the same one of last year."""
DAY = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Reservation:
    """Holds a place in the budgets of `day`, with so many tokens, until it is settled."""

    team: str
    person: str
    day: str
    tokens: int
    turn: AnswerKey | None = None


class UsageRow(NamedTuple):
    """Holds what a person has used of a model on a day; nobody's is of those who had their data deleted."""

    team: str
    person: str
    day: str
    model: str
    turns: int
    input_tokens: int
    output_tokens: int
    micros: int

    @classmethod
    def of(cls, place: Reservation, use: ModelUse, *, answered: bool) -> UsageRow:
        """Returns what one answer has used."""
        whose = (place.team, place.person, place.day, use.model)
        return cls(*whose, int(answered), use.input_tokens, use.output_tokens, use.micros)

    @property
    def tokens(self) -> int:
        """Returns how many there were in all."""
        return self.input_tokens + self.output_tokens


class _Exceeded(Exception):
    def __init__(self, cap: Cap) -> None:
        super().__init__(cap.value)
        self.cap = cap


class SpendingStore:
    """The accounts of all workspaces. Waits, and raises, as `bot.durable.turn_store.TurnStore` does."""

    def __init__(
        self, database: Database, limits: SpendingLimits, *, now: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._limits = limits
        self._now = now
        self._adding = _adding(database)

    async def reserve(self, team: str, person: str, turn: AnswerKey | None = None) -> Reservation | Cap:
        """Takes a place in all budgets, or says which one is used up. A `turn` on record takes one once, however often it runs."""
        day = day_of(self._now())
        if not self._limits:
            return Reservation(team, person, day, 0, turn)
        reserve = partial(self._reserve, Reservation(team, person, day, ESTIMATE, turn))
        try:
            return await transact(self._database, reserve)
        except _Exceeded as exceeded:
            return exceeded.cap

    async def settle(self, place: Reservation, use: ModelUse | None, *, answered: bool = False) -> None:
        """Notes what was used, if anything was, and puts the guess right; what was not `answered` gives its place back."""
        used = UsageRow.of(place, use, answered=answered) if use is not None else None
        if self._limits:
            await transact(self._database, partial(self._settle, place, used, answered=answered))
        elif used is not None:
            await execute(self._database, self._adding, used._asdict())

    async def used(self, *, since: str, team: str = "", person: str = "") -> list[UsageRow]:
        """Returns what was used from the day `since` on, the oldest first; of one workspace or one person where these are named."""
        which: list[ColumnElement[bool]] = [usage.c.day >= since]
        which += [usage.c.team == team] * bool(team) + [usage.c.person == person] * bool(person)
        query = select(usage).where(*which).order_by(usage.c.day, usage.c.team, usage.c.person, usage.c.model)
        rows = await execute(self._database, query)
        return [UsageRow(*row) for row in rows.all]

    async def forget(self, before: float) -> None:
        """Forgets accounts from before that time, in seconds since the epoch, but that of its month; and use after KEPT_DAYS."""
        first = day_of(before)
        old = [
            delete(spending).where(spending.c.period < first, spending.c.period != first[:7]),
            delete(usage).where(usage.c.day < day_of(before - KEPT_DAYS * DAY)),
        ]
        for statement in old:
            await execute(self._database, statement)

    # ---- inside

    def _reserve(self, place: Reservation, connection: Connection) -> Reservation:
        if place.turn is not None:
            row = connection.execute(
                select(turns.c.reserved, turns.c.reserved_on).where(*is_turn(place.turn))
            ).first()
            if row is not None and row.reserved:
                return Reservation(
                    place.team, place.person, row.reserved_on, max(row.reserved, 0), place.turn
                )
            values = {"reserved": place.tokens, "reserved_on": place.day}
            connection.execute(update(turns).where(*is_turn(place.turn)).values(values))
        for period in periods(self._limits, place.person, place.day):
            if connection.execute(self._taking(place, period)).first() is None:
                raise _Exceeded(period.cap)
        return place

    def _taking(self, place: Reservation, period: Period) -> Executable:
        """Takes a place in an account where there is one, and then gives back a row. The first of a period always finds one."""
        key = {"team": place.team, "person": period.person, "period": period.name}
        row = self._database.insert(spending).values(**key, turns=1, tokens=place.tokens, micros=0)
        more = {"turns": spending.c.turns + 1, "tokens": spending.c.tokens + place.tokens}
        limits = {
            spending.c.turns: period.turns,
            spending.c.tokens: period.tokens,
            spending.c.micros: period.micros,
        }
        has_room = and_(*(column < most for column, most in limits.items() if most is not None))
        taken = row.on_conflict_do_update(index_elements=list(key), set_=more, where=has_room)
        return taken.returning(spending.c.turns)

    def _settle(
        self, place: Reservation, used: UsageRow | None, connection: Connection, *, answered: bool
    ) -> None:
        if place.turn is not None:
            connection.execute(update(turns).where(*is_turn(place.turn)).values(reserved=SETTLED))
        for period in periods(self._limits, place.person, place.day):
            changed = {
                "turns": spending.c.turns - int(not answered),
                "tokens": spending.c.tokens + ((used.tokens if used else 0) - place.tokens),
                "micros": spending.c.micros + (used.micros if used else 0),
            }
            connection.execute(update(spending).where(*_account(place.team, period)).values(changed))
        if used is not None:
            connection.execute(self._adding, used._asdict())


def disown(database: Database, connection: Connection, team: str, person: str) -> None:
    """Makes what somebody has used nobody's."""
    theirs, adding = (usage.c.team == team, usage.c.person == person), _adding(database)
    for row in connection.execute(select(usage).where(*theirs)).all():
        connection.execute(adding, UsageRow(*row)._replace(person=EVERYBODY)._asdict())
    connection.execute(delete(usage).where(*theirs))


def _adding(database: Database) -> Executable:
    """Adds a row to what was used by the same person of the same model on the same day. Built once: that takes longer than all else."""
    new, key = database.insert(usage), ["team", "person", "day", "model"]
    added = {name: usage.c[name] + new.excluded[name] for name in UsageRow._fields if name not in key}
    return new.on_conflict_do_update(index_elements=key, set_=added)


def _account(team: str, period: Period) -> tuple[ColumnElement[bool], ...]:
    return (
        spending.c.team == team,
        spending.c.person == period.person,
        spending.c.period == period.name,
    )
