"""Two replicas that spend from one budget, on both databases."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from bot.core.delivery.reply import Reply
from bot.core.pacing.budget import workspace_budgets
from bot.core.pacing.pacing import Pacing
from bot.durable import connections
from bot.durable import shared_budget as module
from bot.durable.database import open_database
from bot.durable.shared_budget import FEWEST, BudgetRows, SharedBudget
from bot.durable.turn_store import TurnStore
from bot.durable.workflow import prepare
from tests.durable.prepared import open_prepared
from tests.fakes import an_answer
from tests.patience import HANGING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    from sqlalchemy import Engine

    from bot.durable.outage import Outage
    from tests.postgres import Server


@dataclass
class Replica:
    """One of them: what it may spend, and its side of the row. Each has a clock of its own."""

    pacing: Pacing
    purse: SharedBudget
    clock: Callable[[], float]
    engine: Engine

    async def call(self, *, slots: int = 1, urgent: bool = False) -> bool:
        """A call that leaves, if all together allow it, and is answered at once."""
        budget = self.pacing.updates
        budget.leave()
        if not await self.purse.ask(budget, "chat.update", slots=slots, urgent=urgent):
            budget.withdraw()
            return False
        budget.answered(self.clock())
        self.purse.answered(budget)
        return True


def a_clock(behind: float) -> Callable[[], float]:
    """A clock that shows another time than that of others: only the row's is everybody's.

    It may show less than nothing, as that of a machine does that started a moment ago: 0 is no time long past.
    """
    return lambda: time.monotonic() - behind


@asynccontextmanager
async def replicas(where: Path | str, *names: str, limit: int = 4) -> AsyncGenerator[list[Replica]]:
    async with AsyncExitStack() as stack:
        made = []
        for behind, name in enumerate(names):
            database = await stack.enter_async_context(open_database(where))
            await prepare(database)
            await TurnStore(database, name).prepare()
            pacing = Pacing(workspace_budgets(updates=limit))
            clock = a_clock(1000.0 * behind)
            purse = SharedBudget(database, pacing, team="T", replica=name, clock=clock)
            made.append(Replica(pacing, purse, clock, database.connections.engine))
        yield made


async def test_two_spend_no_more_than_one_may(somewhere: Path | str) -> None:
    async with replicas(somewhere, "a", "b") as both:
        spent = [await each.call() for _ in range(4) for each in both]
    assert spent == [True] * 4 + [False] * 4


async def test_of_many_at_once_no_more_leave_than_are_allowed(somewhere: Path | str) -> None:
    async with replicas(somewhere, "a", "b") as both:
        spent = await asyncio.gather(*(each.call() for _ in range(5) for each in both))
    assert sum(spent) == 4


async def test_who_is_alone_on_a_file_asks_it_by_one_statement_a_call(tmp_path: Path) -> None:
    async with replicas(tmp_path / "a.sqlite", "a") as (a,):
        assert await a.call()
        statements: list[str] = []
        event.listen(a.engine, "before_cursor_execute", lambda *sent: statements.append(sent[2]))
        assert await a.call()
        assert await a.call()
    assert [one.split()[0] for one in statements] == ["UPDATE", "UPDATE"]


async def test_who_is_told_to_end_while_it_asks_for_others_leaves_them_an_answer(tmp_path: Path) -> None:
    async with replicas(tmp_path / "a.sqlite", "a") as (a,):
        asking = [asyncio.create_task(a.call()) for _ in range(3)]
        await asyncio.sleep(0)
        asking[0].cancel()
        spent = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(spent[0], asyncio.CancelledError)
    assert spent[1:] == [True, True]


async def test_slots_that_are_kept_are_kept_from_all(somewhere: Path | str) -> None:
    async with replicas(somewhere, "a", "b") as (a, b):
        assert await a.call()
        assert await b.call()
        assert not await b.call(slots=3)
        assert await b.call(slots=2)


async def test_after_a_refusal_we_know_when_to_ask_again(somewhere: Path | str) -> None:
    async with replicas(somewhere, "a", "b", limit=2) as (a, b):
        assert await a.call()
        assert await a.call()
        assert not await b.call()
        assert 50 < b.pacing.updates.free_at(b.clock()) - b.clock() < 75


async def test_a_429_is_for_all(somewhere: Path | str) -> None:
    async with replicas(somewhere, "a", "b") as (a, b):
        a.pacing.updates.leave()
        a.pacing.updates.limited(a.clock(), 30.0)
        await a.call()
        assert not await b.call()
        assert 25 < b.pacing.updates.verdict[0] - b.clock() <= 30


async def test_each_knows_of_the_replies_of_the_other(somewhere: Path | str) -> None:
    async with replicas(somewhere, "a", "b") as (a, b):
        a.pacing.add(Reply(an_answer()), a.clock())
        b.pacing.add(Reply(an_answer("2.0")), b.clock())
        await a.purse.look()
        await b.purse.look()
        await a.purse.look()
    one = a.pacing.crowd(a.clock())
    for other in (a.pacing.elsewhere, b.pacing.elsewhere):
        assert (other.running, other.to_go) == (1, one.to_go)
        assert other.coming == pytest.approx(one.coming, rel=0.1)  # fewer are expected the longer nobody asks


async def test_a_lost_database_means_a_share_and_not_a_stop(
    postgres_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN", 0.0)
    async with replicas(postgres_server.url, "a", "b", limit=8) as (a, _):
        assert await a.call()
        postgres_server.stop()
        spent = [await a.call() for _ in range(8)]
        postgres_server.start_again()
        assert sum(spent) == 8 // FEWEST
        assert await a.call()  # the whole limit is back


async def test_a_lost_database_is_not_asked_before_every_call(
    postgres_server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "AGAIN", 3600.0)  # however slow the machine: the next look is far away
    async with replicas(postgres_server.url, "a", limit=8) as (a,):
        postgres_server.stop()
        spent = [await a.call() for _ in range(3)]
        postgres_server.start_again()
    assert spent == [True] * 3
    assert caplog.messages.count("budget.alone") == 1


async def test_rows_that_nobody_changes_are_forgotten(somewhere: Path | str) -> None:
    async with open_database(somewhere) as database, replicas(somewhere, "a", "b", limit=1) as (a, b):
        assert await a.call()
        await BudgetRows(database).forget(time.time() - 60)
        assert not await b.call()
        await BudgetRows(database).forget(time.time() + 60)
        b.pacing.updates.hear([], closed_until=float("-inf"), lowered=None)
        assert await b.call()


async def test_rows_are_forgotten_when_a_locked_file_is_free_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "LOCKED", 10)
    monkeypatch.setattr(module, "AGAIN", 0.01)
    async with open_prepared(tmp_path / "a.sqlite") as database:
        with closing(sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            forgetting = asyncio.create_task(BudgetRows(database).forget(0.0))
            await is_out(database.outage)
            other.execute("ROLLBACK")
        async with asyncio.timeout(HANGING):
            await forgetting


async def is_out(outage: Outage) -> None:
    async with asyncio.timeout(HANGING):
        while True:
            if outage.is_on:
                return
            await asyncio.sleep(0.01)
