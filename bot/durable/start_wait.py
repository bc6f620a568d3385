"""Says what keeps a file from being used at the start, and passes: its disk is full, or somebody has locked it.

Whoever restarts a bot meanwhile wants it back by itself, as soon as there is room.
"""

from __future__ import annotations

import asyncio
import errno
import sqlite3
import time
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import DBAPIError

from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

AGAIN = 1.0  # seconds before it is tried again
Done = TypeVar("Done")
PASSING = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PROTOCOL,  # others began and ended just when we did, for ten seconds (SQLite's page of result codes)
}  # fmt: skip
"""Names SQLite's errors that end without anybody changing a setting."""
_FULL = {errno.ENOSPC, errno.EDQUOT}


async def until_free(attempt: Callable[[], Awaitable[Done]]) -> Done:
    """Attempt it until neither a full disk nor somebody's lock is in the way. The operator hears once that we wait, and once
    that we need no longer. Raises whatever else comes of it."""
    since: float | None = None
    while True:
        try:
            done = await attempt()
        except (DBAPIError, sqlite3.Error, OSError) as error:
            if not is_passing(error):
                raise
            if since is None:
                since = time.monotonic()
                _tell(error)
            await asyncio.sleep(AGAIN)
        else:
            if since is not None:
                tell(facts.DatabaseBack(seconds=round(time.monotonic() - since, 1)))
            return done


def is_passing(error: BaseException | None) -> bool:
    """Tells whether it ends without anybody changing a setting. A missing permission does not."""
    if isinstance(error, DBAPIError):
        return is_passing(error.orig)
    if isinstance(error, sqlite3.Error):
        # The low byte is the kind, the rest of it which.
        return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF in PASSING
    return isinstance(error, OSError) and error.errno in _FULL


def _tell(error: BaseException) -> None:
    cause = error.orig if isinstance(error, DBAPIError) else error
    why = getattr(cause, "sqlite_errorname", None) or getattr(cause, "strerror", None)
    tell(facts.DatabaseWaitedFor(why=why, mend="make room on its disk, or end whoever has locked it"))
