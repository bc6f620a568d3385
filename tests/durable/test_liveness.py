"""Who is alive, and what becomes of what the dead leave: with real locks, and processes that are really killed."""

from __future__ import annotations

import asyncio
import errno
import signal
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest

from bot.durable import liveness as module
from bot.durable.database import open_database
from bot.durable.liveness import CALM, SURELY, Liveness, SessionLocks, alive
from bot.durable.outage import Outage
from bot.durable.workflow import prepare
from bot.errors import SettingsError
from tests.patience import HANGING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from bot.core.conversation.incoming import Claim
    from bot.durable.liveness import Locks
    from tests.postgres import Server

HOLDER = """
import asyncio, sys
from pathlib import Path
from bot.durable.database import open_database
from bot.durable.liveness import alive

async def hold(where, name):
    async with open_database(where) as database, alive(database, name):
        print("alive", flush=True)
        await asyncio.Event().wait()

where = sys.argv[1]
asyncio.run(hold(where if "://" in where else Path(where), sys.argv[2]))
"""


class Estate:
    """What replicas left: so many turns each. On record some of them are `ended`."""

    def __init__(self, *, ended: int = 0, **turns: int) -> None:
        self.turns = turns
        self.asked = 0  # how often whose turns are unfinished
        self.ended = ended
        self.buried: list[str] = []
        self.adopted: list[str] = []

    async def others(self) -> set[str]:
        self.asked += 1
        return set(self.turns)

    async def bury(self, dead: str) -> None:
        assert dead not in self.adopted
        self.buried.append(dead)

    async def adopt(self, dead: str) -> list[Claim]:
        self.adopted.append(dead)
        return [("T", "C", f"{n}.0") for n in range(self.turns.pop(dead))]

    async def over(self, claims: Sequence[Claim]) -> int:
        return min(self.ended, len(claims))


class Clock:
    """Seconds, as the test sets them."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def locks_at(where: Path | str, name: str = "me") -> AsyncGenerator[Locks]:
    async with open_database(where) as database:
        await prepare(database)
        async with alive(database, name) as locks:
            yield locks


@asynccontextmanager
async def another(where: Path | str, name: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    """A process that is alive under that name, and is killed at the latest when the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, str(where), name, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        assert await process.stdout.readline() == b"alive\n"
        yield process
    finally:
        await kill(process)


async def kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
        await process.wait()


async def freed(locks: Locks, name: str) -> None:
    """Until the system has freed the lock: a database hears of a process's end a moment later."""
    async with asyncio.timeout(HANGING):
        while not await locks.hold(name):
            pass
    await locks.drop(name)


async def looks(liveness: Liveness, count: int) -> None:
    for _ in range(count):
        await liveness.look()


async def test_who_was_killed_is_taken_for_dead_at_the_second_look_and_who_lives_never(
    somewhere: Path | str,
) -> None:
    estate = Estate(other=3)
    async with locks_at(somewhere) as locks, another(somewhere, "other") as other:
        liveness = Liveness(locks, estate, estate, Outage(), replica="me", clock=Clock())
        await looks(liveness, 3)
        assert estate.adopted == []
        await kill(other)
        await freed(locks, "other")
        await looks(liveness, 1)
        assert estate.adopted == []
        await looks(liveness, 1)
        assert estate.adopted == ["other"]


async def test_while_nobody_dies_it_is_seldom_asked_whose_turns_are_unfinished(somewhere: Path | str) -> None:
    estate, clock = Estate(other=1), Clock()
    async with locks_at(somewhere) as locks, another(somewhere, "other"):
        liveness = Liveness(locks, estate, estate, Outage(), replica="me", clock=clock)
        await looks(liveness, 10)
        assert estate.asked == 1
        clock.now = SURELY
        await looks(liveness, 10)
    assert estate.asked == 2


async def test_who_died_before_anybody_saw_it_alive_is_found_in_the_end(somewhere: Path | str) -> None:
    estate, clock = Estate(), Clock()
    async with locks_at(somewhere) as locks:
        liveness = Liveness(locks, estate, estate, Outage(), replica="me", clock=clock)
        await looks(liveness, 2)
        estate.turns["short"] = 1
        await looks(liveness, 2)
        assert estate.adopted == []
        clock.now = SURELY
        await looks(liveness, 2)
    assert estate.adopted == ["short"]


async def test_who_is_frozen_is_not_dead(somewhere: Path | str) -> None:
    estate = Estate(other=1)
    async with locks_at(somewhere) as locks, another(somewhere, "other") as other:
        other.send_signal(signal.SIGSTOP)
        await looks(Liveness(locks, estate, estate, Outage(), replica="me", clock=Clock()), 3)
    assert estate.adopted == []


async def test_whoever_looks_knows_whether_others_work_on_the_database_too(somewhere: Path | str) -> None:
    estate, outage = Estate(), Outage()
    async with locks_at(somewhere) as locks:
        liveness = Liveness(locks, estate, estate, outage, replica="me", clock=Clock())
        async with locks_at(somewhere, "other"):
            await liveness.look()
            assert outage.is_shared
        await liveness.look()
    assert not outage.is_shared


async def test_who_leaves_is_dead_at_once_and_its_name_is_free(somewhere: Path | str) -> None:
    estate = Estate(gone=1)
    async with locks_at(somewhere, "gone"):
        pass
    async with locks_at(somewhere) as locks, locks_at(somewhere, "gone again"):
        await looks(Liveness(locks, estate, estate, Outage(), replica="me", clock=Clock()), 2)
    assert estate.adopted == ["gone"]


async def test_a_second_replica_of_a_name_is_refused(
    somewhere: Path | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OURS_WITHIN", 0.1)
    async with locks_at(somewhere):
        with pytest.raises(SettingsError, match="TELEPRINTER_REPLICA=me: another replica of that name"):
            async with locks_at(somewhere):
                pass


async def test_a_successor_waits_until_its_predecessor_has_gone(somewhere: Path | str) -> None:
    async with locks_at(somewhere, "who made the tables"):
        pass
    async with another(somewhere, "me") as before:
        ending = asyncio.create_task(kill(before))
        async with locks_at(somewhere):
            await ending


async def test_the_files_of_those_that_were_killed_are_taken_away(tmp_path: Path) -> None:
    async with another(tmp_path / "a.sqlite", "killed") as other:
        await kill(other)
    async with another(tmp_path / "a.sqlite", "alive"), locks_at(tmp_path / "a.sqlite"):
        left = sorted(path.stem for path in (tmp_path / "a.sqlite.replicas").iterdir())
    assert left == ["alive", "me"]


async def test_who_is_leaving_adopts_nobody(tmp_path: Path) -> None:
    estate = Estate(dead=1)
    async with locks_at(tmp_path / "a.sqlite") as locks:
        liveness = Liveness(locks, estate, estate, Outage(), replica="me", clock=Clock())
        liveness.leave()
        await looks(liveness, 3)
    assert estate.adopted == []


@pytest.mark.parametrize(
    ("left", "ended", "told"),
    [(2, 0, [2]), (2, 1, [1]), (1, 1, [])],
    ids=["all go on", "one was over", "nothing is left to do"],
)
async def test_of_what_is_adopted_only_what_goes_on_is_announced(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, left: int, ended: int, told: list[int]
) -> None:
    estate = Estate(dead=left, ended=ended)
    with caplog.at_level("INFO", "bot"):
        async with locks_at(tmp_path / "a.sqlite") as locks:
            await looks(Liveness(locks, estate, estate, Outage(), replica="me", clock=Clock()), 2)
    assert estate.buried == estate.adopted == ["dead"]
    assert [vars(each)["turns"] for each in caplog.records if each.message == "turns.adopted"] == told


async def test_while_somebody_else_adopts_we_do_not(tmp_path: Path) -> None:
    estate, heir = Estate(dead=1), Estate(dead=1)
    async with locks_at(tmp_path / "a.sqlite") as ours, locks_at(tmp_path / "a.sqlite", "heir") as theirs:
        liveness = Liveness(ours, estate, estate, Outage(), replica="me", clock=Clock())
        await looks(liveness, 1)
        assert await theirs.hold("dead")
        await looks(liveness, 2)
        await theirs.drop("dead")
        await looks(Liveness(theirs, heir, heir, Outage(), replica="heir", clock=Clock()), 2)
    assert (estate.adopted, heir.adopted) == ([], ["dead"])


async def test_after_the_server_was_away_nobody_is_taken_for_dead_for_a_while(
    postgres_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    estate, clock = Estate(other=1), Clock()
    async with locks_at(postgres_server.url) as locks:
        liveness = Liveness(locks, estate, estate, Outage(), replica="me", clock=clock)
        await asyncio.to_thread(postgres_server.restart)
        await looks(liveness, 3)
        assert estate.adopted == []
        clock.now = CALM
        await looks(liveness, 2)
    assert estate.adopted == ["other"]
    assert "lock.lost" in caplog.text


@pytest.mark.parametrize(
    "error", [psycopg.OperationalError("the connection is closed"), OSError(errno.ENOSPC, "no space")]
)
async def test_the_watch_goes_on_after_the_server_was_away_or_the_disk_full(
    postgres_server: Server, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(module.SessionLocks, "pause", 0.01)
    seen = asyncio.Event()

    class Away(Estate):
        async def others(self) -> set[str]:
            if not seen.is_set():
                seen.set()
                raise error
            return await super().others()

    estate = Away(dead=1)
    async with locks_at(postgres_server.url) as locks, asyncio.timeout(HANGING):
        liveness = Liveness(locks, estate, estate, Outage(), replica="me", clock=Clock())
        watching = asyncio.create_task(liveness.run())
        await adopted(estate)
        watching.cancel()


async def adopted(estate: Estate) -> None:
    while True:
        await asyncio.sleep(0.01)
        if estate.adopted:
            return


async def test_who_has_lost_its_lock_waits_for_whoever_holds_it(postgres_server: Server) -> None:
    url = postgres_server.url
    async with locks_at(url) as ours, locks_at(url, "heir") as theirs:
        assert isinstance(ours, SessionLocks)
        await ours.close()
        async with asyncio.timeout(HANGING):
            await in_the_end(theirs, "me")
        keeping = asyncio.create_task(ours.held("me"))
        await theirs.drop("me")
        assert await keeping is None
        assert ours.key("me") in (await ours.held("me") or ())


async def in_the_end(locks: Locks, name: str) -> None:
    """Take the lock; the server may not have noticed yet that its holder has gone."""
    while True:
        if await locks.hold(name):
            return
