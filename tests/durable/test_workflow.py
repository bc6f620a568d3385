"""Turns that outlive the process that began them, on both databases."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
import time
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING

import pytest
from dbos import DBOS

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.durable.database import open_database
from bot.durable.turn_store import TurnStore
from bot.durable.workflow import Engine, News, SegmentPosted, TurnOver, prepare, turn_id
from bot.errors import SettingsError
from tests.patience import HANGING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from dbos import WorkflowHandleAsync


def a_turn(ts: str = "1.0", *, take: int = 0) -> AnswerKey:
    return AnswerKey(TurnKey(ThreadKey("T", "C", "1.0"), ts, "U", Kind.MENTION), take)


class Script:
    """Posts these messages, one at each call, and then the turn is over; where told to, it hangs there instead."""

    def __init__(self, *messages: str, hangs: bool = False) -> None:
        self.messages = messages
        self.hangs = hangs
        self.calls: list[tuple[str, list[str]]] = []
        self.turns: list[AnswerKey] = []
        self.reached = asyncio.Event()
        self.record: TurnStore | None = None

    async def go_on(self, turn: AnswerKey, posted: Sequence[SegmentPosted]) -> News:
        if self.record is not None:
            await self.record.claim(turn, at_work=True)
        self.turns.append(turn)
        self.calls.append((turn.name, [one.ts for one in posted]))
        if len(posted) < len(self.messages):
            return SegmentPosted(len(posted), self.messages[len(posted)])
        self.reached.set()
        if self.hangs:
            await asyncio.Event().wait()
        return TurnOver("done")


@asynccontextmanager
async def an_engine(
    where: Path | str | None, worker: Script, *, replica: str = "me"
) -> AsyncGenerator[Engine]:
    async with open_database(where) as database:
        await prepare(database)
        worker.record = record = TurnStore(database, replica)
        await record.prepare()
        engine = Engine(database, replica, record)
        async with engine.open(worker):
            yield engine


async def reached(script: Script) -> None:
    await asyncio.wait_for(script.reached.wait(), 10)


async def test_a_turn_runs_at_once_and_its_messages_are_checkpoints(somewhere: Path | str) -> None:
    script = Script("10.0", "11.0")
    async with an_engine(somewhere, script) as engine:
        assert await engine.start(a_turn())
        await reached(script)
    assert script.calls == [("1.0", []), ("1.0", ["10.0"]), ("1.0", ["10.0", "11.0"])]


async def test_of_many_who_start_a_turn_one_is_first(somewhere: Path | str) -> None:
    script = Script()
    async with an_engine(somewhere, script) as engine:
        first = await asyncio.gather(*(engine.start(a_turn()) for _ in range(5)))
        await reached(script)
        again = await engine.start(a_turn())
    assert sorted(first) == [False] * 4 + [True]
    assert not again
    assert len(script.calls) == 1


async def test_many_turns_of_a_file_begin_without_a_thread_each(tmp_path: Path) -> None:
    script = Script(hangs=True)
    async with an_engine(tmp_path / "turns.sqlite", script) as engine:
        asked = [a_turn(f"{number}.0") for number in range(1, 21)]
        assert all(await asyncio.gather(*(engine.start(one) for one in asked)))
        at_work = [one.name for one in threading.enumerate() if one.name.startswith("dbos-executor")]
    assert len(at_work) < 5


async def test_what_a_dead_replica_left_goes_on_from_its_last_message(somewhere: Path | str) -> None:
    dead, heir = Script("10.0", hangs=True), Script("10.0", "11.0")
    async with an_engine(somewhere, dead, replica="dead") as engine:
        await engine.start(a_turn())
        await reached(dead)
    async with an_engine(somewhere, heir, replica="heir") as engine:
        assert await engine.others() == {"dead"}
        assert not await engine.start(a_turn())
        assert await engine.adopt("dead") == [("T", "C", "1.0")]
        assert await engine.adopt("dead") == []
        await reached(heir)
    assert heir.calls == [("1.0", ["10.0"]), ("1.0", ["10.0", "11.0"])]


async def test_who_comes_back_under_its_name_resumes_what_it_left(somewhere: Path | str) -> None:
    before, after = Script("10.0", hangs=True), Script("10.0")
    async with an_engine(somewhere, before) as engine:
        await engine.start(a_turn())
        await reached(before)
    async with an_engine(somewhere, after) as engine:
        await reached(after)
        assert await engine.others() == set()
    assert after.calls == [("1.0", ["10.0"])]


async def test_one_turn_can_be_left_while_others_go_on() -> None:
    script = Script("10.0", hangs=True)
    async with an_engine(None, script) as engine:
        await engine.start(a_turn())
        await engine.start(a_turn("2.0"))
        await reached(script)
        await engine.abandon(a_turn())
        assert not await engine.start(a_turn())


async def test_finished_turns_are_forgotten_and_running_ones_never(somewhere: Path | str) -> None:
    quick, slow = Script(), Script(hangs=True)
    async with an_engine(somewhere, slow, replica="slow") as engine:
        await engine.start(a_turn("2.0"))
        await reached(slow)
    async with an_engine(somewhere, quick, replica="quick") as engine:
        await engine.start(a_turn())
        await reached(quick)
        await engine.forget(time.time() - 60)
        assert not await engine.start(a_turn())
        async with asyncio.timeout(HANGING):
            await forgotten(engine, a_turn())
        assert not await engine.start(a_turn("2.0"))


async def forgotten(engine: Engine, turn: AnswerKey) -> None:
    """Forget until the turn, whose outcome may just be on its way to the record, can begin anew."""
    while not await engine.start(turn):
        await engine.forget(time.time() + 60)


async def test_two_takes_at_one_question_are_two_workflows(somewhere: Path | str) -> None:
    dead, heir = Script("10.0", hangs=True), Script("10.0", "11.0")
    async with an_engine(somewhere, dead, replica="dead") as engine:
        assert await engine.start(a_turn(take=1))
        await reached(dead)
        assert await engine.knows(a_turn(take=1))
        assert not await engine.knows(a_turn())
    async with an_engine(somewhere, heir, replica="heir") as engine:
        assert await engine.adopt("dead") == [a_turn(take=1).claim]
        await reached(heir)
        assert await engine.start(a_turn())
        assert not await engine.start(a_turn(take=1))
    assert heir.calls[:2] == [("1.0+01", ["10.0"]), ("1.0+01", ["10.0", "11.0"])]


async def test_a_take_that_goes_on_from_another_is_adopted_as_one(tmp_path: Path) -> None:
    where, going_on = tmp_path / "turns.sqlite", AnswerKey(a_turn().turn, 2, continues=1, payer="U9")
    dead, heir = Script("10.0", hangs=True), Script("10.0")
    async with an_engine(where, dead, replica="dead") as engine:
        assert await engine.start(going_on)
        assert not await engine.start(a_turn(take=2))  # one name, one answer
        await reached(dead)
    async with an_engine(where, heir, replica="heir") as engine:
        await engine.adopt("dead")
        await reached(heir)
    assert {(one.continues, one.payer) for one in heir.turns} == {(1, "U9")}


async def test_a_first_take_is_on_record_as_an_older_version_has_it(tmp_path: Path) -> None:
    script = Script()
    async with an_engine(tmp_path / "turns.sqlite", script) as engine:
        await engine.start(a_turn())
        await reached(script)
    with closing(sqlite3.connect(tmp_path / "turns.sqlite")) as database:
        ((name, inputs),) = database.execute("SELECT workflow_uuid, inputs FROM workflow_input").fetchall()
    assert name == "T:C:1.0:1.0"
    assert json.loads(inputs)["positionalArgs"] == ["T", "C", "1.0", "1.0", "U", "mention"]


async def test_ids_are_on_record_and_can_be_read_by_anybody(tmp_path: Path) -> None:
    dead, heir = Script("10.0", hangs=True), Script("10.0", "11.0")
    async with an_engine(tmp_path / "turns.sqlite", dead, replica="dead") as engine:
        await engine.start(a_turn())
        await reached(dead)
    async with an_engine(tmp_path / "turns.sqlite", heir, replica="heir") as engine:
        await engine.adopt("dead")
        assert await outcome(a_turn()) == "done"
    with closing(sqlite3.connect(tmp_path / "turns.sqlite")) as database:
        ((inputs,),) = database.execute("SELECT inputs FROM workflow_input").fetchall()
        ((posted,),) = database.execute("SELECT posted FROM turns").fetchall()
        outputs = database.execute("SELECT output FROM operation_outputs").fetchall()
    assert '"U","mention"' in inputs.replace(", ", ",")
    assert posted == "0=10.0 "
    assert any('"11.0"' in output for (output,) in outputs)


async def test_who_began_a_turn_takes_no_step_of_it(tmp_path: Path) -> None:
    script = Script("10.0", "11.0")
    async with an_engine(tmp_path / "turns.sqlite", script) as engine:
        await engine.start(a_turn())
        assert await outcome(a_turn()) == "done"
    with closing(sqlite3.connect(tmp_path / "turns.sqlite")) as database:
        assert database.execute("SELECT count(*) FROM operation_outputs").fetchall() == [(0,)]


async def test_a_turn_that_outlives_two_processes_gets_the_messages_of_both(somewhere: Path | str) -> None:
    first, second, third = (
        Script("10.0", hangs=True),
        Script("10.0", "11.0", hangs=True),
        Script("", "", "12.0"),
    )
    async with an_engine(somewhere, first, replica="first") as engine:
        await engine.start(a_turn())
        await reached(first)
    async with an_engine(somewhere, second, replica="second") as engine:
        await engine.adopt("first")
        await reached(second)
    async with an_engine(somewhere, third, replica="third") as engine:
        await engine.adopt("second")
        assert await outcome(a_turn()) == "done"
    assert third.calls == [("1.0", ["10.0", "11.0"]), ("1.0", ["10.0", "11.0", "12.0"])]


async def test_what_an_older_version_kept_as_steps_is_heard(tmp_path: Path) -> None:
    dead, heir = Script(hangs=True), Script("10.0", "11.0")
    async with an_engine(tmp_path / "turns.sqlite", dead, replica="dead") as engine:
        await engine.start(a_turn())
        await reached(dead)
    steps = [(1, {"part": 0, "ts": "10.0"}), (2, {"over": "as before"})]
    with closing(sqlite3.connect(tmp_path / "turns.sqlite")) as database:
        database.executemany(
            "INSERT INTO operation_outputs (workflow_uuid, function_id, function_name, output, serialization) "
            "SELECT workflow_uuid, ?, 'post', ?, serialization FROM workflow_status",
            [(number, json.dumps(output)) for number, output in steps],
        )
        database.commit()
    async with an_engine(tmp_path / "turns.sqlite", heir, replica="heir") as engine:
        await engine.adopt("dead")
        assert await outcome(a_turn()) == "as before"
    assert heir.calls == []


async def outcome(turn: AnswerKey) -> object:
    """How the turn has ended, by DBOS's record; waits until it has."""
    handle: WorkflowHandleAsync[str] = await DBOS.retrieve_workflow_async(turn_id(turn))
    return await asyncio.wait_for(handle.get_result(), HANGING)


async def test_a_file_that_holds_something_else_is_a_wrong_setting(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as other:
        other.execute("CREATE TABLE workflow_status (words TEXT)")
        other.commit()
    async with open_database(tmp_path / "other.sqlite") as database:
        with pytest.raises(SettingsError, match="holds something else"):
            await prepare(database)
