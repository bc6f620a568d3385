"""An older release refuses the database of a newer one that it cannot use, and uses one that it can."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select, text

from bot.durable import schema_version as module
from bot.durable.database import check_database, open_database
from bot.durable.schema import schema_versions, tables
from bot.durable.schema_version import DBOS_VERSION, USABLE_FROM, VERSION
from bot.durable.shared_budget import budgets
from bot.errors import SettingsError
from tests.durable.prepared import open_prepared

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Executable

    from bot.durable.database import Database

MEND = "start that release or a newer one, or restore the backup from before the upgrade"
COUNTED = {1: "407f379ba051", 2: "4eb1d4cdde20", 3: "1dad41ad74f9"}
"""The columns of each version of our tables, in short. Whoever changes them counts the version up and adds a line."""


async def execute(where: Path | str, *statements: Executable) -> None:
    async with open_prepared(where) as database:
        for one in statements:
            await database.connections.execute(one)


def made_by(release: str, *, version: int, usable_from: int) -> Executable:
    return insert(schema_versions).values(version=version, usable_from=usable_from, release=release)


async def dbos_version(database: Database) -> int:
    table = "dbos_migrations" if database.file else "dbos.dbos_migrations"
    return int((await database.connections.execute(text(f"SELECT version FROM {table}"))).all[0][0])  # noqa: S608


def at(version: int, where: Path | str) -> Executable:
    table = "dbos.dbos_migrations" if isinstance(where, str) else "dbos_migrations"
    return text(f"UPDATE {table} SET version = {version}")  # noqa: S608


async def test_a_release_puts_its_state_of_the_tables_on_record_once(somewhere: Path | str) -> None:
    await execute(somewhere)
    async with open_prepared(somewhere) as database:
        found = (await database.connections.execute(select(schema_versions))).all
    assert [(one.version, one.usable_from) for one in found] == [(VERSION, USABLE_FROM)]


async def test_tables_that_a_newer_release_has_changed_are_refused_with_the_mend(
    somewhere: Path | str,
) -> None:
    later = VERSION + 2
    await execute(
        somewhere,
        made_by("8.1", version=later, usable_from=later),
        made_by("9.0", version=later + 1, usable_from=later),
    )
    with pytest.raises(
        SettingsError, match=rf"^DATABASE_URL: Teleprinter 9\.0 has changed .*{MEND}"
    ) as raised:
        async with open_database(somewhere):
            pass
    with pytest.raises(SettingsError) as checked:
        await check_database(somewhere)
    assert str(checked.value) == str(raised.value)


async def test_tables_that_a_newer_release_has_only_added_to_are_used(somewhere: Path | str) -> None:
    await execute(somewhere, made_by("9.0", version=VERSION + 1, usable_from=VERSION))
    async with open_prepared(somewhere):
        pass


async def test_tables_of_a_newer_dbos_are_refused_with_the_mend(somewhere: Path | str) -> None:
    await execute(somewhere, at(DBOS_VERSION + 1, somewhere))
    with pytest.raises(SettingsError, match=f"^DATABASE_URL: a newer release, with a newer DBOS .*{MEND}"):
        async with open_database(somewhere):
            pass


async def test_the_tables_of_a_dbos_that_is_installed_are_never_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await execute(tmp_path / "a.sqlite")
    monkeypatch.setattr(module, "DBOS_VERSION", 1)  # somebody has installed a newer one than we knew of
    await check_database(tmp_path / "a.sqlite")


async def test_we_know_the_tables_of_the_dbos_that_we_are_tested_with(somewhere: Path | str) -> None:
    async with open_prepared(somewhere) as database:
        assert await dbos_version(database) == DBOS_VERSION


def test_other_columns_have_another_version() -> None:
    columns = sorted(str(column) for table in (*tables.sorted_tables, budgets) for column in table.columns)
    assert COUNTED[VERSION] == sha256(" ".join(dict.fromkeys(columns)).encode()).hexdigest()[:12]
