"""What the bot's process holds at a moment at which nothing runs, and whether that grows."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from sqlalchemy import create_engine, func, inspect, select, table

from benchmarks.chaos.scrape import scrape
from benchmarks.costs.process_usage import Usage
from bot.durable.dbos_pool import OF_A_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.chaos.replicas import Replica

MEMORY = 0.05  # by how much of it memory may grow after the warm-up
SPARE = 3
"""Tasks, sockets and files that may be more than after the warm-up: a connection that was just opened."""
MOST_CONNECTIONS = OF_A_FILE + SPARE
UNFINISHED = ("PENDING", "ENQUEUED")


@dataclass(frozen=True, slots=True)
class Sample:
    """After so many turns: megabytes, seconds of CPU, counts of what is open, and megabytes of the database."""

    turns: int
    memory: float
    cpu: float
    tasks: int
    sockets: int
    files: int  # but for those of the database
    connections: int  # to a database in a file; those to a server are sockets
    database: float


async def take_sample(replica: Replica, turns: int, database: str) -> Sample:
    """What the process holds now. Raises what `scrape` does, and OSError where there is no Linux."""
    figures = await scrape(replica, turns)
    usage, opened = Usage.of(replica.process.pid), descriptors(replica.process.pid)
    filed = [one for one in opened if one.startswith(database.removeprefix("sqlite:///"))]
    return Sample(
        turns,
        usage.memory,
        usage.cpu,
        int(figures["teleprinter_event_loop_tasks"]),
        sockets := sum(one.startswith("socket:") for one in opened),
        len(opened) - sockets - len(filed),
        sum(not one.endswith(("-wal", "-shm")) for one in filed),
        megabytes(database),
    )


def descriptors(pid: int) -> list[str]:
    """What the process has open."""
    found = []
    for one in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            found.append(os.readlink(one))
    return found


def megabytes(database: str) -> float:
    """How large the database is, a file with what is written beside it."""
    engine = create_engine(sync_url(database))
    try:
        if engine.dialect.name == "sqlite":
            file = Path(str(engine.url.database))
            return sum(one.stat().st_size for one in file.parent.glob(f"{file.name}*")) / 1e6
        with engine.connect() as connection:
            return (
                int(connection.execute(select(func.pg_database_size(engine.url.database))).scalar_one()) / 1e6
            )
    finally:
        engine.dispose()


def rows(database: str) -> dict[str, int]:
    """How many rows each table has, and of turns how many are not over."""
    engine, found = create_engine(sync_url(database)), dict[str, int]()
    try:
        with engine.connect() as connection:
            look = inspect(connection)
            schemas = [one for one in look.get_schema_names() if one != "information_schema"]
            for schema in schemas:
                for name in look.get_table_names(schema):
                    one = table(name, schema=schema)
                    found[name] = connection.execute(select(func.count()).select_from(one)).scalar_one()
            schema = next(one for one in schemas if "workflow_status" in look.get_table_names(one))
            prefix = f"{schema}."
            unfinished = f"SELECT count(*) FROM {prefix}workflow_status WHERE status IN {UNFINISHED}"  # noqa: S608
            found["not over"] = connection.exec_driver_sql(unfinished).scalar_one()
            open_turns = "SELECT count(*) FROM turns WHERE stage <> 'over'"
            found["not over"] += connection.exec_driver_sql(open_turns).scalar_one()
    finally:
        engine.dispose()
    return found


def sync_url(database: str) -> str:
    """The address as SQLAlchemy wants it."""
    return database.replace("postgresql://", "postgresql+psycopg://", 1)


def leaks(samples: Sequence[Sample]) -> list[str]:
    """What has grown since the first of these samples, in words; nothing where nothing has."""
    first, last = samples[0], samples[-1]
    found = []
    if last.memory > first.memory * (1 + MEMORY):
        found.append(f"memory has grown from {first.memory:.0f} to {last.memory:.0f} MB")
    if last.connections > MOST_CONNECTIONS:
        found.append(
            f"there are {last.connections} connections to the file, where {MOST_CONNECTIONS} are kept"
        )
    for name in ("tasks", "sockets", "files"):
        before, after = getattr(first, name), getattr(last, name)
        if after > before + SPARE:
            found.append(f"there are {after} {name} instead of {before}")
    return found


def samples_table(samples: Sequence[Sample], warm: int) -> Table:
    """All samples for people; those that belong to the warm-up are marked."""
    shown = Table(
        "turns", "memory, MB", "CPU a turn, ms", "tasks", "sockets", "files", "connections", "database, MB", "",
        title="What it holds when nothing runs",
    )  # fmt: skip
    before = None
    for one in samples:
        turns = one.turns - before.turns if before else 0
        cpu = f"{1000 * (one.cpu - before.cpu) / turns:.1f}" if before and turns else ""
        shown.add_row(
            f"{one.turns:,}",
            f"{one.memory:.1f}",
            cpu,
            str(one.tasks),
            str(one.sockets),
            str(one.files),
            str(one.connections),
            f"{one.database:.1f}",
            "warm-up" if one.turns < warm else "",
        )
        before = one
    return shown


def rows_table(found: Mapping[str, int], turns: int) -> Table:
    """How many rows there are of each kind, and how many that is a turn."""
    shown = Table("table", "rows", "a turn", title="What is on record")
    for name, count in sorted(found.items(), key=lambda one: -one[1]):
        if count:
            shown.add_row(name, f"{count:,}", f"{count / turns:.2f}")
    return shown
