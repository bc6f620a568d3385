"""A database outlives its process: it comes back from a backup, made as docs/operating.md says, and bears a newer release's columns."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.durable.feedback_store import FeedbackStore
from tests.durable.prepared import open_prepared

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

ROOT = Path(__file__).parents[2]
NEWER = (
    "ALTER TABLE feedback ADD COLUMN later VARCHAR NOT NULL DEFAULT 'x'",
    "CREATE TABLE later (id VARCHAR PRIMARY KEY)",
)
ANSWER, ANOTHER = ("T", "C", "1.0"), ("T", "C", "2.0")
PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def documented(title: str) -> dict[str, str]:
    """The shell commands below a heading of the page: that of a file, and that of PostgreSQL."""
    section = PAGE.partition(f"### {title}\n")[2].partition("\n#")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return {"sqlite" if "sqlite" in one else "postgres": one for one in blocks}


def run(commands: str, folder: Path, url: str) -> None:
    if missing := [one for one in ("sqlite3", "pg_dump") if one in commands and shutil.which(one) is None]:
        pytest.skip(f"{missing[0]} is not on this machine")
    env = {"DATABASE_URL": url, "PATH": os.environ["PATH"]}
    shell = shutil.which("bash") or "bash"
    subprocess.run([shell, "-ec", commands], cwd=folder, env=env, check=True)  # noqa: S603  (the page's own words)


def readable_by_others(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir() if one.stat().st_mode & 0o077]


@asynccontextmanager
async def a_store(where: Path | str) -> AsyncGenerator[FeedbackStore]:
    async with open_prepared(where) as database:
        yield FeedbackStore(database)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_what_is_restored_from_a_backup_is_what_it_was(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = "" if kind == "sqlite" else request.getfixturevalue("postgres_server").url
    where = url or tmp_path / "teleprinter.sqlite"
    async with a_store(where) as store:
        await store.judge(ANSWER, "U1", "good")
        run(documented("Backup")[kind], tmp_path, url)
        await store.judge(ANOTHER, "U1", "bad")
    run(documented("Restore")[kind], tmp_path, url)
    async with a_store(where) as store:
        assert [(one.answer, one.verdict) for one in await store.all()] == [("1.0", "good")]
    assert readable_by_others(tmp_path) == []


async def test_what_a_newer_release_has_added_an_older_one_leaves_alone(somewhere: Path | str) -> None:
    async with open_prepared(somewhere) as database:
        for change in NEWER:
            await database.connections.execute(text(change))
    async with a_store(somewhere) as store:
        await store.judge(ANSWER, "U1", "good")
        assert [one.verdict for one in await store.all()] == ["good"]
