"""Which databases can be used, and what is said of the others."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from contextlib import closing
from pathlib import PosixPath
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from sqlalchemy import make_url, text

from bot.durable import database as module
from bot.durable.database import PATIENCE, apart, check_database, open_database, patient, share_a_session
from bot.durable.liveness import alive
from bot.durable.workflow import prepare
from bot.errors import SettingsError
from tests.pooler import pooler

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

    from bot.durable.database import Database
    from tests.postgres import Server


@pytest.mark.parametrize("name", ["missing/a.sqlite", "text.sqlite", "."])
async def test_a_file_that_cannot_be_used_is_a_wrong_setting(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    (tmp_path / "text.sqlite").write_text("this is no database, only some text in a file")
    with pytest.raises(SettingsError, match=r"DATABASE_URL: .* cannot be used"):
        async with open_database(path):
            pass


@pytest.mark.parametrize("name", ["missing/a.sqlite", "text.sqlite", "."])
async def test_a_check_says_what_opening_would(tmp_path: Path, name: str) -> None:
    (tmp_path / "text.sqlite").write_text("this is no database, only some text in a file")
    with pytest.raises(SettingsError, match=r"DATABASE_URL: .* cannot be used"):
        await check_database(tmp_path / name)


async def test_a_check_has_nothing_to_say_of_what_can_be_used(somewhere: Path | str) -> None:
    await check_database(somewhere)
    await check_database(None)


async def test_many_may_open_the_same_file_at_once_and_nothing_is_left_of_it(tmp_path: Path) -> None:
    await asyncio.gather(*(check_database(tmp_path / "a.sqlite") for _ in range(8)))
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []


class ClosedMeanwhile(PosixPath):
    """A file that another replica holds open until somebody has looked at those that SQLite keeps beside it: with it they go."""

    other: ClassVar[sqlite3.Connection]

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        found = super().stat(follow_symlinks=follow_symlinks)
        if self.name.endswith("-wal"):
            self.other.close()
        return found


async def test_a_replica_that_closes_the_file_while_another_opens_it_is_in_nobody_s_way(
    tmp_path: Path,
) -> None:
    file = ClosedMeanwhile(tmp_path / "a.sqlite")
    ClosedMeanwhile.other = sqlite3.connect(file, check_same_thread=False)
    ClosedMeanwhile.other.executescript("PRAGMA journal_mode=WAL; CREATE TABLE one (n INTEGER)")
    await check_database(file)
    assert list(modes(tmp_path)) == ["a.sqlite"]


async def test_a_check_does_not_wait_for_a_locked_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY", 0.01)
    with closing(sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        await check_database(tmp_path / "a.sqlite")


async def test_a_server_that_is_not_there_is_a_wrong_setting_and_no_password_is_told(
    unused_port: int,
) -> None:
    with pytest.raises(SettingsError, match="PostgreSQL cannot be used at this address") as raised:
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
        await one.connections.execute(text("CREATE TABLE counts (n INTEGER)"))
        await one.connections.execute(text("INSERT INTO counts VALUES (1)"))
        await asyncio.gather(*(each.connections.transact(count) for each in (one, other) * 5))
        assert (await one.connections.execute(text("SELECT n FROM counts"))).all == [(11,)]


def count(connection: Connection) -> None:
    """Reads, and then writes what was read and one."""
    found = connection.execute(text("SELECT n FROM counts")).scalar_one()
    connection.execute(text("UPDATE counts SET n = :n"), {"n": found + 1})


@pytest.mark.parametrize("pools_by", ["transaction", "statement"])
async def test_a_pooler_that_does_not_pool_by_session_is_a_wrong_setting(
    postgres_server: Server, pools_by: str
) -> None:
    wrong = r"let it pool by session \(PgBouncer: pool_mode=session\)"
    with pooler(postgres_server, pools_by=pools_by) as url, pytest.raises(SettingsError, match=wrong):
        async with open_database(url):
            pass


async def test_a_pooler_by_session_is_as_good_as_the_server(postgres_server: Server) -> None:
    with pooler(postgres_server, pools_by="session") as url:
        async with open_database(url) as database:
            assert database.lasting


class Pool:
    """Connections that a pooler serves from these sessions, which it hands out by `next_of`."""

    def __init__(self, sessions: list[int], next_of: Callable[[list[int], int], int]) -> None:
        self.sessions = sessions
        self.next_of = next_of
        self.asked = 0

    def client(self) -> Any:
        return SimpleNamespace(execute=self._execute)

    def _execute(self, _query: str) -> Any:
        session = self.next_of(self.sessions, self.asked)
        self.asked += 1
        return SimpleNamespace(fetchone=lambda: (session,))


@pytest.mark.parametrize("sessions", [1, 2, 3, 5, 8])
def test_a_pooler_that_hands_out_its_sessions_in_turn_is_noticed(sessions: int) -> None:
    pool = Pool(list(range(sessions)), lambda each, asked: each[asked % len(each)])
    assert share_a_session(pool.client(), pool.client())


async def test_an_address_is_patient_unless_it_says_otherwise() -> None:
    url = make_url(patient("postgresql://ada:p%40ss@db/bot?connect_timeout=9&sslmode=require"))
    assert url.password == "p@ss"
    assert (url.query["connect_timeout"], url.query["sslmode"]) == ("9", "require")
    assert url.query["tcp_user_timeout"] == PATIENCE["tcp_user_timeout"]


async def test_what_is_kept_is_for_its_owner_alone(tmp_path: Path) -> None:
    old = tmp_path / "old.sqlite"
    old.touch(0o644)
    async with open_database(old) as database, alive(database, "me"):
        await database.connections.execute(text("CREATE TABLE words (n INTEGER)"))
        assert modes(tmp_path) == dict.fromkeys(
            ("old.sqlite", "old.sqlite-wal", "old.sqlite-shm", "me.lock"), 0o600
        )


def modes(folder: Path) -> dict[str, int]:
    """The mode of each file in the folder and below."""
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}


async def test_who_watches_has_connections_of_its_own(somewhere: Path | str) -> None:
    async with open_database(somewhere) as database:
        await prepare(database)
        other = apart(database)
        assert other.connections is not database.connections
        assert (other.url, other.file) == (database.url, database.file)
        assert (await other.connections.execute(text("SELECT 1"))).all == [(1,)]
        await other.connections.close()
