"""Keeps what is on record of actions: ids, keyed digests, and how far each has come. What they do stands in Slack alone.

Each step asks for the state before it in the same statement: see the table in `bot.core.delivery.approval`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, or_, select, tuple_, update

from bot.core.conversation.incoming import ThreadKey
from bot.core.delivery.approval import Approval, ApprovalKey, ApprovalState
from bot.durable.retried_writes import execute
from bot.durable.schema import approvals

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import ColumnElement

    from bot.core.conversation.answer_key import AnswerKey
    from bot.durable.database import Database

_UNFINISHED = (ApprovalState.OPEN, ApprovalState.APPROVED)


class ApprovalStore:
    """The table of actions. Waits, and raises, as `bot.durable.turn_store.TurnStore` does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(
        self, key: ApprovalKey, asker: str, approvers: frozenset[str], *, seconds: float
    ) -> Approval:
        """Puts on record that somebody is asked, for so many seconds; returns what stands there, which may be older."""
        now = time.time()
        new = self._database.insert(approvals).values(
            **_columns(key),
            thread_ts=key.thread.thread_ts,
            person=asker,
            approvers=" ".join(sorted(approvers)),
            state=ApprovalState.OPEN.value,
            asked_at=now,
            expires_at=now + seconds,
        )
        await execute(self._database, new.on_conflict_do_nothing())
        return (await self.read([key]))[0]

    async def posted(self, key: ApprovalKey, ts: str, *, seconds: float) -> None:
        """Notes which message asks for it, for so many seconds from now on."""
        await self._note(key, message_ts=ts, expires_at=time.time() + seconds)

    async def showed(self, key: ApprovalKey, state: ApprovalState) -> None:
        """Notes how far its message says that it has come."""
        await self._note(key, shown=state.value)

    async def decide(self, key: ApprovalKey, state: ApprovalState, person: str) -> bool:
        """Moves it from OPEN to what somebody has decided. Returns False where it was not OPEN, or is too old."""
        soon = approvals.c.expires_at > time.time()
        return await self._step(key, (ApprovalState.OPEN,), state, soon, decided_by=person)

    async def expire(self, key: ApprovalKey) -> bool:
        """Moves it from OPEN to EXPIRED where it is too old. Returns False where it was not."""
        old = approvals.c.expires_at <= time.time()
        return await self._step(key, (ApprovalState.OPEN,), ApprovalState.EXPIRED, old)

    async def withdraw(self, key: ApprovalKey) -> bool:
        """Moves it from OPEN to STOPPED: its message is gone. Returns False where it was not OPEN."""
        return await self._step(key, (ApprovalState.OPEN,), ApprovalState.STOPPED)

    async def begin(self, key: ApprovalKey) -> bool:
        """Moves it from APPROVED to BEGUN. Returns False where it was not APPROVED: then it must not be done."""
        return await self._step(key, (ApprovalState.APPROVED,), ApprovalState.BEGUN)

    async def end(self, key: ApprovalKey, state: ApprovalState) -> None:
        """Notes how it has ended, for who did it."""
        await self._step(key, (ApprovalState.BEGUN, ApprovalState.UNKNOWN), state)

    async def interrupt(self, turn: AnswerKey) -> None:
        """Notes that what the turn had begun may have been done: whoever did it has died."""
        begun = approvals.c.state == ApprovalState.BEGUN.value
        await execute(
            self._database,
            update(approvals).where(*_of(turn), begun).values(state=ApprovalState.UNKNOWN.value),
        )

    async def close(self, turn: AnswerKey) -> None:
        """Notes that the turn is over: what was not begun will not be."""
        unfinished = approvals.c.state.in_([one.value for one in _UNFINISHED])
        await execute(
            self._database,
            update(approvals).where(*_of(turn), unfinished).values(state=ApprovalState.STOPPED.value),
        )

    async def of_turn(self, turn: AnswerKey) -> list[Approval]:
        """Returns all that is on record of a turn's actions, the oldest first."""
        query = select(approvals).where(*_of(turn)).order_by(approvals.c.asked_at)
        return [_approval(row) for row in (await execute(self._database, query)).all]

    async def read(self, keys: Collection[ApprovalKey]) -> list[Approval]:
        """Returns what is on record of these; nothing for those that were forgotten."""
        wanted = [(one.thread.team, one.thread.channel, one.answer, one.digest, one.number) for one in keys]
        if not wanted:
            return []
        query = select(approvals).where(tuple_(*_KEY).in_(wanted))
        return [_approval(row) for row in (await execute(self._database, query)).all]

    async def forget(self, before: float) -> None:
        """Forgets what was asked before that time, in seconds since the epoch, and can be decided no more."""
        over = or_(approvals.c.state != ApprovalState.OPEN.value, approvals.c.expires_at < before)
        await execute(self._database, delete(approvals).where(approvals.c.asked_at < before, over))

    async def _note(self, key: ApprovalKey, **values: str | float) -> None:
        await execute(self._database, update(approvals).where(*_is(key)).values(**values))

    async def _step(
        self,
        key: ApprovalKey,
        since: Sequence[ApprovalState],
        state: ApprovalState,
        *more: ColumnElement[bool],
        **values: str,
    ) -> bool:
        there = approvals.c.state.in_([one.value for one in since])
        moved = await execute(
            self._database,
            update(approvals).where(*_is(key), there, *more).values(state=state.value, **values),
        )
        return moved.count == 1


_KEY = (approvals.c.team, approvals.c.channel, approvals.c.answer, approvals.c.digest, approvals.c.number)


def _columns(key: ApprovalKey) -> dict[str, Any]:
    thread = key.thread
    return {
        "team": thread.team,
        "channel": thread.channel,
        "answer": key.answer,
        "digest": key.digest,
        "number": key.number,
    }


def _is(key: ApprovalKey) -> tuple[ColumnElement[bool], ...]:
    return tuple(approvals.c[name] == value for name, value in _columns(key).items())


def _of(turn: AnswerKey) -> tuple[ColumnElement[bool], ...]:
    team, channel, name = turn.claim
    return (approvals.c.team == team, approvals.c.channel == channel, approvals.c.answer == name)


def _approval(row: Any) -> Approval:
    key = ApprovalKey(ThreadKey(row.team, row.channel, row.thread_ts), row.answer, row.digest, row.number)
    state, approvers = ApprovalState(row.state), frozenset(row.approvers.split())
    shown = ApprovalState(row.shown)
    return Approval(key, row.message_ts, row.person, approvers, state, row.decided_by, row.expires_at, shown)
