"""Transactions of ours are whole, and on SQLite nothing comes between their beginning and their end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Integer, column, event, select, table, text
from sqlalchemy.exc import OperationalError

from bot.durable.database import open_database
from bot.durable.workflow import prepare

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

MAKE = text("CREATE TABLE words (n INTEGER)")
ADD = text("INSERT INTO words VALUES (1)")
ALL = text("SELECT n FROM words")


async def test_a_statement_is_a_transaction_by_itself(somewhere: Path | str) -> None:
    async with open_database(somewhere) as database:
        await prepare(database)
        await database.connections.execute(MAKE)
        assert (await database.connections.execute(ADD)).count == 1
        rows = await database.connections.execute(ALL)
    assert (rows.all, rows.count) in (([(1,)], -1), ([(1,)], 1))


async def test_of_a_transaction_that_fails_nothing_is_written(somewhere: Path | str) -> None:
    def fail(connection: Connection) -> None:
        connection.execute(ADD)
        raise ValueError("no more")

    async with open_database(somewhere) as database:
        await prepare(database)
        await database.connections.execute(MAKE)
        with pytest.raises(ValueError, match="no more"):
            await database.connections.transact(fail)
        assert (await database.connections.execute(ALL)).all == []


async def test_a_loop_that_is_busy_keeps_no_file_locked(tmp_path: Path) -> None:
    def whole(connection: Connection) -> None:
        connection.execute(ADD)
        connection.execute(ADD)

    async with open_database(tmp_path / "a.sqlite") as one, open_database(tmp_path / "a.sqlite") as other:
        await one.connections.execute(MAKE)
        transaction = asyncio.create_task(one.connections.transact(whole))
        await asyncio.sleep(0)  # it has begun, in its thread
        with other.connections.engine.connect() as connection:
            # In the loop's own thread: it can do nothing else until the file is free.
            connection.execute(ADD)
            connection.commit()
        await transaction
        assert (await other.connections.execute(ALL)).all == [(1,)] * 3


async def test_who_reads_a_file_waits_for_nobody_who_waits_to_write(tmp_path: Path) -> None:
    numbers = select(column("n", Integer)).select_from(table("words"))
    async with open_database(tmp_path / "a.sqlite") as one, open_database(tmp_path / "a.sqlite") as other:
        await prepare(one)
        await one.connections.execute(MAKE)
        await one.connections.execute(ADD)
        with other.connections.engine.begin() as holder:
            holder.execute(ADD)
            waits = asyncio.create_task(one.connections.execute(ADD))
            await asyncio.sleep(0)  # its thread has it
            assert (await one.connections.execute(numbers)).all == [(1,)]
            assert not waits.done()
        await waits
        assert len((await one.connections.execute(numbers)).all) == 3


async def test_a_file_is_worked_on_by_one_connection_until_something_goes_wrong(tmp_path: Path) -> None:
    taken: list[object] = []
    async with open_database(tmp_path / "a.sqlite") as database:
        event.listen(database.connections.engine, "checkout", lambda *_: taken.append(1))
        await database.connections.execute(MAKE)
        await database.connections.transact(lambda connection: connection.execute(ADD))
        assert (await database.connections.execute(ALL)).all == [(1,)]
        assert len(taken) == 1
        with pytest.raises(OperationalError):
            await database.connections.execute(MAKE)
        assert (await database.connections.execute(ADD)).count == 1
        assert len(taken) == 2
