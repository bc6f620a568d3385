"""What stands in for a record whose database is out, and what becomes of what is owed to it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey, Vanished
from bot.core.conversation.reply_policy import Participation
from bot.core.conversation.turn_order import Ending, TurnStage, TurnStanding
from bot.durable.database import open_database
from bot.durable.deferred_writes import Standby
from bot.durable.outage import Outage
from bot.durable.turn_store import RecordedAnswer, TurnStore
from bot.durable.workflow import prepare
from tests.durable.prepared import open_prepared

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping
    from pathlib import Path

    from sqlalchemy import Connection, Executable

    from bot.durable.connections import Connections, Done, Rows
    from bot.durable.turn_store import Entry

THREAD = ThreadKey("T", "C", "1.0")


def a_turn(ts: str = "1.0", *, user: str = "U", take: int = 0) -> AnswerKey:
    return AnswerKey(TurnKey(THREAD, ts, user, Kind.MENTION), take)


class Stuck:
    """Connections to a database that takes nothing until it is `free`. `record` is the one that is kept by them. `is_read`: what
    is in it may be read all the same, as of a file that is locked."""

    record: TurnStore

    def __init__(self, ways: Connections) -> None:
        self._ways = ways
        self.engine = ways.engine
        self.close = ways.close
        self.free = asyncio.Event()
        self.is_read = False

    async def transact(self, work: Callable[[Connection], Done]) -> Done:
        await self.free.wait()
        return await self._ways.transact(work)

    async def execute(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Rows:
        if not (self.is_read and isinstance(statement, Select)):
            await self.free.wait()
        return await self._ways.execute(statement, values)


@asynccontextmanager
async def a_stuck_record(tmp_path: Path) -> AsyncGenerator[tuple[Standby, Stuck, Outage]]:
    async with open_prepared(tmp_path / "a.sqlite") as database:
        stuck, outage = Stuck(database.connections), Outage()
        stuck.record = TurnStore(replace(database, connections=stuck), "me")
        standby = Standby(stuck.record, outage, replica="me")
        outage.begin(None)
        async with standby.open():
            yield standby, stuck, outage


async def begun(record: Standby | TurnStore, turn: AnswerKey) -> Entry:
    return await record.claim(turn, at_work=True)


async def test_a_turn_goes_from_its_claim_to_its_end_and_all_of_it_is_kept_later(tmp_path: Path) -> None:
    async with a_stuck_record(tmp_path) as (standby, stuck, _):
        entry = await begun(standby, a_turn())
        assert (entry.stage, entry.attempts, entry.replica) == (TurnStage.THINKING, 1, "me")
        await standby.work(a_turn())
        assert await standby.write(a_turn())
        assert (await standby.participation(a_turn("9.0"))).took_part
        await standby.finish(a_turn())
        stuck.free.set()
        assert (await begun(standby, a_turn())).stage is TurnStage.OVER
        assert (await standby.participation(a_turn("9.0"))).took_part


async def test_of_the_turns_of_a_thread_one_at_a_time_runs(tmp_path: Path) -> None:
    async with a_stuck_record(tmp_path) as (standby, _, _):
        assert (await begun(standby, a_turn("1.0"))).runs
        assert (await begun(standby, a_turn("2.0", user="V"))).waits
        seen = await standby.look([a_turn("2.0", user="V")], [THREAD])
        assert seen.threads == {
            THREAD: [
                TurnStanding("1.0", "U", TurnStage.THINKING),
                TurnStanding("2.0", "V", TurnStage.WAITING),
            ]
        }
        await standby.finish(a_turn("1.0"))
        assert (await begun(standby, a_turn("2.0", user="V"))).runs


async def test_what_is_owed_of_a_thread_is_kept_in_its_order(tmp_path: Path) -> None:
    async with a_stuck_record(tmp_path) as (standby, stuck, outage):
        await begun(standby, a_turn("1.0"))
        await standby.finish(a_turn("1.0"))
        assert (await begun(standby, a_turn("2.0", user="V"))).runs
        stuck.free.set()
        assert await standby.write(a_turn("2.0", user="V"))
        # What is owed stands on record before what was asked behind it.
        assert (await standby.entries([a_turn("2.0")]))[a_turn("2.0")].stage is TurnStage.WRITING
    assert outage.is_on


async def test_the_messages_of_a_turn_are_kept_behind_its_claim(tmp_path: Path) -> None:
    async with a_stuck_record(tmp_path) as (standby, stuck, _):
        await begun(standby, a_turn())
        await standby.post(a_turn(), 0, "10.0")
        await standby.post(a_turn(), 1, "11.0")
        assert await standby.posted(a_turn()) == {}  # nobody can say, and Slack will
        stuck.free.set()
        await standby.finish(a_turn())
        assert await standby.posted(a_turn()) == {0: "10.0", 1: "11.0"}


async def test_what_is_superseded_stopped_or_gone_ends(tmp_path: Path) -> None:
    async with a_stuck_record(tmp_path) as (standby, _, _):
        asked = [a_turn("1.0"), a_turn("2.0"), a_turn("3.0", user="V")]
        for turn in asked:
            await begun(standby, turn)
        await standby.vanish(Vanished("T", "C", "1.0", "2.0", ours=False))
        await standby.vanish(Vanished("T", "C", "1.0", "9.0", ours=True))
        await standby.stop(THREAD)
        entries = await standby.entries(asked)
        assert not await standby.write(a_turn("2.0"))
        assert (await begun(standby, asked[2])).ending is Ending.STOPPED
    assert [one.ending for one in entries.values()] == [Ending.SUPERSEDED, Ending.GONE, Ending.STOPPED]
    assert entries[asked[2]].vanished == {"9.0"}


async def test_a_stop_that_is_owed_is_heard_by_turns_that_were_on_record_before(tmp_path: Path) -> None:
    async with a_stuck_record(tmp_path) as (standby, stuck, outage):
        stuck.free.set()
        await begun(standby, a_turn())
        stuck.free.clear()
        outage.begin(None)
        await standby.stop(THREAD)
        assert (await standby.entries([a_turn()]))[a_turn()].ending is Ending.STOPPED


async def test_two_takes_at_one_question_are_told_apart_and_end_with_it(tmp_path: Path) -> None:
    first, again = a_turn(), a_turn(take=1)
    async with a_stuck_record(tmp_path) as (standby, _, _):
        assert (await begun(standby, first)).runs
        assert await standby.write(first)
        assert (await begun(standby, again)).waits
        await standby.vanish(Vanished("T", "C", "1.0", "1.0", ours=False))
        entries = await standby.entries([first, again])
    assert [one.ending for one in entries.values()] == [Ending.GONE, Ending.GONE]


async def test_while_the_database_is_there_its_word_is_what_counts(tmp_path: Path) -> None:
    async with open_database(tmp_path / "a.sqlite") as database:
        await prepare(database)
        record = TurnStore(database, "me")
        await record.prepare()
        standby = Standby(record, Outage(), replica="me")
        async with standby.open():
            await begun(standby, a_turn("1.0"))
            await begun(TurnStore(database, "another"), a_turn("1.0"))
            assert not await standby.write(a_turn("1.0"))
            assert (await standby.entries([a_turn("1.0")]))[a_turn("1.0")].replica == "another"
            await standby.hand_over()


async def test_a_button_works_while_the_database_takes_nothing(tmp_path: Path) -> None:
    async with a_stuck_record(tmp_path) as (standby, _, _):
        await begun(standby, a_turn())
        assert await standby.write(a_turn())
        await begun(standby, a_turn(take=1))
        await standby.stop(THREAD, "1.0")
        found, newest = (
            await standby.find(("T", "C", "1.0")),
            await standby.find(("T", "C", "1.0"), newest=True),
        )
        assert await standby.find(("T", "C", "9.0")) is None
    assert found == RecordedAnswer("1.0", THREAD, "U", TurnStage.WRITING, Ending.STOPPED)
    assert newest == RecordedAnswer("1.0+01", THREAD, "U", TurnStage.WAITING, None)


async def test_what_is_known_of_a_thread_is_known_while_it_is_owed(tmp_path: Path) -> None:
    async with a_stuck_record(tmp_path) as (standby, _, _):
        assert await standby.participation(a_turn("9.0")) == Participation()
        await begun(standby, a_turn("1.0"))
        asked = await standby.participation(a_turn("9.0"))
        newcomer = await standby.participation(a_turn("9.0", user="V"))
        await standby.finish(a_turn("1.0"))
        await standby.leave(THREAD, since="5.0")
        left = await standby.participation(a_turn("9.0"))
        before = await standby.participation(a_turn("4.0"))
        await begun(standby, a_turn("10.0"))
        back = await standby.participation(a_turn("11.0", user="V"))
    assert asked == Participation(took_part=True, asked=True, is_free=False)
    assert newcomer == Participation(took_part=True, is_free=False)
    assert (left.left, left.is_free, before.left, back.left) == (True, True, False, False)


async def test_a_thread_that_was_left_meanwhile_is_left_on_record(tmp_path: Path) -> None:
    async with a_stuck_record(tmp_path) as (standby, stuck, _):
        await begun(standby, a_turn("1.0"))
        await standby.leave(THREAD, since="5.0")
        stuck.free.set()
        await standby.finish(a_turn("1.0"))
        assert (await stuck.record.participation(a_turn("9.0"))).left


async def test_an_answer_is_found_that_a_locked_file_does_not_know_yet(tmp_path: Path) -> None:
    async with a_stuck_record(tmp_path) as (standby, stuck, _):
        stuck.is_read = True
        turn = a_turn()
        await begun(standby, turn)
        found = await standby.find(turn.claim)
        assert found is not None
        assert (found.name, found.over) == (turn.name, False)


async def test_what_a_locked_file_does_not_know_of_a_thread_counts_beside_what_it_knows(
    tmp_path: Path,
) -> None:
    async with a_stuck_record(tmp_path) as (standby, stuck, _):
        stuck.is_read = True
        await begun(standby, a_turn())
        during = await standby.participation(a_turn("2.0"))
        await standby.finish(a_turn())
        after = await standby.participation(a_turn("3.0"))
        await standby.leave(THREAD, since="4.0")
        left = await standby.participation(a_turn("5.0", user="V"))
    assert during == Participation(took_part=True, asked=True, is_free=False)
    assert after == Participation(took_part=True, asked=True)
    assert left == Participation(took_part=True, left=True)


async def test_a_thread_of_which_nothing_is_owed_is_as_it_stands_in_the_file(tmp_path: Path) -> None:
    async with a_stuck_record(tmp_path) as (standby, stuck, _):
        stuck.is_read = True
        assert await standby.participation(a_turn()) == Participation()
