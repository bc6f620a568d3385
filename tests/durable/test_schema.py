"""The tables of an earlier version are made those of this one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import inspect, text

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.core.conversation.turn_order import TurnStage
from bot.durable.database import open_database
from bot.durable.schema import tables
from bot.durable.turn_store import TurnStore
from bot.durable.workflow import prepare
from tests.durable.prepared import open_prepared

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

EARLIER = sorted((Path(__file__).parent / "earlier").glob("*.sql"))
NEXT = AnswerKey(TurnKey(ThreadKey("T1", "C1", "1.0"), "3.0", "U1", Kind.MENTION))


def written(file: Path) -> Callable[[Connection], None]:
    statements = [one for one in file.read_text(encoding="utf-8").split(";\n") if one.strip()]

    def write(connection: Connection) -> None:
        for statement in statements:
            connection.execute(text(statement))

    return write


def shape(connection: Connection) -> dict[str, tuple[set[str], set[str | None]]]:
    """The columns and indexes of each table of ours."""
    look = inspect(connection)
    return {
        name: (
            {one["name"] for one in look.get_columns(name)},
            {one["name"] for one in look.get_indexes(name)},
        )
        for name in tables.tables
    }


def declared() -> dict[str, tuple[set[str], set[str | None]]]:
    return {
        name: ({one.name for one in table.columns}, {one.name and str(one.name) for one in table.indexes})
        for name, table in tables.tables.items()
    }


def rows(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    """What stands in each table that an earlier version can have had."""
    found = {name: connection.execute(table.select()).all() for name, table in tables.tables.items()}
    return {name: [tuple(one) for one in each] for name, each in found.items() if name != "schema_versions"}


@pytest.mark.parametrize("earlier", EARLIER, ids=lambda file: file.stem)
async def test_a_database_of_an_earlier_state_gets_what_it_lacks_and_keeps_what_it_has(
    earlier: Path, somewhere: Path | str
) -> None:
    async with open_database(somewhere) as database:
        await prepare(database)
        await database.connections.transact(written(earlier))
    async with open_prepared(somewhere) as database:
        assert await database.connections.transact(shape) == declared()
        kept = await database.connections.transact(rows)
    assert kept["threads"] == [("T1", "C1", "1.0", 0.0, "")]
    assert [one[:3] for one in kept["turns"]] == [("T1", "C1", "2.0")]
    assert kept["installations"] == INSTALLED[earlier.stem]
    assert [one[4:6] for one in kept["preferences"]] == WISHED[earlier.stem]


INSTALLED: dict[str, list[tuple[object, ...]]] = {
    "turns": [],
    "installations": [("A1", "T1", False, "sealed", "", 0.0, 0.0)],
    "wishes": [("A1", "T1", False, "sealed", "", 0.0, 7.0)],
    "approvals": [("A1", "T1", False, "sealed", "", 0.0, 7.0)],
    "steps": [("A1", "T1", False, "sealed", "", 0.0, 7.0)],
}
WISHED: dict[str, list[tuple[str, str]]] = {
    "turns": [],
    "installations": [],
    "wishes": [("", "Be brief")],
    "approvals": [("", "Be brief")],
    "steps": [("", "Be brief")],
}


@pytest.mark.parametrize("earlier", EARLIER, ids=lambda file: file.stem)
async def test_turns_go_on_in_a_database_of_an_earlier_state(earlier: Path, somewhere: Path | str) -> None:
    async with open_database(somewhere) as database:
        await prepare(database)
        await database.connections.transact(written(earlier))
    async with open_prepared(somewhere) as database:
        record = TurnStore(database, "me")
        await record.prepare()  # once more: nothing is made twice
        assert (await record.claim(NEXT, at_work=True)).stage is TurnStage.THINKING


def test_nothing_is_kept_but_ids_times_stages_and_counts() -> None:
    ours = [table for table in tables.sorted_tables if table.name in ("turns", "threads")]
    assert {column.name for table in ours for column in table.columns} == {
        "team", "channel", "ts", "thread_ts", "person", "stage", "replica", "attempts", "alone", "at_work", "ending",
        "vanished", "posted", "begun_at", "joined_at", "left_ts", "reserved", "reserved_on",
    }  # fmt: skip
