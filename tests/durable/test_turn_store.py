"""What is on record, and what the database itself sees to."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import cycle
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey, Vanished
from bot.core.conversation.reply_policy import Participation
from bot.core.conversation.turn_order import Ending, TurnStage, TurnStanding
from bot.durable.connections import PostgresPool
from bot.durable.database import open_database
from bot.durable.turn_store import LEFT_LONGER, Entry, RecordedAnswer, Sight, TurnStore
from bot.durable.workflow import prepare
from tests.durable.prepared import open_prepared
from tests.patience import HANGING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from tests.postgres import Server

THREAD = ThreadKey("T", "C", "1.0")


def a_turn(ts: str = "1.0", *, channel: str = "C", user: str = "U", take: int = 0) -> AnswerKey:
    return AnswerKey(TurnKey(ThreadKey("T", channel, "1.0"), ts, user, Kind.MENTION), take)


@asynccontextmanager
async def records(where: Path | str, *replicas: str) -> AsyncGenerator[list[TurnStore]]:
    async with open_database(where) as database:
        await prepare(database)
        made = [TurnStore(database, name) for name in replicas]
        await asyncio.gather(*(one.prepare() for one in made))
        yield made


async def begun(record: TurnStore, turn: AnswerKey) -> Entry:
    """The turn is claimed, and not at work."""
    return await record.claim(turn, at_work=False)


async def test_a_turn_goes_from_its_claim_to_its_end(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        entry = await begun(record, a_turn())
        assert (entry.stage, entry.attempts, entry.ending) == (TurnStage.THINKING, 1, None)
        assert await record.write(a_turn())
        await record.finish(a_turn())
        assert (await begun(record, a_turn())).stage is TurnStage.OVER


async def at_work(record: TurnStore, *asked: AnswerKey) -> None:
    """The turns are begun, each in a thread of its own, and at work."""
    for turn in asked:
        assert (await record.claim(turn, at_work=True)).at_work


async def blame(record: TurnStore, turn: AnswerKey) -> tuple[int, int]:
    """Processes that died while the turn was at work in them, and in how many of these it was alone."""
    entry = await begun(record, turn)
    return entry.attempts - 1, entry.alone


async def test_a_death_is_counted_for_all_that_were_at_work_in_the_process_and_once(
    somewhere: Path | str,
) -> None:
    asked = [a_turn(channel="C"), a_turn(channel="D")]
    async with records(somewhere, "dead", "me") as (dead, record):
        await at_work(dead, *asked)
        await record.bury("dead")
        await record.bury("dead")
        assert [await blame(record, turn) for turn in asked] == [(1, 0), (1, 0)]


async def test_who_was_at_work_alone_has_no_one_else_to_blame(somewhere: Path | str) -> None:
    async with records(somewhere, "dead", "other", "me") as (dead, other, record):
        await at_work(dead, a_turn(channel="C"))
        await at_work(other, a_turn(channel="D"))
        await begun(dead, a_turn(channel="E"))
        await record.bury("dead")
        assert await blame(record, a_turn(channel="C")) == (1, 1)
        assert await blame(record, a_turn(channel="D")) == (0, 0)


async def test_who_waited_for_a_person_is_not_to_blame_and_another_was_alone(somewhere: Path | str) -> None:
    asked = [a_turn(channel="C"), a_turn(channel="D")]
    async with records(somewhere, "dead", "me") as (dead, record):
        await at_work(dead, *asked)
        await dead.work(asked[0], at_work=False)
        await record.work(asked[1], at_work=False)  # it is the dead one's to say
        await record.bury("dead")
        assert [await blame(record, turn) for turn in asked] == [(0, 0), (1, 1)]


async def test_who_waited_and_who_was_over_is_not_to_blame(somewhere: Path | str) -> None:
    async with records(somewhere, "dead", "me") as (dead, record):
        await at_work(dead, a_turn("1.0", channel="C"))
        await dead.finish(a_turn("1.0", channel="C"))
        await at_work(dead, a_turn("2.0", channel="C"))
        waits = await dead.claim(a_turn("3.0", channel="C", user="V"), at_work=True)
        await begun(dead, a_turn("4.0", channel="D"))
        await record.bury("dead")
        asked = [a_turn("1.0"), a_turn("2.0"), a_turn("3.0", user="V"), a_turn("4.0", channel="D")]
        blamed = [await blame(record, turn) for turn in asked]
    assert (waits.stage, waits.at_work) == (TurnStage.WAITING, False)
    assert blamed == [(0, 0), (1, 1), (0, 0), (0, 0)]


async def test_who_may_have_killed_two_processes_is_at_work_only_once_it_is_let_in(
    somewhere: Path | str,
) -> None:
    async with records(somewhere, "dead", "me") as (dead, record):
        await at_work(dead, a_turn())
        await record.bury("dead")
        await at_work(dead, a_turn())
        await record.bury("dead")
        entry = await record.claim(a_turn(), at_work=True)
        assert (entry.attempts, entry.stage, entry.at_work) == (3, TurnStage.THINKING, False)
        await record.bury("me")
        assert await blame(record, a_turn()) == (2, 2)
        await record.work(a_turn())
        await record.bury("me")
        assert await blame(record, a_turn()) == (3, 3)


async def test_what_a_process_leaves_to_others_it_did_not_die_of(somewhere: Path | str) -> None:
    async with records(somewhere, "left", "me") as (left, record):
        await at_work(left, a_turn())
        await left.hand_over()
        await record.bury("left")
        assert await blame(record, a_turn()) == (0, 0)


async def test_who_takes_a_turn_on_is_not_at_work_in_it_yet(somewhere: Path | str) -> None:
    async with records(somewhere, "dead", "heir", "me") as (dead, heir, record):
        await at_work(dead, a_turn())
        await record.bury("dead")
        await begun(heir, a_turn())
        await record.bury("heir")
        entry = await begun(record, a_turn())
    assert (entry.attempts, entry.replica) == (2, "me")


async def test_who_was_taken_for_dead_works_for_nobody_any_more(somewhere: Path | str) -> None:
    async with records(somewhere, "zombie", "heir") as (zombie, heir):
        await begun(zombie, a_turn())
        await begun(heir, a_turn())
        await zombie.work(a_turn())
        await heir.bury("heir")
        assert await blame(heir, a_turn()) == (0, 0)


async def test_turns_that_are_over_are_counted(somewhere: Path | str) -> None:
    asked = [a_turn(channel="C"), a_turn(channel="D"), a_turn(channel="E")]
    async with records(somewhere, "me") as (record,):
        await at_work(record, *asked)
        await record.finish(asked[0])
        assert await record.over([turn.claim for turn in asked]) == 1
        assert await record.over([]) == 0


async def test_of_the_turns_of_a_thread_one_at_a_time_runs(somewhere: Path | str) -> None:
    asked = [a_turn(f"{n}.0", user=f"U{n}") for n in range(1, 6)]
    async with records(somewhere, "me", "another") as both:
        entries = await asyncio.gather(*(begun(one, turn) for turn, one in zip(asked, cycle(both))))
        assert sum(entry.runs for entry in entries) == 1
        assert sum(entry.waits for entry in entries) == 4


async def test_the_next_of_a_thread_runs_when_the_one_before_is_over(somewhere: Path | str) -> None:
    asked = [a_turn(f"{n}.0", user=f"U{n}") for n in range(1, 4)]
    async with records(somewhere, "me") as (record,):
        assert [(await begun(record, turn)).runs for turn in asked] == [True, False, False]
        await record.finish(asked[0])
        assert [(await begun(record, turn)).runs for turn in reversed(asked[1:])] == [False, True]


async def test_a_claim_is_one_transaction(somewhere: Path | str) -> None:
    async with open_database(somewhere) as database:
        await prepare(database)
        record = TurnStore(database, "me")
        await record.prepare()
        transactions: list[object] = []
        event.listen(database.connections.engine, "begin", transactions.append)
        await begun(record, a_turn("1.0"))
        assert (await begun(record, a_turn("2.0"))).runs
    assert len(transactions) == 2


async def test_the_messages_of_a_turn_are_noted_by_its_replica_alone(somewhere: Path | str) -> None:
    async with records(somewhere, "me", "another") as (record, other):
        await begun(record, a_turn())
        await record.post(a_turn(), 0, "10.0")
        await other.post(a_turn(), 1, "66.0")
        await record.post(a_turn(), 1, "11.0")
        assert await other.posted(a_turn()) == {0: "10.0", 1: "11.0"}
        assert await other.posted(a_turn("2.0")) == {}


async def test_turns_of_other_threads_do_not_wait(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        assert (await begun(record, a_turn())).runs
        assert (await begun(record, a_turn(channel="D"))).runs


async def test_a_look_sees_turns_and_those_of_a_thread_that_are_not_over(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        for turn in (a_turn("1.0"), a_turn("2.0", user="V"), a_turn("3.0", user="W"), a_turn(channel="D")):
            await begun(record, turn)
        await record.finish(a_turn("1.0"))
        seen = await record.look([a_turn("1.0"), a_turn("2.0", user="V")], [THREAD])
    assert [entry.stage for entry in seen.entries.values()] == [TurnStage.OVER, TurnStage.WAITING]
    assert seen.threads == {
        THREAD: [TurnStanding("2.0", "V", TurnStage.WAITING), TurnStanding("3.0", "W", TurnStage.WAITING)]
    }


async def test_a_look_at_nothing_asks_nothing_and_one_at_all_asks_once(somewhere: Path | str) -> None:
    async with open_prepared(somewhere) as database:
        record = TurnStore(database, "me")
        statements: list[object] = []
        event.listen(database.connections.engine, "begin", statements.append)
        assert await record.look([], []) == Sight({}, {})
        assert statements == []
        assert await record.look([a_turn()], [THREAD]) == Sight({}, {THREAD: []})
    assert len(statements) == 1


async def test_a_look_at_turns_that_run_here_asks_the_same_once_however_many_there_are(
    somewhere: Path | str,
) -> None:
    async with open_prepared(somewhere) as database:
        record, asked = TurnStore(database, "me"), [a_turn(channel=f"C{number}") for number in range(30)]
        statements: list[str] = []
        for turn in asked:
            await begun(record, turn)
        event.listen(
            database.connections.engine, "before_cursor_execute", lambda *sent: statements.append(sent[2])
        )
        assert (await record.look(asked, [])).entries.keys() == set(asked)
        assert (await record.look(asked[:1], [])).entries.keys() == set(asked[:1])
    first, second = (one for one in statements if one.startswith("SELECT"))
    assert first == second


async def test_a_look_sees_turns_that_are_over_and_those_that_another_replica_has_taken(
    somewhere: Path | str,
) -> None:
    async with records(somewhere, "me", "another") as (record, other):
        superseded, by, taken = a_turn("1.0"), a_turn("2.0"), a_turn(channel="D")
        for turn in (superseded, by, taken):
            await begun(record, turn)
        await begun(other, taken)
        entries = (await record.look([superseded, by, taken], [])).entries
    assert (entries[superseded].stage, entries[superseded].ending) == (TurnStage.OVER, Ending.SUPERSEDED)
    assert (entries[by].replica, entries[taken].replica) == ("me", "another")


async def test_what_was_superseded_shows_no_word(somewhere: Path | str) -> None:
    async with records(somewhere, "me", "another") as (record, other):
        await begun(other, a_turn("1.0"))
        assert (await begun(record, a_turn("2.0"))).runs
        assert not await other.write(a_turn("1.0"))
        assert (await begun(other, a_turn("1.0"))).ending is Ending.SUPERSEDED


async def test_a_turn_that_is_over_supersedes_nothing_when_it_is_claimed_again(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        await begun(record, a_turn("2.0"))
        await record.finish(a_turn("2.0"))
        await begun(record, a_turn("1.0"))
        assert (await begun(record, a_turn("2.0"))).stage is TurnStage.OVER
        assert (await begun(record, a_turn("1.0"))).runs


async def test_what_shows_a_word_is_not_superseded(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        await begun(record, a_turn("1.0"))
        await record.write(a_turn("1.0"))
        assert (await begun(record, a_turn("2.0"))).waits
        assert (await record.entries([a_turn("1.0")]))[a_turn("1.0")].ending is None


async def test_who_was_taken_for_dead_changes_nothing_any_more(somewhere: Path | str) -> None:
    async with records(somewhere, "zombie", "heir") as (zombie, heir):
        await begun(zombie, a_turn())
        await begun(heir, a_turn())
        assert not await zombie.write(a_turn())
        await zombie.finish(a_turn())
        assert await heir.write(a_turn())


async def test_a_stop_is_for_all_that_runs_or_waits_in_a_thread(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        for turn in (a_turn("1.0"), a_turn("2.0", user="V"), a_turn("3.0", channel="D")):
            await begun(record, turn)
        await record.stop(THREAD)
        await record.finish(a_turn("1.0"))
        entries = await record.entries([a_turn("1.0"), a_turn("2.0"), a_turn("3.0", channel="D")])
        stopped = await begun(record, a_turn("2.0", user="V"))
    assert [one.ending for one in entries.values()] == [Ending.STOPPED, Ending.STOPPED, None]
    assert (stopped.stage, stopped.runs, stopped.waits) == (TurnStage.WAITING, False, False)


async def test_a_deleted_question_ends_its_turn_and_a_deleted_reply_is_noted(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        await begun(record, a_turn("1.0"))
        await begun(record, a_turn("2.0", user="V"))
        await record.vanish(Vanished("T", "C", "1.0", "1.0", ours=False))
        await record.vanish(Vanished("T", "C", "1.0", "9.0", ours=True))
        await record.vanish(Vanished("T", "C", "1.0", "9.5", ours=True))
        entries = await record.entries([a_turn("1.0"), a_turn("2.0", user="V")])
    assert entries[a_turn("1.0")].ending is Ending.GONE
    assert entries[a_turn("2.0", user="V")].vanished == {"9.0", "9.5"}


async def test_nothing_is_looked_for_where_nothing_runs(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        assert await record.entries([]) == {}


async def took_part(record: TurnStore, *, before: str, channel: str = "C") -> bool:
    return (await record.participation(a_turn(before, channel=channel, user="W"))).took_part


async def test_a_thread_is_ours_once_a_turn_of_ours_ran_in_it(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        assert await record.participation(a_turn("9.0")) == Participation()
        await begun(record, a_turn())
        await begun(record, a_turn())
        assert await took_part(record, before="9.0")
        assert not await took_part(record, before="9.0", channel="D")


async def test_what_was_said_before_our_first_question_in_a_thread_was_not_said_to_us(
    somewhere: Path | str,
) -> None:
    async with records(somewhere, "me") as (record,):
        await begun(record, a_turn("5.0"))
        assert not await took_part(record, before="4.0")
        assert await took_part(record, before="6.0")


async def test_who_has_asked_before_and_whether_anybody_still_waits_is_on_record(
    somewhere: Path | str,
) -> None:
    async with records(somewhere, "me") as (record,):
        await begun(record, a_turn("5.0"))
        asked = [
            await record.participation(a_turn(ts, user=user))
            for ts, user in (("6.0", "U"), ("4.0", "U"), ("6.0", "V"))
        ]
        await record.finish(a_turn("5.0"))
        free = await record.participation(a_turn("6.0"))
    assert [(one.asked, one.is_free) for one in asked] == [(True, False), (False, False), (False, False)]
    assert free.is_free


async def test_a_thread_that_was_left_is_left_for_all_replicas_until_a_later_question(
    somewhere: Path | str,
) -> None:
    async with records(somewhere, "me", "other") as (record, other):
        await begun(record, a_turn("1.0"))
        await other.leave(THREAD, since="5.0")
        left = [(await record.participation(a_turn(ts))).left for ts in ("4.0", "6.0")]
        await begun(record, a_turn("3.0", user="V"))
        still = (await record.participation(a_turn("6.0"))).left
        await record.finish(a_turn("1.0"))
        await record.finish(a_turn("3.0"))
        await begun(other, a_turn("7.0"))
        back = await record.participation(a_turn("8.0"))
    assert (left, still, back.left, back.took_part) == ([False, True], True, False, True)


async def test_a_thread_that_was_left_is_remembered_longer_than_others(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        await record.leave(THREAD, since="5.0")
        await record.forget(time.time() + 60)
        kept = await record.participation(a_turn("9.0"))
        await record.forget(time.time() + LEFT_LONGER + 60)
        assert (kept.left, (await record.participation(a_turn("9.0"))).left) == (True, False)


async def test_what_apps_ask_in_new_threads_is_counted_until_a_person_asks(somewhere: Path | str) -> None:
    async def exchange(record: TurnStore, *, channel: str = "C") -> int:
        turn = TurnKey(ThreadKey("T", channel, "99.0"), "99.0", "B9", Kind.MENTION)
        return (await record.participation(AnswerKey(turn))).exchange

    async with records(somewhere, "me") as (record,):
        for ts in ("1.0", "2.0", "3.0", "99.0"):
            asked = TurnKey(ThreadKey("T", "C", ts), ts, "B9", Kind.MENTION)
            await begun(record, AnswerKey(asked))
        counted = [await exchange(record), await exchange(record, channel="D")]
        persons = (await record.participation(a_turn("100.0"))).exchange
        await begun(record, a_turn("50.0"))
        assert (counted, persons, await exchange(record)) == ([3, 0], 0, 0)


async def test_what_is_over_is_forgotten_when_it_is_old(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        await begun(record, a_turn("1.0"))
        await record.finish(a_turn("1.0"))
        await begun(record, a_turn("2.0"))
        await record.forget(time.time() - 60)
        assert len(await record.entries([a_turn("1.0"), a_turn("2.0")])) == 2
        await record.forget(time.time() + 60)
        assert list(await record.entries([a_turn("1.0"), a_turn("2.0")])) == [a_turn("2.0")]


async def test_a_thread_is_forgotten_when_we_have_not_answered_in_it_for_long(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        await begun(record, a_turn(channel="C"))
        await begun(record, a_turn(channel="D"))
        between = time.time()
        await begun(record, a_turn(channel="C"))
        await record.forget(between)
        assert await took_part(record, before="9.0")
        assert not await took_part(record, before="9.0", channel="D")
        await record.forget(time.time() + 60)
        assert not await took_part(record, before="9.0")


async def test_two_takes_at_one_question_are_two_rows(somewhere: Path | str) -> None:
    first, again = a_turn(), a_turn(take=1)
    async with records(somewhere, "me") as (record,):
        await at_work(record, first)
        assert await record.write(first)
        assert (await begun(record, again)).waits
        seen = await record.look([first, again], [THREAD])
        assert seen.threads[THREAD] == [
            TurnStanding("1.0", "U", TurnStage.WRITING),
            TurnStanding("1.0+01", "U", TurnStage.WAITING),
        ]
        await record.finish(first)
        assert await record.over([first.claim, again.claim]) == 1
        assert (await begun(record, again)).runs
        stages = {key.take: entry.stage for key, entry in (await record.entries([first, again])).items()}
    assert stages == {0: TurnStage.OVER, 1: TurnStage.THINKING}


async def test_a_question_that_is_deleted_ends_every_take_at_it_and_no_other(somewhere: Path | str) -> None:
    asked = [a_turn("1.0"), a_turn("1.0", take=1), a_turn("1.01", user="V"), a_turn("2.0", user="W")]
    async with records(somewhere, "me") as (record,):
        await begun(record, asked[0])
        await record.write(asked[0])  # nothing supersedes it
        await asyncio.gather(*(begun(record, one) for one in asked[1:]))
        await record.vanish(Vanished("T", "C", "1.0", "1.0", ours=False))
        entries = await record.entries(asked)
    assert [entries[one].ending for one in asked] == [Ending.GONE, Ending.GONE, None, None]


async def test_a_lost_database_is_waited_for(postgres_server: Server) -> None:
    async with records(postgres_server.url, "me") as (record,):
        await begun(record, a_turn())
        restarting = asyncio.create_task(asyncio.to_thread(postgres_server.restart))
        entries = [await record.entries([a_turn()]) for _ in range(50)]
        await restarting
    assert all(entries)


async def test_what_the_database_refuses_is_not_asked_again(tmp_path: Path) -> None:
    async with open_database(tmp_path / "empty.sqlite") as database:
        with pytest.raises(DBAPIError, match="no such table"):
            await begun(TurnStore(database, "me"), a_turn())


async def test_who_finds_no_free_connection_waits_for_one(
    postgres_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_database(postgres_server.url) as database:
        await prepare(database)
        engine = create_async_engine(
            database.connections.engine.url, pool_size=1, max_overflow=0, pool_timeout=0.01
        )
        tight = replace(database, connections=PostgresPool(engine))
        record = TurnStore(tight, "me")
        async with asyncio.timeout(HANGING):
            await record.prepare()
            async with engine.connect():
                waiting = asyncio.create_task(begun(record, a_turn()))
                await told(caplog, "database.slow")
            assert (await waiting).runs
        await engine.dispose()


async def told(caplog: pytest.LogCaptureFixture, event: str) -> None:
    while True:
        await asyncio.sleep(0.01)
        if event in caplog.text:
            return


async def test_a_stop_of_one_answer_leaves_the_others_of_its_thread(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        await begun(record, a_turn("1.0"))
        await begun(record, a_turn("2.0", user="V"))
        await record.stop(THREAD, "1.0")
        entries = await record.entries([a_turn("1.0"), a_turn("2.0")])
    assert [one.ending for one in entries.values()] == [Ending.STOPPED, None]


async def test_who_presses_a_button_is_held_against_what_is_on_record(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        await begun(record, a_turn())
        found = await record.find(("T", "C", "1.0"))
        assert found == RecordedAnswer("1.0", THREAD, "U", TurnStage.THINKING, None)
        assert not found.over
        await record.stop(THREAD)
        await record.finish(a_turn())
        found = await record.find(("T", "C", "1.0"))
        assert found == RecordedAnswer("1.0", THREAD, "U", TurnStage.OVER, Ending.STOPPED)
        assert found.over
        assert await record.find(("T", "C", "9.0")) is None


async def test_the_newest_take_at_a_question_is_found(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        for turn in (a_turn(), a_turn(take=1), a_turn(take=2), a_turn("2.0")):
            await begun(record, turn)
            await record.finish(turn)
        newest = await record.find(("T", "C", "1.0"), newest=True)
        assert newest is not None
        assert newest.name == "1.0+02"
        assert await record.find(("T", "C", "9.0"), newest=True) is None
