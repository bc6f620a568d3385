"""The tables that we keep beside those of DBOS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    false,
    inspect,
    text,
)
from sqlalchemy.schema import CreateColumn

from bot.core.conversation.turn_order import TurnStage

if TYPE_CHECKING:
    from sqlalchemy import Connection

tables = MetaData()
schema_versions = Table(
    "schema_versions",
    tables,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("usable_from", Integer, nullable=False),
    Column("release", String, nullable=False),
)
turns = Table(
    "turns",
    tables,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("ts", String, primary_key=True),
    Column("thread_ts", String, nullable=False),
    Column("person", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("replica", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("alone", Integer, nullable=False, server_default=text("0")),
    Column("at_work", Boolean, nullable=False, server_default=false()),
    Column("ending", String),
    Column("vanished", String, nullable=False),
    Column("posted", String, nullable=False, server_default=text("''")),
    Column("begun_at", Float, nullable=False, index=True),
    Column("reserved", Integer, nullable=False, server_default=text("0")),
    Column("reserved_on", String, nullable=False, server_default=text("''")),
)
RUNNING = turns.c.stage.in_([TurnStage.THINKING.value, TurnStage.WRITING.value])
Index(
    "one_running_turn_a_thread",
    turns.c.team,
    turns.c.channel,
    turns.c.thread_ts,
    unique=True,
    sqlite_where=text("stage IN ('thinking', 'writing')"),
    postgresql_where=text("stage IN ('thinking', 'writing')"),
)
Index("turns_of_a_replica", turns.c.replica, turns.c.stage)
threads = Table(
    "threads",
    tables,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("thread_ts", String, primary_key=True),
    Column("joined_at", Float, nullable=False, server_default=text("0")),
    Column("left_ts", String, nullable=False, server_default=text("''")),
)
feedback = Table(
    "feedback",
    tables,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("answer", String, primary_key=True),
    Column("person", String, primary_key=True),
    Column("verdict", String, nullable=False),
    Column("note", String, nullable=False, server_default=text("''")),
    Column("given_at", Float, nullable=False),
)
spending = Table(
    "spending",
    tables,
    Column("team", String, primary_key=True),
    Column("person", String, primary_key=True),
    Column("period", String, primary_key=True),
    Column("turns", Integer, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("micros", BigInteger, nullable=False),
)
usage = Table(
    "usage",
    tables,
    Column("team", String, primary_key=True),
    Column("person", String, primary_key=True),
    Column("day", String, primary_key=True),
    Column("model", String, primary_key=True),
    Column("turns", Integer, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("micros", BigInteger, nullable=False),
)
installations = Table(
    "installations",
    tables,
    Column("client", String, primary_key=True),
    Column("team", String, primary_key=True),
    Column("org_wide", Boolean, nullable=False),
    Column("token", String, nullable=False),
    Column("refresh_token", String, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("installed_at", Float, nullable=False, server_default=text("0")),
)
preferences = Table(
    "preferences",
    tables,
    Column("team", String, primary_key=True),
    Column("holder", String, primary_key=True),
    Column("installer", String, nullable=False),
    Column("language", String, nullable=False),
    Column("model", String, nullable=False),
    Column("instructions", String, nullable=False),
    Column("sealed", Boolean, nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("follow", String, nullable=False, server_default=text("''")),
    Column("off", Boolean, nullable=False, server_default=false()),
)
oauth_states = Table(
    "oauth_states",
    tables,
    Column("state", String, primary_key=True),
    Column("expires_at", Float, nullable=False),
)

approvals = Table(
    "approvals",
    tables,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("answer", String, primary_key=True),
    Column("digest", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("thread_ts", String, nullable=False),
    Column("message_ts", String, nullable=False, server_default=text("''")),
    Column("person", String, nullable=False),
    Column("approvers", String, nullable=False, server_default=text("''")),
    Column("state", String, nullable=False),
    Column("decided_by", String, nullable=False, server_default=text("''")),
    Column("asked_at", Float, nullable=False, index=True),
    Column("expires_at", Float, nullable=False),
    Column("shown", String, nullable=False, server_default=text("'open'")),
)


def make_tables(connection: Connection) -> None:
    """Make the tables, and in those of an earlier version the columns and indexes, that are missing.

    A column that is added to a table has to say what stands there in the rows that are there already.
    """
    tables.create_all(connection)
    for table in tables.sorted_tables:
        there = {column["name"] for column in inspect(connection).get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                new = CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {new}")
        for index in table.indexes:
            index.create(connection, checkfirst=True)
