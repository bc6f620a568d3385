"""What is on record of one person, told and deleted, on both databases."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.answer_settings import PersonalSettings
from bot.core.conversation.app_home import StoredData, UsedToday
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.core.conversation.spending import ModelUse, SpendingLimits, day_of
from bot.core.delivery.approval import ApprovalKey, ApprovalState
from bot.durable.approval_store import ApprovalStore
from bot.durable.feedback_store import FeedbackStore
from bot.durable.personal_data import PersonalData
from bot.durable.settings_store import SettingsStore
from bot.durable.spending_store import Reservation, SpendingStore
from bot.durable.turn_store import TurnStore
from tests.durable.prepared import open_prepared

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path


@dataclass
class Work:
    """Keeps what is to be forgotten."""

    erased: list[str] = field(default_factory=list[str])

    async def erase(self, names: Sequence[str]) -> None:
        self.erased += names


@dataclass
class Record:
    """All that is kept, with a work list of a test's own."""

    turns: TurnStore
    feedback: FeedbackStore
    data: PersonalData
    work: Work

    async def asked(self, ts: str, user: str = "U1", *, thread_ts: str = "", over: bool = True) -> AnswerKey:
        """A question that is on record, in a thread of its own where no other is named."""
        thread = ThreadKey("T", "C", thread_ts or ts)
        turn = AnswerKey(TurnKey(thread, ts, user, Kind.MENTION))
        await self.turns.claim(turn, at_work=False)
        if over:
            await self.turns.finish(turn)
        return turn

    async def took_part(self, thread_ts: str) -> bool:
        """Tells whether somebody who speaks in the thread now is known to speak in one of ours."""
        said = TurnKey(ThreadKey("T", "C", thread_ts), "9.0", "U3", Kind.FOLLOW_UP)
        return (await self.turns.participation(AnswerKey(said))).took_part


@asynccontextmanager
async def a_record(where: Path | str) -> AsyncGenerator[Record]:
    async with open_prepared(where) as database:
        turns, work = TurnStore(database, "me"), Work()
        yield Record(
            turns, FeedbackStore(database), PersonalData(database, work, SettingsStore(database)), work
        )


async def test_what_is_stored_is_counted_for_each_person_and_workspace(somewhere: Path | str) -> None:
    async with a_record(somewhere) as record:
        await record.asked("1.0")
        await record.asked("2.0", "U2")
        await record.feedback.judge(("T", "C", "1.0"), "U1", "good")
        await record.feedback.judge(("T", "C", "2.0"), "U1", "bad")
        await record.feedback.annotate(("T", "C", "2.0"), "U1", "Too long.")
        assert await record.data.count("T", "U1") == StoredData(questions=1, verdicts=2, notes=1)
        assert await record.data.count("T", "U2") == StoredData(questions=1)
        assert await record.data.count("T9", "U1") == StoredData()


async def test_what_is_stored_of_one_person_is_deleted_and_of_nobody_else(somewhere: Path | str) -> None:
    async with a_record(somewhere) as record:
        mine, theirs = await record.asked("1.0"), await record.asked("2.0", "U2")
        await record.feedback.judge(("T", "C", "2.0"), "U1", "good")
        await record.feedback.judge(("T", "C", "2.0"), "U2", "bad")
        await record.data.delete("T", "U1")
        assert await record.data.count("T", "U1") == StoredData()
        assert await record.data.count("T", "U2") == StoredData(questions=1, verdicts=1)
        assert list(await record.turns.entries([mine, theirs])) == [theirs]
        assert record.work.erased == ["T:C:1.0:1.0"]


async def test_a_thread_of_several_people_is_remembered_for_the_others(somewhere: Path | str) -> None:
    async with a_record(somewhere) as record:
        await record.asked("1.0")
        await record.asked("5.0")
        await record.asked("6.0", "U2", thread_ts="5.0")
        await record.data.delete("T", "U1")
        assert not await record.took_part("1.0")
        assert await record.took_part("5.0")


async def test_what_is_being_answered_stays_until_it_is_over(somewhere: Path | str) -> None:
    async with a_record(somewhere) as record:
        await record.asked("1.0")
        running = await record.asked("2.0", over=False)
        await record.data.delete("T", "U1")
        assert await record.data.count("T", "U1") == StoredData(questions=1)
        await record.turns.finish(running)
        await record.data.delete("T", "U1")
        assert await record.data.count("T", "U1") == StoredData()


async def test_another_workspaces_person_of_the_same_id_keeps_theirs(somewhere: Path | str) -> None:
    async with a_record(somewhere) as record:
        await record.asked("1.0")
        await record.data.delete("T9", "U1")
        assert await record.data.count("T", "U1") == StoredData(questions=1)


async def test_what_somebody_has_used_is_nobodys_after_that(somewhere: Path | str) -> None:
    async with open_prepared(somewhere) as database:
        store = SpendingStore(database, SpendingLimits())
        for person in ("U1", "U2", "U1"):
            await store.settle(
                Reservation("T", person, "2026-11-27", 0), ModelUse("gpt", 10, 5, 3), answered=True
            )
        data = PersonalData(database, Work(), SettingsStore(database))
        await data.delete("T", "U1")
        await data.delete("T", "U2")
        (row,) = await store.used(since="")
    assert (row.person, row.turns, row.input_tokens, row.output_tokens, row.micros) == ("", 3, 30, 15, 9)


async def test_what_tools_were_asked_for_goes_with_the_answer_that_is_over(somewhere: Path | str) -> None:
    async with open_prepared(somewhere) as database:
        record, kept = TurnStore(database, "me"), ApprovalStore(database)
        thread = ThreadKey("T", "C", "1.0")
        keys = [ApprovalKey(thread, ts, "ab", 1) for ts in ("1.0", "2.0", "3.0")]
        await record.claim(AnswerKey(TurnKey(thread, "2.0", "U1", Kind.MENTION)), at_work=False)
        for key, asker in zip(keys, ("U1", "U1", "U2"), strict=True):
            await kept.ask(key, asker, frozenset(), seconds=60)
        await kept.decide(keys[2], ApprovalState.APPROVED, "U1")
        await PersonalData(database, Work(), SettingsStore(database)).delete("T", "U1")
        left = sorted(await kept.read(keys), key=lambda one: one.key.answer)
    assert [(one.key.answer, one.decided_by) for one in left] == [("2.0", ""), ("3.0", "")]


async def test_what_somebody_has_used_today_is_counted(somewhere: Path | str) -> None:
    async with open_prepared(somewhere) as database:
        store, data = (
            SpendingStore(database, SpendingLimits()),
            PersonalData(database, Work(), SettingsStore(database)),
        )
        for day in (day_of(time.time()), "2020-01-01"):
            await store.settle(Reservation("T", "U1", day, 0), ModelUse("gpt", 10, 5), answered=True)
        assert await data.count("T", "U1") == StoredData(today=UsedToday(1, 15))
        assert await data.count("T", "U2") == StoredData()


async def test_what_somebody_has_set_is_told_and_goes_as_well(somewhere: Path | str) -> None:
    async with open_prepared(somewhere) as database:
        store = SettingsStore(database)
        data = PersonalData(database, Work(), store)
        mine = PersonalSettings(language="fr")
        for person in ("U1", "U2"):
            await store.keep("T", person, mine, installer="T")
        assert await data.count("T", "U1") == StoredData(settings=mine)
        await data.delete("T", "U1")
        assert [await data.count("T", one) for one in ("U1", "U2")] == [
            StoredData(),
            StoredData(settings=mine),
        ]


async def test_what_is_deleted_stands_in_no_file_of_the_database_any_more(tmp_path: Path) -> None:
    where = tmp_path / "turns.sqlite"
    async with a_record(where) as record:
        await record.asked("1.0")
        await record.feedback.judge(("T", "C", "1.0"), "U1", "bad")
        await record.feedback.annotate(("T", "C", "1.0"), "U1", "A remarkable note.")
        assert written(tmp_path, b"remarkable")
        await record.data.delete("T", "U1")
        assert written(tmp_path, b"remarkable") == []


def written(folder: Path, words: bytes) -> list[str]:
    """The files in which the words stand."""
    return [path.name for path in folder.iterdir() if words in path.read_bytes()]
