"""Replicas of the real bot, each a process of its own, on one database."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Mapping
    from pathlib import Path

READY, LOADED = "bot.ready", "model.loaded"
STATUS = re.compile(r"status\.served port=(\d+)")
START = 300.0  # seconds that a replica has to come up, on a machine however busy
LAST = 5  # lines of what a replica said that are shown
OURS = ("SLACK_", "OPENAI_", "TELEPRINTER_", "DATABASE_", "PORT")


def database_url(where: Path | str) -> str:
    """A file or an address, as replicas are told it."""
    return where if isinstance(where, str) else f"sqlite:///{where}"


class NotReady(Exception):
    """A replica has ended before it was ready, or did not become so in time."""


@dataclass(eq=False)
class Replica:
    """One process of the bot. `said` is its log."""

    name: str
    process: Process
    said: list[str] = field(default_factory=list[str])
    ready: bool = False
    loaded: asyncio.Event = field(default_factory=asyncio.Event)  # its model
    started: asyncio.Event = field(default_factory=asyncio.Event)  # or ended before it was ready
    frozen: bool = False

    @property
    def status_port(self) -> int | None:
        """Where its figures are; None where it has not said so yet."""
        found = (STATUS.search(line) for line in self.said)
        return next((int(one[1]) for one in found if one), None)

    @property
    def serving(self) -> bool:
        """Whether it answers questions now."""
        return self.ready and self.process.returncode is None and not self.frozen

    async def listen(self) -> None:
        """Keep what it says, to its end."""
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.said.append(line.decode(errors="replace").rstrip())
            if READY in self.said[-1]:
                self.ready = True
                self.started.set()
            elif LOADED in self.said[-1]:
                self.loaded.set()
        self.started.set()

    async def until_ready(self, within: float = START) -> None:
        """Waits until it answers questions. Raises NotReady, with what it said last, where it ends before, or does not within so many
        seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self.started.wait()
        if not self.ready:
            raise NotReady(f"{self.name}: {' | '.join(self.said[-LAST:])}")

    def freeze(self) -> None:
        """It stands still, with all its connections open."""
        self.frozen = True
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on as if nothing had been."""
        self.process.send_signal(signal.SIGCONT)
        self.frozen = False


@dataclass
class Replicas:
    """All processes there have been. `environment` is what all have in common; each has its own way to Slack."""

    folder: Path
    front_url: str
    environment: Mapping[str, str]
    tasks: asyncio.TaskGroup
    all: list[Replica] = field(default_factory=list[Replica])

    @property
    def serving(self) -> list[Replica]:
        """Those that answer questions now."""
        return [one for one in self.all if one.serving]

    async def start(self) -> Replica:
        """One more, under a new name."""
        name = f"r{len(self.all) + 1}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        own = {
            "PYTHONPATH": os.getcwd(),
            "SLACK_API_URL": f"{self.front_url}/{name}/api/",
            "TELEPRINTER_REPLICA": name,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run",
            cwd=self.folder, env=kept | own | dict(self.environment), stderr=PIPE,
        )  # fmt: skip
        replica = Replica(name, process)
        self.all.append(replica)
        self.tasks.create_task(replica.listen())
        return replica

    async def kill(self, replica: Replica) -> None:
        """`kill -9`: no goodbye."""
        replica.process.kill()
        await replica.process.wait()

    async def leave(self, replica: Replica) -> int:
        """SIGTERM, and wait for its end; answers its exit code."""
        replica.process.terminate()
        return await replica.process.wait()

    def logged(self) -> str:
        """What all have logged, each line after its replica's name."""
        return "".join(f"{replica.name} {line}\n" for replica in self.all for line in replica.said)

    async def close(self) -> None:
        """End all that still run."""
        for replica in self.all:
            if replica.process.returncode is None:
                await self.kill(replica)
