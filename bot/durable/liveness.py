"""Knows who is alive. Each replica holds a lock that the system frees the moment its process ends: no lease, no heartbeat.

On SQLite it is a file's lock, on PostgreSQL a session's. So a replica that is only slow, or frozen, is never taken for dead;
and a second one of the same name is refused.
"""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, LiteralString, Protocol

import psycopg
from filelock import FileLock, Timeout

from bot.core.backoff import Backoff
from bot.durable.database import PRIVATE, SERVER_PATIENCE
from bot.durable.start_wait import until_free
from bot.durable.statement_deadline import AsyncPromptConnection
from bot.errors import SettingsError
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence
    from pathlib import Path

    from bot.core.conversation.incoming import Claim
    from bot.durable.database import Database
    from bot.durable.outage import Outage

FILES, SESSION = 0.2, 0.4
"""Seconds between two looks at who is alive: at files, and by a statement, of which an idle replica is to make three a second."""
OURS = 0.2  # seconds between two tries to take our own lock
AGAIN = 0.1  # seconds before the second look at who seems to be dead: one is whose lock was free at both
SURELY = 5.0
"""Seconds between two looks at whose turns are unfinished where nobody's end was seen: somebody may have lived too shortly."""
CALM = 5.0
"""Seconds after we lost PostgreSQL and found it again in which nobody is taken for dead: all have lost their locks with it."""
RETRY = Backoff(0.2, longest=1.0)
"""Before PostgreSQL is asked again for a session that holds our lock."""
OURS_WITHIN = 10.0  # seconds that a predecessor of our name has to end, and its turns to be adopted

_HELD = """
SELECT classid::bigint << 32 | objid::bigint FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 1 AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
"""The advisory locks with a 64-bit number: pg_locks tells its halves (PostgreSQL's manual, pg_locks)."""


class Locks(Protocol):
    """One lock a name, for all who share the database. `pause` is for so many seconds between two looks at them."""

    pause: float

    async def hold(self, name: str) -> bool:
        """Take the lock if it is free; it is ours until `drop`, or our end."""
        ...

    async def drop(self, name: str) -> None:
        """Give it back."""
        ...

    async def leave(self) -> None:
        """Give all of ours back as we end, whether or not the database answers."""
        ...

    async def held(self, ours: str) -> frozenset[str] | None:
        """The locks that are held now, as `key` names them; None where ours was lost, and had to be taken anew."""
        ...

    def key(self, name: str) -> str:
        """Returns what `held` calls the lock of that name."""
        ...


class Estate(Protocol):
    """Knows what the dead leave behind; see `bot.durable.workflow`."""

    async def others(self) -> set[str]: ...
    async def adopt(self, dead: str) -> list[Claim]: ...


class Register(Protocol):
    """Holds what is on record of turns where processes die; see `bot.durable.turn_store`."""

    async def bury(self, dead: str) -> None: ...
    async def over(self, claims: Sequence[Claim]) -> int: ...


class Liveness:
    """Our own lock, and the watch over the others."""

    def __init__(
        self,
        locks: Locks,
        estate: Estate,
        register: Register,
        outage: Outage,
        *,
        replica: str,
        clock: Callable[[], float],
    ) -> None:
        self._locks = locks
        self._estate = estate
        self._register = register
        self._outage = outage
        self._replica = replica
        self._clock = clock
        self._suspects: set[str] = set()
        self._alive: frozenset[str] = frozenset()
        self._asked_at = float("-inf")  # when we last looked whose turns are unfinished
        self._calm_until = float("-inf")
        self._leaving = False

    async def run(self) -> None:
        """Looks at the others a few times a second, until cancelled."""
        while True:
            try:
                await self.look()
            except (psycopg.OperationalError, OSError) as error:
                # The database is gone, or the disk that lock files are on is full. The turns' side tells of it, once.
                tell(facts.WatchInterrupted(kind=type(error).__name__, again_in=self._locks.pause))
            await asyncio.sleep(AGAIN if self._suspects else self._locks.pause)

    def leave(self) -> None:
        """Adopt nobody's turns any more."""
        self._leaving = True

    async def look(self) -> None:
        """Looks once at who is alive; adopts what those left whose lock has been free twice in a row."""
        held = await self._locks.held(self._replica)
        if held is None:
            tell(facts.LockLost(replica=self._replica))
            self._calm_until = self._clock() + CALM
        if held is None or self._leaving or self._clock() < self._calm_until:
            self._suspects.clear()
            return
        self._outage.is_shared = len(held) > 1
        free = await self._heirless(held)
        for name in free & self._suspects:
            await self._adopt(name)
        self._suspects = free - self._suspects

    async def _heirless(self, held: frozenset[str]) -> set[str]:
        """Those who left turns and are not alive. Asked only where somebody's lock has gone, or it is long ago."""
        gone = self._alive - held
        if not gone and not self._suspects and self._clock() - self._asked_at < SURELY:
            self._alive = held
            return set()
        free = {name for name in await self._estate.others() if self._locks.key(name) not in held}
        self._alive, self._asked_at = held, self._clock()
        return free

    async def _adopt(self, name: str) -> None:
        # While we hold it nobody else adopts, and a successor of that name waits.
        if not await self._locks.hold(name):
            return
        try:
            await self._register.bury(name)
            adopted = await self._estate.adopt(name)
            # A process may die between the end of a turn and the note of it: then nothing is left to be done.
            if left := len(adopted) - await self._register.over(adopted):
                tell(facts.TurnsAdopted(replica=name, turns=left))
        finally:
            await self._locks.drop(name)


@asynccontextmanager
async def alive(database: Database, replica: str) -> AsyncGenerator[Locks]:
    """We are alive under the name `replica` while the block runs; yields the locks of all.

    Raises SettingsError where another process is, under that name.
    """
    async with _locks(database) as locks:
        await until_free(lambda: _take(locks, replica))
        try:
            yield locks
        finally:
            await locks.leave()


async def _take(locks: Locks, replica: str) -> None:
    try:
        async with asyncio.timeout(OURS_WITHIN):
            await _hold(locks, replica)
    except TimeoutError:
        raise SettingsError(
            f"TELEPRINTER_REPLICA={replica}: another replica of that name is running: give each its own, or none."
        ) from None


async def _hold(locks: Locks, name: str) -> None:
    while True:
        if await locks.hold(name):
            return
        await asyncio.sleep(OURS)


@asynccontextmanager
async def _locks(database: Database) -> AsyncGenerator[Locks]:
    if database.file is not None:
        files = FileLocks(database.file.with_name(f"{database.file.name}.replicas"))
        await until_free(files.tidy)
        yield files
        return
    locks = SessionLocks(database.url, await _session(database.url))
    try:
        yield locks
    finally:
        await locks.close()


class FileLocks:
    """Locks of files in a folder beside the database, which has to be on a disk of this machine."""

    pause = FILES

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, FileLock] = {}

    async def hold(self, name: str) -> bool:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        # Not of a thread: the loop's own is one of many that may give it back.
        lock = FileLock(self._folder / f"{name}.lock", mode=PRIVATE, thread_local=False)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return False
        self._held[name] = lock
        return True

    async def drop(self, name: str) -> None:
        lock = self._held.pop(name)
        # Before it is free, or the file of somebody who takes it now would go.
        with suppress(OSError):
            (self._folder / f"{name}.lock").unlink()
        lock.release()

    async def leave(self) -> None:
        for name in list(self._held):
            await self.drop(name)

    async def held(self, ours: str) -> frozenset[str] | None:
        names = [path.stem for path in list(self._folder.glob("*.lock"))]
        return frozenset(
            {ours, *[name for name in names if name in self._held or not await self._is_free(name)]}
        )

    def key(self, name: str) -> str:
        return name

    async def tidy(self) -> None:
        """Takes away the files of those that were killed."""
        for path in list(self._folder.glob("*.lock")):
            await self._is_free(path.stem)

    async def _is_free(self, name: str) -> bool:
        """Tells whether nobody holds the lock; then its file goes."""
        if not await self.hold(name):
            return False
        await self.drop(name)
        return True


class SessionLocks:
    """Advisory locks of one PostgreSQL session. With a pooler in between it has to pool by session, not by transaction."""

    pause = SESSION

    def __init__(self, url: str, session: psycopg.AsyncConnection) -> None:
        self._url = url
        self._session = session

    async def hold(self, name: str) -> bool:
        return await self._ask("SELECT pg_try_advisory_lock(%s)", _number(name))

    async def drop(self, name: str) -> None:
        # With its session the lock has gone as well.
        with suppress(psycopg.OperationalError):
            await self._ask("SELECT pg_advisory_unlock(%s)", _number(name))

    async def leave(self) -> None:
        """With the session all its locks go."""
        await self.close()

    async def held(self, ours: str) -> frozenset[str] | None:
        """Waits until PostgreSQL is there, and until whoever has taken us for dead has done with it."""
        try:
            found = await (await self._session.execute(_HELD)).fetchall()
        except psycopg.OperationalError:
            await self._come_back(ours)
            return None
        return frozenset(str(number) for (number,) in found)

    def key(self, name: str) -> str:
        return str(_number(name))

    async def close(self) -> None:
        """End the session, and with it all its locks."""
        await self._session.close()

    async def _come_back(self, name: str) -> None:
        tries = 0
        while True:
            tries += 1
            await self.close()
            try:
                self._session = await _session(self._url)
                return await _hold(self, name)
            except psycopg.OperationalError:
                await asyncio.sleep(RETRY.pause(tries))

    async def _ask(self, query: LiteralString, number: int) -> bool:
        answer = await (await self._session.execute(query, (number,))).fetchone()
        return bool(answer and answer[0])


async def _session(url: str) -> psycopg.AsyncConnection:
    session = await AsyncPromptConnection.connect(url, autocommit=True)
    try:
        await session.execute(SERVER_PATIENCE)
    except BaseException:
        await session.close()
        raise
    return session


def _number(name: str) -> int:
    """PostgreSQL names advisory locks by 64-bit numbers."""
    return int.from_bytes(hashlib.sha256(f"teleprinter:{name}".encode()).digest()[:8], signed=True)
