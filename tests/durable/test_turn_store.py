"""What is on record, and what the database itself sees to."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey, Vanished
from bot.core.conversation.turn_order import Ending, TurnStage, TurnStanding
from bot.durable.database import open_database
from bot.durable.turn_store import TurnStore
from bot.durable.workflow import prepare
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


async def test_a_turn_goes_from_waiting_to_over(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        entry = await record.begin(a_turn())
        assert (entry.stage, entry.attempts, entry.ending) == (TurnStage.WAITING, 1, None)
        assert await record.think(a_turn())
        assert await record.write(a_turn())
        await record.finish(a_turn())
        assert (await record.begin(a_turn())).stage is TurnStage.OVER


async def at_work(record: TurnStore, *asked: AnswerKey) -> None:
    """The turns are begun, each in a thread of its own, and at work."""
    for turn in asked:
        await record.begin(turn)
        assert await record.think(turn)
        await record.work(turn)


async def blame(record: TurnStore, turn: AnswerKey) -> tuple[int, int]:
    """Processes that died while the turn was at work in them, and in how many of these it was alone."""
    entry = await record.begin(turn)
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
        await dead.begin(a_turn(channel="E"))
        await record.bury("dead")
        assert await blame(record, a_turn(channel="C")) == (1, 1)
        assert await blame(record, a_turn(channel="D")) == (0, 0)


async def test_who_waited_and_who_was_over_is_not_to_blame(somewhere: Path | str) -> None:
    async with records(somewhere, "dead", "me") as (dead, record):
        await at_work(dead, a_turn(channel="C"))
        await dead.finish(a_turn(channel="C"))
        await dead.begin(a_turn(channel="D"))
        await dead.begin(a_turn(channel="E"))
        await dead.think(a_turn(channel="E"))
        await record.bury("dead")
        blamed = [await blame(record, a_turn(channel=channel)) for channel in "CDE"]
    assert blamed == [(0, 0)] * 3


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
        await heir.begin(a_turn())
        await record.bury("heir")
        entry = await record.begin(a_turn())
    assert (entry.attempts, entry.replica) == (2, "me")


async def test_who_was_taken_for_dead_works_for_nobody_any_more(somewhere: Path | str) -> None:
    async with records(somewhere, "zombie", "heir") as (zombie, heir):
        await zombie.begin(a_turn())
        await zombie.think(a_turn())
        await heir.begin(a_turn())
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
    asked = [a_turn(f"{n}.0") for n in range(1, 6)]
    async with records(somewhere, "me") as (record,):
        for turn in asked:
            await record.begin(turn)
        begun = await asyncio.gather(*(record.think(turn) for turn in asked))
        assert sum(begun) == 1
        running = asked[begun.index(True)]
        await record.finish(running)
        assert await record.think(next(turn for turn in asked if turn is not running))


async def test_turns_of_other_threads_do_not_wait(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        for turn in (a_turn(), a_turn(channel="D")):
            await record.begin(turn)
            assert await record.think(turn)
        assert await record.others(a_turn()) == []


async def test_a_turn_sees_those_of_its_thread_that_are_not_over(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        for turn in (a_turn("1.0"), a_turn("2.0", user="V"), a_turn("3.0")):
            await record.begin(turn)
        await record.think(a_turn("2.0"))
        await record.finish(a_turn("3.0"))
        assert await record.others(a_turn()) == [TurnStanding("2.0", "V", TurnStage.THINKING)]


async def test_what_was_superseded_shows_no_word(somewhere: Path | str) -> None:
    async with records(somewhere, "me", "another") as (record, other):
        await other.begin(a_turn("1.0"))
        await other.think(a_turn("1.0"))
        await record.begin(a_turn("2.0"))
        await record.supersede(a_turn("2.0"), ["1.0"])
        assert not await other.write(a_turn("1.0"))
        assert await record.think(a_turn("2.0"))


async def test_what_shows_a_word_is_not_superseded(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        await record.begin(a_turn("1.0"))
        await record.think(a_turn("1.0"))
        await record.write(a_turn("1.0"))
        await record.begin(a_turn("2.0"))
        await record.supersede(a_turn("2.0"), ["1.0"])
        assert (await record.entries([a_turn("1.0")]))[a_turn("1.0")].ending is None


async def test_who_was_taken_for_dead_changes_nothing_any_more(somewhere: Path | str) -> None:
    async with records(somewhere, "zombie", "heir") as (zombie, heir):
        await zombie.begin(a_turn())
        await zombie.think(a_turn())
        await heir.begin(a_turn())
        assert not await zombie.write(a_turn())
        await zombie.finish(a_turn())
        assert await heir.write(a_turn())


async def test_a_stop_is_for_all_that_runs_or_waits_in_a_thread(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        for turn in (a_turn("1.0"), a_turn("2.0"), a_turn("3.0", channel="D")):
            await record.begin(turn)
        await record.stop(THREAD)
        entries = await record.entries([a_turn("1.0"), a_turn("2.0"), a_turn("3.0", channel="D")])
        assert not await record.think(a_turn("1.0"))
    assert [one.ending for one in entries.values()] == [Ending.STOPPED, Ending.STOPPED, None]


async def test_a_deleted_question_ends_its_turn_and_a_deleted_reply_is_noted(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        await record.begin(a_turn("1.0"))
        await record.begin(a_turn("2.0"))
        await record.vanish(Vanished("T", "C", "1.0", "1.0", ours=False))
        await record.vanish(Vanished("T", "C", "1.0", "9.0", ours=True))
        await record.vanish(Vanished("T", "C", "1.0", "9.5", ours=True))
        entries = await record.entries([a_turn("1.0"), a_turn("2.0")])
    assert entries[a_turn("1.0")].ending is Ending.GONE
    assert entries[a_turn("2.0")].vanished == {"9.0", "9.5"}


async def test_nothing_is_looked_for_where_nothing_runs(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        assert await record.entries([]) == {}


async def test_a_thread_is_ours_once_we_joined_it(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        assert not await record.took_part(THREAD)
        await record.join(THREAD)
        await record.join(THREAD)
        assert await record.took_part(THREAD)
        assert not await record.took_part(ThreadKey("T", "C", "2.0"))


async def test_what_is_over_is_forgotten_when_it_is_old(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        await record.begin(a_turn("1.0"))
        await record.finish(a_turn("1.0"))
        await record.begin(a_turn("2.0"))
        await record.forget(time.time() - 60)
        assert len(await record.entries([a_turn("1.0"), a_turn("2.0")])) == 2
        await record.forget(time.time() + 60)
        assert list(await record.entries([a_turn("1.0"), a_turn("2.0")])) == [a_turn("2.0")]


async def test_a_thread_is_forgotten_when_we_have_not_answered_in_it_for_long(somewhere: Path | str) -> None:
    async with records(somewhere, "me") as (record,):
        await record.join(THREAD)
        between = time.time()
        await record.join(ThreadKey("T", "C", "2.0"))
        await record.join(THREAD)
        await record.join(ThreadKey("T", "C", "3.0"))
        await record.forget(between)
        assert await record.took_part(THREAD)
        await record.forget(time.time() + 60)
        assert not await record.took_part(THREAD)
        assert not await record.took_part(ThreadKey("T", "C", "3.0"))


async def test_two_takes_at_one_question_are_two_rows(somewhere: Path | str) -> None:
    first, again = a_turn(), a_turn(take=1)
    async with records(somewhere, "me") as (record,):
        await at_work(record, first)
        await record.begin(again)
        assert await record.others(again) == [TurnStanding("1.0", "U", TurnStage.THINKING)]
        assert await record.others(first) == [TurnStanding("1.0+01", "U", TurnStage.WAITING)]
        assert not await record.think(again)
        await record.finish(first)
        assert await record.over([first.claim, again.claim]) == 1
        assert await record.think(again)
        stages = {key.take: entry.stage for key, entry in (await record.entries([first, again])).items()}
    assert stages == {0: TurnStage.OVER, 1: TurnStage.THINKING}


async def test_a_question_that_is_deleted_ends_every_take_at_it_and_no_other(somewhere: Path | str) -> None:
    asked = [a_turn("1.0"), a_turn("1.0", take=1), a_turn("1.01"), a_turn("2.0")]
    async with records(somewhere, "me") as (record,):
        await asyncio.gather(*(record.begin(one) for one in asked))
        await record.vanish(Vanished("T", "C", "1.0", "1.0", ours=False))
        entries = await record.entries(asked)
    assert [entries[one].ending for one in asked] == [Ending.GONE, Ending.GONE, None, None]


async def test_a_lost_database_is_waited_for(postgres_server: Server) -> None:
    async with records(postgres_server.url, "me") as (record,):
        await record.begin(a_turn())
        restarting = asyncio.create_task(asyncio.to_thread(postgres_server.restart))
        entries = [await record.entries([a_turn()]) for _ in range(50)]
        await restarting
        assert await record.think(a_turn())
    assert all(entries)


async def test_what_the_database_refuses_is_not_asked_again(tmp_path: Path) -> None:
    async with open_database(tmp_path / "empty.sqlite") as database:
        with pytest.raises(DBAPIError, match="no such table"):
            await TurnStore(database, "me").begin(a_turn())


async def test_who_finds_no_free_connection_waits_for_one(
    somewhere: Path | str, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_database(somewhere) as database:
        await prepare(database)
        tight = replace(
            database,
            engine=create_async_engine(database.engine.url, pool_size=1, max_overflow=0, pool_timeout=0.01),
        )
        record = TurnStore(tight, "me")
        async with asyncio.timeout(HANGING):
            await record.prepare()
            async with tight.engine.connect():
                waiting = asyncio.create_task(record.begin(a_turn()))
                await told(caplog, "database.slow")
            assert (await waiting).stage is TurnStage.WAITING
        await tight.engine.dispose()


async def told(caplog: pytest.LogCaptureFixture, event: str) -> None:
    while True:
        await asyncio.sleep(0.01)
        if event in caplog.text:
            return
