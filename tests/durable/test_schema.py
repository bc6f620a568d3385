"""The tables of an earlier version are made those of this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from bot.durable.database import open_database
from bot.durable.schema import make_tables, tables, threads, turns
from bot.durable.workflow import prepare

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

LATER = (
    ("turns", "alone"),
    ("turns", "at_work"),
    ("turns", "reserved"),
    ("turns", "reserved_on"),
    ("threads", "joined_at"),
    ("threads", "left_ts"),
)
"""Columns that the first version did not have."""


async def test_columns_that_are_missing_are_added_and_rows_stay(somewhere: Path | str) -> None:
    async with open_database(somewhere) as database:
        await prepare(database)
        kept = await database.connections.transact(as_the_first_version_left_it)
    assert kept == ("T", "C", "1.0", 0.0, "")


def as_the_first_version_left_it(connection: Connection) -> object:
    """Makes its tables those of this one, twice; returns a row that stood there."""
    make_tables(connection)
    for table, column in LATER:
        connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
    connection.execute(text("INSERT INTO threads VALUES ('T', 'C', '1.0')"))
    make_tables(connection)
    make_tables(connection)
    assert names(connection, "turns") == {column.name for column in turns.columns}
    return tuple(connection.execute(threads.select()).one())


def names(connection: Connection, table: str) -> set[str]:
    return {column["name"] for column in inspect(connection).get_columns(table)}


def test_nothing_is_kept_but_ids_times_stages_and_counts() -> None:
    ours = [table for table in tables.sorted_tables if table.name in ("turns", "threads")]
    assert {column.name for table in ours for column in table.columns} == {
        "team", "channel", "ts", "thread_ts", "person", "stage", "replica", "attempts", "alone", "at_work", "ending",
        "vanished", "begun_at", "joined_at", "left_ts", "reserved", "reserved_on",
    }  # fmt: skip
