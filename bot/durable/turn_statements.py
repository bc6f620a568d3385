"""The statements that every turn executes, built once: SQLAlchemy takes five times as long to build one, and to know it again, as to
execute it (measured). What they mean, and who may execute which, is said in `bot.durable.turn_store`.

Their parameters are those of `values_of`, and `by_replica`, `is_at_work`, `now` and `segment` where a statement needs to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Float, String, and_, bindparam, case, or_, select, update

from bot.core.conversation.quarantine import SUSPECT
from bot.core.conversation.turn_order import TurnStage
from bot.durable.schema import RUNNING, threads, turns

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Executable

    from bot.core.conversation.answer_key import AnswerKey
    from bot.durable.database import Database

ENTRY = (
    turns.c.stage, turns.c.attempts, turns.c.alone, turns.c.ending, turns.c.vanished, turns.c.replica, turns.c.at_work,
)  # fmt: skip
"""The columns of which a `bot.durable.turn_store.Entry` is made."""


def values_of(turn: AnswerKey) -> dict[str, Any]:
    """Returns what the statements have to know of a turn."""
    thread = turn.thread
    return {
        "of_team": thread.team,
        "of_channel": thread.channel,
        "of_thread": thread.thread_ts,
        "of_name": turn.name,
        "of_person": turn.user,
        "of_question": turn.turn.ts,
    }


def is_turn(turn: AnswerKey) -> tuple[ColumnElement[bool], ...]:
    """Says which row is the turn's."""
    team, channel, name = turn.claim
    return (turns.c.team == team, turns.c.channel == channel, turns.c.ts == name)


def not_over() -> ColumnElement[bool]:
    """Says whether a turn waits, or is at work."""
    return turns.c.stage != TurnStage.OVER.value


def taking(database: Database, *, begins: bool) -> Executable:
    """Makes the turn ours, and moves it to THINKING where it `begins` and was not ended meanwhile; returns its entry."""
    stage = (TurnStage.THINKING if begins else TurnStage.WAITING).value
    at_work = bindparam("is_at_work", type_=Boolean)
    new = database.insert(turns).values(
        **_ID,
        thread_ts=_value("of_thread"),
        person=_value("of_person"),
        stage=stage,
        replica=_value("by_replica"),
        attempts=1,
        at_work=at_work if begins else False,
        vanished="",
        begun_at=_NOW,
    )
    waits = and_(turns.c.stage == TurnStage.WAITING.value, turns.c.ending.is_(None))
    runs = or_(RUNNING, waits) if begins else RUNNING
    trusted = turns.c.attempts - 1 < SUSPECT
    again = new.on_conflict_do_update(
        index_elements=list(_ID),
        set_={
            "replica": _value("by_replica"),
            "at_work": case((and_(runs, trusted), at_work), else_=False),
            "stage": case((waits, stage), else_=turns.c.stage),
        },
    )
    return again.returning(*ENTRY)


def joining(database: Database) -> Executable:
    """Notes that we take part in the turn's thread from now on, also where we were asked to leave before its question."""
    key = {"team": _value("of_team"), "channel": _value("of_channel"), "thread_ts": _value("of_thread")}
    row = database.insert(threads).values(**key, joined_at=_NOW)
    left = case((threads.c.left_ts < _value("of_question"), ""), else_=threads.c.left_ts)
    return row.on_conflict_do_update(index_elements=list(key), set_={"joined_at": _NOW, "left_ts": left})


def _value(name: str) -> Any:
    return bindparam(name, type_=String)


_NOW = bindparam("now", type_=Float)
_ID = {"team": _value("of_team"), "channel": _value("of_channel"), "ts": _value("of_name")}
_IS = tuple(turns.c[name] == value for name, value in _ID.items())
_MINE = turns.c.replica == _value("by_replica")

STANDING = select(turns.c.ts, turns.c.person, turns.c.stage, turns.c.ending).where(
    turns.c.team == _value("of_team"),
    turns.c.channel == _value("of_channel"),
    turns.c.thread_ts == _value("of_thread"),
    or_(not_over(), turns.c.ts == _value("of_name")),
)
"""Selects the turn, and those of its thread that are not over."""
WRITING = (
    update(turns).where(*_IS, _MINE, turns.c.ending.is_(None), RUNNING).values(stage=TurnStage.WRITING.value)
)
"""Moves the turn from THINKING to WRITING where it was not ended."""
FINISHING = update(turns).where(*_IS, _MINE).values(stage=TurnStage.OVER.value)
"""Notes that the turn is over."""
POSTING = update(turns).where(*_IS, _MINE).values(posted=turns.c.posted + _value("segment"))
"""Notes a message of the turn behind those that were noted before."""
OURS = select(turns.c.team, turns.c.channel, turns.c.ts, *ENTRY).where(
    turns.c.replica == _value("by_replica"),
    turns.c.stage.in_([one.value for one in TurnStage if one is not TurnStage.OVER]),
)
"""Selects what a replica has to do, or waits to do."""
POSTED = select(turns.c.posted).where(*_IS)
"""Selects the messages of the turn."""
