"""A file that takes nothing, because its disk is full or somebody has locked it: people are answered, and all is kept later.

And a PostgreSQL that is frozen, and acknowledges every packet: several may share it, so its answers are waited for.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import time
from contextlib import asynccontextmanager, closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from bot.environment.work_runner import AT_LAST
from tests.patience import HANGING
from tests.stories.test_replicas import DRAIN, WHOLE, a_stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator
    from pathlib import Path

    from benchmarks.chaos.replicas import Replica
    from tests.postgres import Server
    from tests.stories.test_replicas import Stage

pytestmark = pytest.mark.timeout(300)

ASKED = 5
KEPT = """SELECT (SELECT count(*) FROM turns WHERE stage = 'over'),
                 (SELECT count(*) FROM workflow_status WHERE status = 'SUCCESS')"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes. Skips the test, and says so, where none may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:  # noqa: S603
        pytest.skip("no file system may be mounted here: a full disk is not tried")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S603, S607


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """While the block runs not a byte is free."""
    rest = folder / "rest"
    with rest.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(b"0" * 4096)
            except OSError:
                break
    try:
        yield
    finally:
        rest.unlink()


@contextmanager
def locked(where: Path) -> Iterator[None]:
    """While the block runs somebody else writes."""
    with closing(sqlite3.connect(where, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


async def ask(stage: Stage, numbers: range) -> list[str]:
    return [await stage.slack.say("general", "ada", f"@Teleprinter question {number}") for number in numbers]


async def answered(stage: Stage, asked: list[str], numbers: range) -> None:
    for ts, number in zip(asked, numbers, strict=True):
        await stage.answered(ts, WHOLE.replace("q1w", f"q{number}w"))


async def kept(where: Path, count: int) -> None:
    """Until all is on record: ours, and DBOS's, which waits up to a minute and a half between two tries."""
    async with asyncio.timeout(150):
        while True:
            if await asyncio.to_thread(counts, where) == (count, count):
                return
            await asyncio.sleep(0.2)


def counts(where: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(where)) as database:
        return database.execute(KEPT).fetchone()  # type: ignore[no-any-return]


@asynccontextmanager
async def a_story(where: Path, folder: Path) -> AsyncGenerator[Stage]:
    """Before, between and after what the block does to the database people ask, and each is answered once."""
    before, after = range(1, 1 + ASKED), range(11, 11 + ASKED)
    async with a_stage(where, folder) as stage:
        replica = await stage.serve()
        asked = await ask(stage, before)
        yield stage
        await answered(stage, asked, before)
        later = await ask(stage, after)
        await answered(stage, later, after)
        await kept(where, 3 * ASKED)
        assert [sum(f"database.{event}" in line for line in replica.said) for event in ("lost", "back")] == [
            1,
            1,
        ]
        assert [line for line in replica.said if "ERROR" in line or "Traceback" in line] == []
        assert await stage.replicas.leave(replica) == 0


async def test_while_the_disk_is_full_people_are_answered(small_disk: Path, tmp_path: Path) -> None:
    meanwhile = range(6, 6 + ASKED)
    async with a_story(small_disk / "turns.sqlite", tmp_path) as stage:
        with full(small_disk):
            await answered(stage, await ask(stage, meanwhile), meanwhile)


@pytest.mark.slow
async def test_while_somebody_holds_the_file_people_are_answered(tmp_path: Path) -> None:
    meanwhile = range(6, 6 + ASKED)
    async with a_story(tmp_path / "turns.sqlite", tmp_path) as stage:
        with locked(tmp_path / "turns.sqlite"):
            await answered(stage, await ask(stage, meanwhile), meanwhile)


async def back_by_itself(stage: Stage, replica: Replica, number: int) -> None:
    """The replica, which had to wait at its start, is ready at last, and answers."""
    await replica.until_ready(HANGING)
    ts = await stage.slack.say("general", "ada", f"@Teleprinter question {number}")
    await stage.answered(ts, WHOLE.replace("q1w", f"q{number}w"))
    assert sum("database.waited_for" in line for line in replica.said) == 1
    assert await stage.replicas.leave(replica) == 0


@pytest.mark.slow
async def test_who_is_started_while_the_disk_is_full_is_there_when_it_has_room(
    small_disk: Path, tmp_path: Path
) -> None:
    async with a_stage(small_disk / "turns.sqlite", tmp_path) as stage:
        before = await stage.serve()
        assert await stage.replicas.leave(before) == 0
        with full(small_disk):
            replica = await stage.replicas.start()
            async with asyncio.timeout(HANGING):
                await told(replica, "database.waited_for")
        await back_by_itself(stage, replica, 1)


@pytest.mark.slow
async def test_who_is_started_for_the_first_time_on_a_full_disk_waits_as_well(
    small_disk: Path, tmp_path: Path
) -> None:
    async with a_stage(small_disk / "turns.sqlite", tmp_path) as stage:
        with full(small_disk):
            replica = await stage.replicas.start()
            async with asyncio.timeout(HANGING):
                await told(replica, "database.waited_for")
        await back_by_itself(stage, replica, 1)


@pytest.mark.slow
async def test_who_is_started_while_somebody_holds_the_file_is_there_when_it_is_free(tmp_path: Path) -> None:
    async with a_stage(tmp_path / "turns.sqlite", tmp_path) as stage:
        before = await stage.serve()
        assert await stage.replicas.leave(before) == 0
        with locked(tmp_path / "turns.sqlite"):
            replica = await stage.replicas.start()
            async with asyncio.timeout(HANGING):
                await told(replica, "database.waited_for")
        await back_by_itself(stage, replica, 1)


async def test_who_waits_for_a_locked_file_leaves_when_told_to(tmp_path: Path) -> None:
    async with a_stage(tmp_path / "turns.sqlite", tmp_path) as stage:
        with locked(tmp_path / "turns.sqlite"):
            replica = await stage.replicas.start()
            async with asyncio.timeout(HANGING):
                await told(replica, "database.waited_for")
            assert await stage.replicas.leave(replica) == 0


async def told(replica: Replica, event: str) -> None:
    while True:
        if any(event in line for line in replica.said):
            return
        await asyncio.sleep(0.05)


async def test_a_question_to_a_frozen_server_is_answered_once_when_it_goes_on(
    postgres_server: Server, tmp_path: Path
) -> None:
    async with a_stage(postgres_server.url, tmp_path) as stage:
        replica = await stage.serve()
        running = await stage.ask()
        postgres_server.freeze()
        later = await stage.slack.say("general", "ada", "@Teleprinter question 2")
        async with asyncio.timeout(HANGING):
            await told(replica, "database.lost")
        postgres_server.thaw()
        await stage.answered(running, WHOLE)
        await stage.answered(later, WHOLE.replace("q1w", "q2w"))
        async with asyncio.timeout(HANGING):
            await told(replica, "database.back")
        assert sum("database.lost" in line for line in replica.said) == 1
        assert [line for line in replica.said if "ERROR" in line or "Traceback" in line] == []
        assert await stage.replicas.leave(replica) == 0


async def test_who_is_told_to_leave_while_the_server_is_frozen_does_so_in_time(
    postgres_server: Server, tmp_path: Path
) -> None:
    async with a_stage(postgres_server.url, tmp_path) as stage:
        replica = await stage.serve()
        await stage.ask()
        postgres_server.freeze()
        try:
            since = time.monotonic()
            async with asyncio.timeout(HANGING):
                assert await stage.replicas.leave(replica) == 0
            took = time.monotonic() - since
        finally:
            postgres_server.thaw()
    assert took < DRAIN + AT_LAST + 3.0
