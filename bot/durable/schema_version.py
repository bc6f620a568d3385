"""Tells which releases can use a database: each that has changed our tables puts on record there which state of them it made.

A release that only adds tables and columns leaves the database to older ones as well: they leave alone what they do not know, so that
replicas of both work side by side while one replaces the other, and an operator can go back. One that changes what is there says from
which state on its readers understand it, and an older release refuses the database before it has written a word into it.

    our tables     on record     usable from     a release that knows state 3
    as it knows        3              1          uses it
    with additions     4              1          uses it
    changed            5              5          refuses it
    never recorded     -              -          uses it, and adds what is missing

DBOS puts the number of its own tables on record, and does not say from which on it can be used: there a higher one is refused.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import insert, select

from bot.durable.schema import schema_versions
from bot.errors import SettingsError

if TYPE_CHECKING:
    from sqlalchemy import Connection

VERSION = 3
"""Of the tables in `bot.durable.schema`: one more whenever they change."""
USABLE_FROM = 1
"""The oldest such version whose code can still use them: ours, whenever something that it uses is not as it was."""
DBOS_VERSION = 125
"""Of DBOS's tables as the release has them that we are tested with. From 100 on its numbers mean the same in every database."""
MEND = "start that release or a newer one, or restore the backup from before the upgrade."
_THERE_SQLITE = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '{}'"
_THERE_POSTGRES = "SELECT count(to_regclass('{}'))"


class RawConnection(Protocol):
    """A connection of either driver, as far as it is used here."""

    def execute(self, query: Any, /) -> Any:
        """Executes a statement; `fetchone()` of what it returns is a row or None."""
        ...


def refuse_newer_file(connection: RawConnection) -> None:
    """Raises SettingsError where a newer release has made of the SQLite file what this one cannot use."""
    _refuse_newer(connection, there=_THERE_SQLITE, dbos="dbos_migrations")


def refuse_newer_server(connection: RawConnection) -> None:
    """Raises SettingsError where a newer release has made of the PostgreSQL database what this one cannot use."""
    _refuse_newer(connection, there=_THERE_POSTGRES, dbos="dbos.dbos_migrations")


def record_version(connection: Connection) -> None:
    """Puts on record which state of the tables this release makes. For whoever holds the lock under which they are made."""
    ours = select(schema_versions.c.version).where(schema_versions.c.version == VERSION)
    if connection.execute(ours).first() is None:
        connection.execute(
            insert(schema_versions).values(
                version=VERSION, usable_from=USABLE_FROM, release=version("teleprinter")
            )
        )


def _refuse_newer(connection: RawConnection, *, there: str, dbos: str) -> None:
    changed = "SELECT release FROM schema_versions WHERE usable_from > {} ORDER BY version DESC LIMIT 1"
    if newest := _read(connection, "schema_versions", changed.format(VERSION), there=there):
        raise SettingsError(
            f"DATABASE_URL: Teleprinter {newest} has changed the tables of this database, and Teleprinter {version('teleprinter')} "
            f"cannot use them: {MEND}"
        )
    recorded = _read(connection, dbos, f"SELECT version FROM {dbos}", there=there)  # noqa: S608  (a name of ours)
    if recorded is not None and recorded > DBOS_VERSION and recorded > _known_to_dbos():
        raise SettingsError(
            f"DATABASE_URL: a newer release, with a newer DBOS than {version('dbos')}, has changed the tables of this database: {MEND}"
        )


def _read(connection: RawConnection, table: str, question: str, *, there: str) -> Any:
    """Reads what answers the question; None where nothing does, or where there is no such table."""
    if not connection.execute(there.format(table)).fetchone()[0]:
        return None
    found = connection.execute(question).fetchone()
    return None if found is None else found[0]


def _known_to_dbos() -> int:
    """The number of the tables that the installed DBOS makes, which may be newer than the one we are tested with."""
    from dbos import DBOS

    with TemporaryDirectory(prefix="teleprinter-") as folder:
        file = Path(folder) / "known.sqlite"
        DBOS.migrate(f"sqlite:///{file}")
        with closing(sqlite3.connect(file)) as connection:
            return int(connection.execute("SELECT version FROM dbos_migrations").fetchone()[0])
