"""Which databases can be used, and what is said of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.errors import SettingsError
from bot.turns.database import open_database

if TYPE_CHECKING:
    from pathlib import Path

    from bot.turns.database import Database
    from tests.postgres import Server


@pytest.mark.parametrize("name", ["missing/a.sqlite", "text.sqlite", "."])
async def test_a_file_that_cannot_be_used_is_a_wrong_setting(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    (tmp_path / "text.sqlite").write_text("this is no database, only some text in a file")
    with pytest.raises(SettingsError, match=r"DATABASE_URL: .* cannot be used"):
        async with open_database(path):
            pass


async def test_a_server_that_is_not_there_is_a_wrong_setting_and_no_password_is_told(
    unused_port: int,
) -> None:
    with pytest.raises(SettingsError, match=r"PostgreSQL cannot be used at .*ada:\*\*\*@127") as raised:
        async with open_database(f"postgresql://ada:secret@127.0.0.1:{unused_port}/bot"):
            pass
    assert "secret" not in str(raised.value)


async def test_a_database_that_is_missing_on_a_server_is_made_later(postgres_server: Server) -> None:
    async with open_database(postgres_server.url) as database:
        assert (database.file, database.lasting) == (None, True)


async def test_what_is_kept_nowhere_is_a_file_that_goes_with_the_block() -> None:
    async with open_database(None) as database:
        assert not database.lasting
        assert exists(database)
    assert not exists(database)


def exists(database: Database) -> bool:
    return database.file is not None and database.file.exists()


async def test_two_who_read_and_then_write_take_turns(tmp_path: Path) -> None:
    async with (
        open_database(tmp_path / "a.sqlite") as one,
        open_database(tmp_path / "a.sqlite") as other,
    ):
        async with one.engine.begin() as first:
            await first.execute(text("CREATE TABLE counts (n INTEGER)"))
            await first.execute(text("INSERT INTO counts VALUES (1)"))
        async with other.engine.begin() as second:
            await second.execute(text("SELECT n FROM counts"))
            await second.execute(text("UPDATE counts SET n = n + 1"))
        async with one.engine.connect() as third:
            assert (await third.execute(text("SELECT n FROM counts"))).scalar() == 2
