"""Who was first to take a message, and in which threads we took part. Ids and times only: Slack keeps the rest."""

from __future__ import annotations

import contextlib
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Column, Float, MetaData, String, Table, delete, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from bot.core.events import Prompt, ThreadKey

KEPT = 2 * 24 * 3600.0
"""Seconds. Slack delivers an event again for up to 24 hours (Events API, delayed events), so a claim outlives that."""

_HEADER = b"SQLite format 3\0"  # with which every such file begins (sqlite.org/fileformat.html)

_tables = MetaData()
_claims = Table(
    "claims",
    _tables,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("ts", String, primary_key=True),
    Column("claimed_at", Float, nullable=False, index=True),
)
_threads = Table(
    "threads",
    _tables,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("thread_ts", String, primary_key=True),
)


class Claims:
    """The record, in an SQLite file or in memory. Open it with `Claims.open`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path | None) -> AsyncGenerator[Claims]:
        """The claims in the file `path`, made where it is missing; None keeps them in memory.

        Raises SettingsError where the file cannot be opened or is no database.
        """
        _check(path)
        engine = _engine(path)
        claims = cls(engine)
        try:
            await claims._prepare()
        except SQLAlchemyError as error:
            await engine.dispose()
            raise _unusable(path, str(getattr(error, "orig", None) or error)) from error
        try:
            yield claims
        finally:
            await engine.dispose()

    async def claim(self, prompt: Prompt) -> bool:
        """True for the first who asks for this message, in any process that shares the file."""
        team, channel, ts = prompt.claim
        row = insert(_claims).values(team=team, channel=channel, ts=ts, claimed_at=time.time())
        try:
            async with self._engine.begin() as connection:
                await connection.execute(row)
        except IntegrityError:
            return False
        return True

    async def join(self, thread: ThreadKey) -> None:
        """We take part in `thread` from now on."""
        if await self.took_part(thread):
            return
        row = insert(_threads).values(team=thread.team, channel=thread.channel, thread_ts=thread.thread_ts)
        try:
            async with self._engine.begin() as connection:
                await connection.execute(row)
        except IntegrityError:
            return  # another turn of the thread wrote it between our two statements

    async def took_part(self, thread: ThreadKey) -> bool:
        """Whether we have answered in `thread` before, as far as the record goes."""
        query = select(_threads.c.team).where(
            _threads.c.team == thread.team,
            _threads.c.channel == thread.channel,
            _threads.c.thread_ts == thread.thread_ts,
        )
        async with self._engine.connect() as connection:
            return (await connection.execute(query)).first() is not None

    async def _prepare(self) -> None:
        async with self._engine.connect() as connection:
            # Readers do not wait for a writer; a claim takes a fraction of a millisecond instead of several.
            await connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        async with self._engine.begin() as connection:
            await connection.run_sync(_tables.create_all)
            await connection.execute(delete(_claims).where(_claims.c.claimed_at < time.time() - KEPT))


def _engine(path: Path | None) -> AsyncEngine:
    if path is None:
        # One connection for all: a second one would see another, empty database.
        return create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool)
    return create_async_engine(f"sqlite+aiosqlite:///{path}")


def _check(path: Path | None) -> None:
    """Raises SettingsError for a file that is something else. SQLite would say so as well, and leave a thread behind."""
    try:
        with contextlib.suppress(FileNotFoundError):
            if path and not _HEADER.startswith(_first_bytes(path)):
                raise _unusable(path, "it is not an SQLite database")
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error


def _unusable(path: Path | None, why: str) -> SettingsError:
    return SettingsError(
        f"DATABASE_URL: {path} cannot be used ({why}): name a new file in a folder that can be written to."
    )


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_HEADER))
