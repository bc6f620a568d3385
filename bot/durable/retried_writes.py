"""Work on the database that is done in the end, however often it is lost meanwhile."""

from __future__ import annotations

import asyncio
import random
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.core.backoff import Backoff
from bot.durable.connections import in_full
from bot.durable.database import is_conflict, is_lost
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from typing import Any

    from sqlalchemy import Connection, Executable

    from bot.durable.connections import Done, Rows
    from bot.durable.database import Database

RETRY = Backoff(0.2, longest=2.0, jitter=0.25)
"""Before a lost database is tried again: by all replicas, and by all their turns."""


async def persist(
    database: Database, work: Callable[[], Coroutine[Any, Any, Done]], *, reads: bool = False
) -> Done:
    """Does `work` again and again until the database is there. What it refuses for another reason is raised."""
    tries = 0
    while True:
        tries += 1
        wait = RETRY.pause(tries, chance=random.random())  # noqa: S311  (no secret)
        try:
            # A file's thread does it in full by itself, without a task for each statement.
            done = await (work() if database.file else in_full(asyncio.create_task(work())))
        except PoolTimeout:
            tell(facts.DatabaseSlow(again_in=wait))
        except DBAPIError as error:
            if is_conflict(error):
                continue  # of two transactions that waited for each other the other one is done now
            if not is_lost(error):
                raise
            database.outage.begin(error.orig)
        else:
            # A full or a locked file may still be read.
            if database.file is None or not reads:
                database.outage.end()
            return done
        await asyncio.sleep(wait)


async def execute(database: Database, statement: Executable, values: Mapping[str, Any] | None = None) -> Rows:
    """Executes one statement, which is a transaction by itself, as `persist` does work. `values` are those of its parameters."""
    work = partial(database.connections.execute, statement, values)
    return await persist(database, work, reads=isinstance(statement, Select))


async def transact(database: Database, work: Callable[[Connection], Done], *, reads: bool = False) -> Done:
    """Does `work` in one transaction, as `persist` does it."""
    return await persist(database, partial(database.connections.transact, work), reads=reads)
