"""What is to be kept is kept in the end; what the database refuses is raised."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.core.backoff import Backoff
from bot.durable import retried_writes as module
from bot.durable.database import open_database
from bot.durable.retried_writes import execute, persist, transact

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError


class Failing:
    """Fails in these ways, one after the other, and is done then."""

    def __init__(self, *errors: DBAPIError) -> None:
        self.left = list(errors)

    async def __call__(self) -> str:
        if self.left:
            raise self.left.pop(0)
        return "done"


def locked() -> OperationalError:
    busy = sqlite3.OperationalError("database is locked")
    busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError(None, None, busy)


async def test_work_is_done_again_until_the_database_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY", Backoff(0.01))
    async with open_database(None) as database:
        assert await persist(database, Failing(locked(), locked())) == "done"
        assert database.outage.is_on  # until a write has gone well for a while


async def test_what_the_database_refuses_for_another_reason_is_raised() -> None:
    async with open_database(None) as database:
        with pytest.raises(IntegrityError):
            await persist(database, Failing(IntegrityError(None, None, Exception("twice"))))
        assert not database.outage.is_on


async def test_a_statement_and_a_transaction_are_done_in_the_same_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "RETRY", Backoff(0.01))
    async with open_database(None) as database:
        answers = Failing(locked())

        async def hindered(*_: object) -> str:
            return await answers()

        monkeypatch.setattr(database.connections, "execute", hindered)
        done: object = await execute(database, select(1))
        assert done == "done"
        answers.left = [locked()]
        monkeypatch.setattr(database.connections, "transact", hindered)
        assert await transact(database, lambda _: "done") == "done"
