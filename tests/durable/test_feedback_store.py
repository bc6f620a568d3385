"""What people say of answers, as it is kept."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.durable.feedback_store import FeedbackStore
from tests.durable.prepared import open_prepared

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

ANSWER, ANOTHER = ("T", "C", "1.0"), ("T", "C", "1.0+01")


@asynccontextmanager
async def a_store(where: Path | str) -> AsyncGenerator[FeedbackStore]:
    async with open_prepared(where) as database:
        yield FeedbackStore(database)


async def kept(store: FeedbackStore) -> list[tuple[str, str, str, str]]:
    return [(one.answer, one.person, one.verdict, one.note) for one in await store.all()]


async def test_the_last_verdict_of_a_person_counts_and_the_same_twice_is_one(somewhere: Path | str) -> None:
    async with a_store(somewhere) as store:
        said = [await store.judge(ANSWER, "U1", verdict) for verdict in ("good", "good", "bad")]
        assert await store.judge(ANSWER, "U2", "good")
        assert said == [True, False, True]
        assert sorted(await kept(store)) == [("1.0", "U1", "bad", ""), ("1.0", "U2", "good", "")]


async def test_a_note_belongs_to_the_verdict_of_its_author(somewhere: Path | str) -> None:
    async with a_store(somewhere) as store:
        await store.judge(ANSWER, "U1", "bad")
        assert await store.annotate(ANSWER, "U1", "Too long.")
        assert not await store.annotate(ANSWER, "U2", "Too short.")
        assert not await store.annotate(ANOTHER, "U1", "Too late.")
        await store.judge(ANSWER, "U1", "good")
        assert await kept(store) == [("1.0", "U1", "good", "Too long.")]


async def test_what_was_said_of_a_deleted_answer_goes_with_it(somewhere: Path | str) -> None:
    async with a_store(somewhere) as store:
        await store.judge(ANSWER, "U1", "bad")
        await store.judge(ANOTHER, "U1", "good")
        await store.withdraw(ANSWER)
        (left,) = await store.all()
        assert not await store.annotate(ANSWER, "U1", "Too late.")
    assert (left.team, left.channel, left.answer) == ANOTHER
    assert abs(left.given_at - time.time()) < 60
