"""The whole bot as a process of its own, beside a local Slack with its limits on: what an answer costs it."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.chaos.replicas import Replicas
from benchmarks.costs.process_usage import Usage
from slack_emulator.seeding.seed import Seed, SeedChannel, sparkling_seed
from slack_emulator.server import Workspace

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

    from benchmarks.chaos.replicas import Replica
    from slack_emulator.runtime.traffic import Seen

IDLE = 10.0  # seconds that it is watched while nobody asks
WITHIN = 600.0  # seconds that all answers may take
_TIME = re.compile(r"\b\d+\.\d{3}\b")


@dataclass(frozen=True, slots=True)
class BotCost:
    """Seconds of CPU until it listens, and until its model is loaded as well; the share of a core that it takes while nobody asks;
    microseconds of CPU a token and milliseconds a turn; megabytes at rest and a stream; and by how many seconds the newest word of an
    edit was late when Slack had it: in the middle of all edits, and at worst."""

    ready: float
    loaded: float
    idle: float
    micros: float
    turn: float
    resting: float
    memory: float
    late: float
    latest: float


class _Edits:
    """How old the newest word of each edit was when Slack had it."""

    def __init__(self) -> None:
        self.ages: list[float] = []

    def see(self, seen: Seen) -> None:
        args: Any = getattr(seen, "args", None)
        if args is not None and (words := _TIME.findall(str(args.get("blocks") or args.get("text") or ""))):
            self.ages.append(time.monotonic() - float(words[-1]))


async def measure_bot(
    url: str, folder: Path, *, tokens: int, streams: int, trusted: Mapping[str, str]
) -> BotCost:
    """So many answers of so many tokens at once, by a bot that was just started, asked in as many channels.

    `trusted` are the variables by which it trusts the model's server.
    """
    environment = {**_environment(url, folder, tokens), **trusted}
    async with _bot(environment, folder, streams) as (slack, replica):
        pid, edits = replica.process.pid, _Edits()
        ready = Usage.of(pid)
        async with asyncio.timeout(WITHIN):
            await replica.loaded.wait()
        loaded = Usage.of(pid)
        await asyncio.sleep(IDLE)
        before = Usage.of(pid)
        stop = slack.traffic.watch(edits.see)
        for number in range(streams):
            await slack.say(f"channel-{number}", "ada", "@Teleprinter what time is it?")
        peak = await _answered(replica, streams)
        stop()
        after = Usage.of(pid)
    spent = after.cpu - before.cpu
    return BotCost(
        ready.cpu,
        loaded.cpu,
        (before.cpu - loaded.cpu) / IDLE,
        1e6 * spent / (tokens * streams),
        1e3 * spent / streams,
        before.memory,
        (peak - before.memory) / streams,
        median(edits.ages),
        max(edits.ages),
    )


async def _answered(replica: Replica, count: int) -> float:
    """Wait until so many answers are shown whole; the most memory that the process had meanwhile, in megabytes."""
    peak = 0.0
    async with asyncio.timeout(WITHIN):
        while sum("reply.shown" in line for line in replica.said) < count:
            peak = max(peak, Usage.of(replica.process.pid).memory)
            await asyncio.sleep(0.2)
    return peak


@asynccontextmanager
async def _bot(
    environment: Mapping[str, str], folder: Path, streams: int
) -> AsyncGenerator[tuple[Workspace, Replica]]:
    async with Workspace.start(seed=_seed(streams)) as slack, asyncio.TaskGroup() as tasks:
        replicas = Replicas(folder, slack.url, {**environment, **_way_to(slack)}, tasks)
        try:
            replica = await replicas.start()
            await replica.until_ready()
            yield slack, replica
        finally:
            await replicas.close()


def _way_to(slack: Workspace) -> dict[str, str]:
    return {
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.app.bot_token,
        "SLACK_APP_TOKEN": slack.app.app_token,
    }


def _environment(url: str, folder: Path, tokens: int) -> dict[str, str]:
    return {
        "TELEPRINTER_MODEL": f"openai:tokens-{tokens}",
        "OPENAI_BASE_URL": url,
        "DATABASE_URL": f"sqlite:///{folder / f'costs-{tokens}.sqlite'}",
    }


def _seed(channels: int) -> Seed:
    """The workspace that everybody starts with, with so many channels: Slack's limit of posts is a channel's."""
    seed = sparkling_seed()
    more = [SeedChannel(f"channel-{number}") for number in range(channels)]
    home = replace(seed.workspaces[0], channels=[*seed.workspaces[0].channels, *more])
    return replace(seed, workspaces=[home])
