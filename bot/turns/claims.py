"""Who was first to take a message, and in which threads we took part. Ids and times only: Slack keeps the rest."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING

from sqlalchemy import Column, Float, MetaData, String, Table, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from bot.core.events import Prompt, ThreadKey

KEPT = 2 * 24 * 3600.0
"""Seconds. Slack delivers an event again for up to 24 hours (Events API, delayed events), so a claim outlives that."""

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
        # In memory all share one connection, where one's rollback would undo another's claim.
        self._one_at_a_time = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path | None) -> AsyncGenerator[Claims]:
        """The claims in the file `path`, made where it is missing; None keeps them in memory.

        Raises SettingsError where the file cannot be opened or is no database.
        """
        _check(path)
        engine = _engine(path)
        try:
            claims = cls(engine)
            await claims._prepare()
            yield claims
        finally:
            await engine.dispose()

    async def claim(self, prompt: Prompt) -> bool:
        """True for the first who asks for this message, in any process that shares the file."""
        team, channel, ts = prompt.claim
        row = insert(_claims).values(team=team, channel=channel, ts=ts, claimed_at=time.time())
        try:
            async with self._one_at_a_time, self._engine.begin() as connection:
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
            async with self._one_at_a_time, self._engine.begin() as connection:
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
        async with self._one_at_a_time, self._engine.connect() as connection:
            return (await connection.execute(query)).first() is not None

    async def _prepare(self) -> None:
        async with self._engine.begin() as connection:
            await connection.run_sync(_tables.create_all)
            await connection.execute(delete(_claims).where(_claims.c.claimed_at < time.time() - KEPT))


def _engine(path: Path | None) -> AsyncEngine:
    if path is None:
        # One connection for all: a second one would see another, empty database.
        return create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool)
    return create_async_engine(f"sqlite+aiosqlite:///{path}")


def _check(path: Path | None) -> None:
    """Make the file ready, or raise SettingsError.

    Not through the engine: where a file cannot be opened, that would leave a thread of its driver's behind.
    """
    if path is None:
        return
    try:
        with closing(sqlite3.connect(path)) as connection:
            # Readers do not wait for a writer; a claim takes a fraction of a millisecond instead of several.
            connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as error:
        raise SettingsError(
            f"DATABASE_URL: {path} cannot be used ({error}): name a new file in a folder that can be written to."
        ) from error
