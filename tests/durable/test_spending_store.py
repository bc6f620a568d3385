"""What is spent of each budget, on SQLite and PostgreSQL, by one replica and by several."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.conversation.spending import ESTIMATE, Cap, ModelUse, SpendingLimits
from bot.durable.spending_store import KEPT_DAYS, Reservation, SpendingStore
from bot.durable.turn_store import TurnStore
from tests.durable.prepared import open_prepared
from tests.fakes import an_answer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

NOON = 1_795_780_800.0  # 2026-11-27 12:00 UTC
DAY = 24 * 3600.0
MONTH_OF_A_CENT = SpendingLimits(team_month=10_000)


@dataclass
class Clock:
    now: float = NOON

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def a_store(
    where: Path | str, limits: SpendingLimits, clock: Clock | None = None
) -> AsyncGenerator[SpendingStore]:
    async with open_prepared(where) as database:
        yield SpendingStore(database, limits, now=clock or Clock())


def used(tokens: int = 10, micros: int = 0) -> ModelUse:
    return ModelUse("gpt", tokens, 0, micros)


async def reserved(store: SpendingStore, person: str = "U1") -> Reservation:
    place = await store.reserve("T", person)
    assert isinstance(place, Reservation)
    return place


async def test_without_a_limit_everybody_has_a_place_and_use_is_noted(somewhere: Path | str) -> None:
    async with a_store(somewhere, SpendingLimits()) as store:
        for _ in range(2):
            await store.settle(await reserved(store), ModelUse("gpt", 10, 5, 7), answered=True)
        (row,) = await store.used(since="2026-11-27")
    assert (row.person, row.model, row.turns) == ("U1", "gpt", 2)
    assert (row.input_tokens, row.output_tokens, row.micros) == (20, 10, 14)


async def test_a_person_has_so_many_turns_a_day_and_others_have_theirs(somewhere: Path | str) -> None:
    clock = Clock()
    async with a_store(somewhere, SpendingLimits(person_turns=2), clock) as store:
        for _ in range(2):
            await store.settle(await reserved(store), used(), answered=True)
        assert await store.reserve("T", "U1") is Cap.PERSON
        assert isinstance(await store.reserve("T", "U2"), Reservation)
        assert isinstance(await store.reserve("T9", "U1"), Reservation)
        clock.now += DAY
        assert isinstance(await store.reserve("T", "U1"), Reservation)


async def test_who_is_refused_by_one_budget_takes_nothing_from_another(somewhere: Path | str) -> None:
    async with a_store(somewhere, SpendingLimits(person_turns=2, team_turns=1)) as store:
        place = await reserved(store)
        assert [await store.reserve("T", "U1") for _ in range(3)] == [Cap.TEAM] * 3
        await store.settle(place, None)
        await store.settle(await reserved(store), None)
        assert isinstance(await store.reserve("T", "U1"), Reservation)


async def test_tokens_are_taken_by_a_guess_that_is_put_right(somewhere: Path | str) -> None:
    async with a_store(somewhere, SpendingLimits(person_tokens=ESTIMATE + 1)) as store:
        first, second = await reserved(store), await reserved(store)
        assert await store.reserve("T", "U1") is Cap.PERSON
        await store.settle(first, used(ESTIMATE), answered=True)
        assert await store.reserve("T", "U1") is Cap.PERSON
        await store.settle(second, used(0), answered=True)
        assert isinstance(await store.reserve("T", "U1"), Reservation)


async def test_a_month_that_has_cost_enough_is_over_until_the_next(somewhere: Path | str) -> None:
    clock = Clock()
    async with a_store(somewhere, MONTH_OF_A_CENT, clock) as store:
        await store.settle(await reserved(store), used(micros=9_999), answered=True)
        await store.settle(await reserved(store), used(micros=1), answered=True)
        assert await store.reserve("T", "U2") is Cap.MONTH
        clock.now += DAY
        assert await store.reserve("T", "U2") is Cap.MONTH
        clock.now += 3 * DAY  # December
        assert isinstance(await store.reserve("T", "U2"), Reservation)


async def test_a_turn_that_another_process_has_begun_keeps_its_place(somewhere: Path | str) -> None:
    turn = an_answer()
    async with open_prepared(somewhere) as database:
        record = TurnStore(database, "me")
        await record.claim(turn, at_work=True)
        store = SpendingStore(database, SpendingLimits(person_turns=1), now=(clock := Clock()))
        place = await store.reserve("T", "U", turn)
        clock.now += DAY
        assert await store.reserve("T", "U", turn) == place
        assert isinstance(place, Reservation)
        await store.settle(place, used(), answered=True)
        again = await store.reserve("T", "U", turn)
        assert again == Reservation("T", "U", "2026-11-27", 0, turn)


async def test_a_turn_that_is_refused_may_try_again_another_day(somewhere: Path | str) -> None:
    turn, clock = an_answer(), Clock()
    async with open_prepared(somewhere) as database:
        record = TurnStore(database, "me")
        await record.claim(turn, at_work=True)
        store = SpendingStore(database, SpendingLimits(person_turns=1), now=clock)
        await store.reserve("T", "U")
        assert await store.reserve("T", "U", turn) is Cap.PERSON
        clock.now += DAY
        assert isinstance(await store.reserve("T", "U", turn), Reservation)


async def test_replicas_that_ask_at_once_never_take_more_than_there_is(somewhere: Path | str) -> None:
    limits = SpendingLimits(person_turns=3, team_turns=8)
    async with a_store(somewhere, limits) as one, a_store(somewhere, limits) as other:
        places = await asyncio.gather(
            *(store.reserve("T", f"U{number % 4}") for number in range(24) for store in (one, other))
        )
    taken = [one.person for one in places if isinstance(one, Reservation)]
    assert len(taken) == 8
    assert max(taken.count(one) for one in taken) <= 3


async def test_what_is_old_is_forgotten_but_for_the_month_and_the_year(somewhere: Path | str) -> None:
    clock = Clock()
    async with a_store(somewhere, SpendingLimits(person_turns=1, team_month=10_000), clock) as store:
        await store.settle(await reserved(store), used(micros=10_000), answered=True)
        await store.forget(NOON + DAY)
        assert await store.reserve("T", "U1") is Cap.MONTH  # its day is forgotten, its month is not
        assert len(await store.used(since="")) == 1
        await store.forget(NOON + (KEPT_DAYS + 1) * DAY)
        assert isinstance(await store.reserve("T", "U1"), Reservation)
        assert await store.used(since="") == []


async def test_use_is_told_of_one_workspace_and_person_where_they_are_named(somewhere: Path | str) -> None:
    async with a_store(somewhere, SpendingLimits()) as store:
        for team, person in (("T", "U1"), ("T", "U2"), ("T9", "U1")):
            place = await store.reserve(team, person)
            assert isinstance(place, Reservation)
            await store.settle(place, used(), answered=True)
        assert len(await store.used(since="2026-11-27")) == 3
        assert len(await store.used(since="2026-11-27", team="T")) == 2
        assert len(await store.used(since="2026-11-27", team="T", person="U1")) == 1
        assert await store.used(since="2026-11-28") == []


async def test_what_fails_is_paid_for_and_gives_its_place_back(somewhere: Path | str) -> None:
    async with a_store(somewhere, SpendingLimits(person_turns=1)) as store:
        await store.settle(await reserved(store), used(tokens=10, micros=5), answered=False)
        assert isinstance(await store.reserve("T", "U1"), Reservation)
        (row,) = await store.used(since="")
    assert (row.turns, row.input_tokens, row.micros) == (0, 10, 5)
