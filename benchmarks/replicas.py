"""Our policy as several replicas follow it that share one budget: real time, a real database, a Slack without sockets.

Each has a replier, a pacing and a side of the row of its own, and every other answer. They meet in Slack's limits, which
count them as one app.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import cycle
from typing import TYPE_CHECKING

from benchmarks.measure import Figures
from benchmarks.ours import teleprinter
from benchmarks.scenarios import LATENCY
from benchmarks.simulate import play
from benchmarks.slacks import VirtualSlack
from bot.durable.database import open_database
from bot.durable.shared_budget import SharedBudget
from bot.durable.turn_store import TurnStore
from bot.durable.workflow import prepare

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from benchmarks.measure import Answer
    from benchmarks.policies import Show, Words
    from benchmarks.scenarios import Scenario
    from bot.core.pacing.pacing import Pacing


@asynccontextmanager
async def replicas(slack: VirtualSlack, where: Path | str, count: int) -> AsyncGenerator[Show]:
    """So many replicas, running while the block does. They take answers by turns."""
    async with AsyncExitStack() as stack:
        shows = [await stack.enter_async_context(_replica(slack, where, f"r{n}")) for n in range(count)]
        turns = cycle(shows)

        async def show(channel: str, answer: Answer, words: Words) -> None:
            await next(turns)(channel, answer, words)

        yield show


@asynccontextmanager
async def _replica(slack: VirtualSlack, where: Path | str, name: str) -> AsyncGenerator[Show]:
    async with open_database(where) as database:
        await prepare(database)
        await TurnStore(database, name).prepare()

        def share(pacing: Pacing) -> SharedBudget:
            clock = asyncio.get_running_loop().time
            return SharedBudget(database, pacing, team="T", replica=name, clock=clock)

        async with teleprinter(slack, share=share) as show:
            yield show


async def measure(scenario: Scenario, where: Path | str, *, count: int = 2) -> Figures:
    """The figures of a scenario that so many replicas answer together, in real time."""
    slack = VirtualSlack(latency=LATENCY)
    answers = await play(scenario, replicas(slack, where, count))
    return Figures.of(answers, calls=slack.calls, limited=slack.limited)
