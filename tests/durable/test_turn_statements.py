"""The statements that every turn executes know a turn by its values alone, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.durable.turn_statements import FINISHING, STANDING, WRITING, joining, taking, values_of
from tests.durable.prepared import open_prepared

if TYPE_CHECKING:
    from pathlib import Path


def values(ts: str, *, replica: str = "me") -> dict[str, object]:
    turn = AnswerKey(TurnKey(ThreadKey("T", "C", "1.0"), ts, "U", Kind.MENTION), 0)
    return {**values_of(turn), "by_replica": replica, "is_at_work": True, "now": 5.0}


async def test_of_two_turns_of_a_thread_the_same_statements_tell_which_is_which(
    somewhere: Path | str,
) -> None:
    async with open_prepared(somewhere) as database:
        execute = database.connections.execute
        takes, waits = taking(database, begins=True), taking(database, begins=False)
        begun = (await execute(takes, values("1.0"))).all[0]
        waiting = (await execute(waits, values("2.0"))).all[0]
        await execute(joining(database), values("1.0"))
        wrote = [(await execute(WRITING, values(ts))).count for ts in ("1.0", "2.0")]
        standing = {(row.ts, row.stage) for row in (await execute(STANDING, values("2.0"))).all}
    assert (begun.stage, begun.at_work, waiting.stage, waiting.at_work) == (
        "thinking",
        True,
        "waiting",
        False,
    )
    assert wrote == [1, 0]
    assert standing == {("1.0", "writing"), ("2.0", "waiting")}


async def test_only_the_replica_of_a_turn_finishes_it(somewhere: Path | str) -> None:
    async with open_prepared(somewhere) as database:
        execute = database.connections.execute
        await execute(taking(database, begins=True), values("1.0"))
        finished = [(await execute(FINISHING, values("1.0", replica=one))).count for one in ("other", "me")]
        (left,) = (await execute(STANDING, values("1.0"))).all
    assert finished == [0, 1]
    assert left.stage == "over"
