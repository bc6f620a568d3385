"""Keeps what people say of answers: ids, a verdict, and a note where they have given one to be kept.

It is the one text that is kept, and it is kept until somebody deletes the answer, or the operator the rows.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from bot.durable.retried_writes import execute
from bot.durable.schema import feedback

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from bot.core.conversation.incoming import Claim
    from bot.durable.database import Database


@dataclass(frozen=True, slots=True)
class Feedback:
    """Holds what somebody has said of an answer. `given_at` is in seconds since the epoch, `note` is "" where there is none."""

    team: str
    channel: str
    answer: str
    person: str
    verdict: str
    note: str
    given_at: float


class FeedbackStore:
    """The table of feedback. Waits, and raises, as `bot.durable.turn_store.TurnStore` does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def judge(self, claim: Claim, person: str, verdict: str) -> bool:
        """Keeps somebody's verdict on an answer instead of what they said before. Returns False where they said the same."""
        team, channel, answer = claim
        key = {"team": team, "channel": channel, "answer": answer, "person": person}
        new = self._database.insert(feedback).values(**key, verdict=verdict, note="", given_at=time.time())
        changed = {"verdict": verdict, "given_at": time.time()}
        other = feedback.c.verdict != verdict
        kept = new.on_conflict_do_update(index_elements=list(key), set_=changed, where=other)
        return bool((await execute(self._database, kept.returning(feedback.c.person))).all)

    async def annotate(self, claim: Claim, person: str, note: str) -> bool:
        """Keeps somebody's note to their verdict. Returns False where there is no verdict of theirs, or no longer."""
        mine = feedback.c.person == person
        kept = await execute(self._database, update(feedback).where(*_of(claim), mine).values(note=note))
        return kept.count == 1

    async def withdraw(self, claim: Claim) -> None:
        """Forgets what was said of an answer that is deleted."""
        await execute(self._database, delete(feedback).where(*_of(claim)))

    async def all(self) -> list[Feedback]:
        """Returns everything, the oldest first."""
        rows = await execute(self._database, select(feedback).order_by(feedback.c.given_at))
        return [Feedback(*row) for row in rows.all]


def _of(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    team, channel, answer = claim
    return (feedback.c.team == team, feedback.c.channel == channel, feedback.c.answer == answer)
