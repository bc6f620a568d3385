"""Thousands of turns through one real process of the bot, as fast as it goes, and what it holds meanwhile.

People, channels, threads and direct messages are as many as a company has; a model of ours answers in a few words. Slack's limits are off,
since with them a day would take a day. Now and then nobody asks until all is answered, and then it is looked at what is still there.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING

from benchmarks.chaos.model import model_server
from benchmarks.chaos.replicas import Replica, Replicas
from benchmarks.day.samples import Sample, leaks, rows, take_sample
from benchmarks.day.steps import Steps, collector
from slack_emulator.seeding.seed import Person, SeedChannel, sparkling_seed
from slack_emulator.server import Workspace
from slack_emulator.state.changes import Changed, Posted
from slack_emulator.web_api.rate_limits import Limits

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator
    from pathlib import Path

    from slack_emulator.seeding.seed import Seed
    from slack_emulator.state.changes import WorkspaceChange

WORDS = 12
ANSWER = re.compile(rf"\bq(\d+)w{WORDS - 1}\b")  # the last word of an answer
WITHIN = 60.0  # seconds in which an answer has to be there
STILL = 2.0  # seconds after the last answer until nothing is under way any more
QUIET = 40.0
"""Seconds until connections that nobody needs are closed: aiohttp looks every fifteen for those that nobody has used for fifteen."""
TRACED = "0.05"  # of the turns: enough to see what is slow, and that tracing keeps nothing either


@dataclass(frozen=True, slots=True)
class DayPlan:
    """How many ask how often: `at_once` at any time. In the first third of the turns caches fill."""

    turns: int = 10_000
    people: int = 500
    channels: int = 60
    at_once: int = 30
    samples: int = 10
    in_threads: float = 0.3
    direct: float = 0.1

    @property
    def warm(self) -> int:
        """Turns after which it should grow no more."""
        return self.turns * 3 // 10


@dataclass(eq=False)
class Day:
    """What came of it."""

    plan: DayPlan
    samples: list[Sample] = field(default_factory=list[Sample])
    rows: dict[str, int] = field(default_factory=dict[str, int])
    steps: Steps = field(default_factory=Steps)
    missing: list[int] = field(default_factory=list[int])
    seconds: float = 0.0

    def wrong(self) -> list[str]:
        """What is not as it should be, in words."""
        settled = [one for one in self.samples if one.turns >= self.plan.warm]
        found = leaks(settled)
        if self.missing:
            found.append(f"{len(self.missing)} questions have no whole answer: {self.missing[:10]}")
        if self.rows.get("not over"):
            found.append(f"{self.rows['not over']} turns are on record and not over")
        return found


class Company:
    """People who ask, and wait for their answers."""

    def __init__(self, slack: Workspace, plan: DayPlan, seed: int) -> None:
        self._slack = slack
        self._plan = plan
        self._random = Random(seed)  # noqa: S311
        self._answered: dict[int, asyncio.Event] = {}
        self._threads: list[tuple[str, str]] = []
        self._people = [f"person-{number}" for number in range(plan.people)]
        slack.watch(self._hear)

    async def ask(self, number: int) -> bool:
        """One question. Returns whether its whole answer was there in time."""
        answered = self._answered[number] = asyncio.Event()
        channel, thread = self._place()
        person = self._random.choice(self._people)
        if channel == "":
            channel = self._slack.direct(person, self._slack.app)
        ts = await self._slack.say(channel, person, f"@Teleprinter question {number}", thread)
        try:
            async with asyncio.timeout(WITHIN):
                await answered.wait()
        except TimeoutError:
            return False
        finally:
            del self._answered[number]
        if thread is None:
            # Not before: whoever asks again while they are answered takes the first question back.
            self._threads = [*self._threads[-40:], (channel, ts)]
        return True

    def _place(self) -> tuple[str, str | None]:
        """Where the next one is asked; "" for a direct message."""
        drawn = self._random.random()
        if drawn < self._plan.direct:
            return "", None
        if drawn < self._plan.direct + self._plan.in_threads and self._threads:
            # Each thread is gone on with once: two who ask in it at the same time would wait for each other.
            channel, ts = self._threads.pop(self._random.randrange(len(self._threads)))
            if not channel.startswith("D"):
                return channel, ts
        return f"channel-{self._random.randrange(self._plan.channels)}", None

    def _hear(self, change: WorkspaceChange) -> None:
        if not isinstance(change, Posted | Changed):
            return
        texts = [str(block.get("text", "")) for block in change.message.blocks or ()]
        for found in ANSWER.finditer(" ".join([*texts, change.message.text])):
            if (answered := self._answered.get(int(found[1]))) is not None:
                answered.set()


async def play_day(
    plan: DayPlan, *, database_url: str, folder: Path, seed: int = 0, tell: Callable[[str], None]
) -> Day:
    """One day, from the process's start to the last answer."""
    day, clock = Day(plan), asyncio.get_running_loop().time
    async with _stage(plan, database_url, folder) as (slack, replica, day.steps):
        company, begun = Company(slack, plan, seed), clock()
        day.samples.append(await take_sample(replica, 0, database_url))
        share = max(1, plan.turns // plan.samples)
        for first in range(0, plan.turns, share):
            numbers = iter(range(first, min(first + share, plan.turns)))
            async with asyncio.TaskGroup() as tasks:
                for _ in range(plan.at_once):
                    tasks.create_task(_ask_on(company, numbers, day.missing))
            asked = min(first + share, plan.turns)
            # What it holds open is compared between these two.
            await asyncio.sleep(QUIET if asked == plan.turns or first < plan.warm <= asked else STILL)
            day.samples.append(await take_sample(replica, asked, database_url))
            tell(f"{day.samples[-1].turns:,} turns, {day.samples[-1].memory:.0f} MB …")
        day.seconds = clock() - begun
        day.rows = rows(database_url)
        replica.process.terminate()  # so that the last spans are sent
        await replica.process.wait()
    return day


async def _ask_on(company: Company, numbers: Iterator[int], missing: list[int]) -> None:
    missing += [number for number in numbers if not await company.ask(number)]


@asynccontextmanager
async def _stage(
    plan: DayPlan, database_url: str, folder: Path
) -> AsyncGenerator[tuple[Workspace, Replica, Steps]]:
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(Workspace.start(limits=Limits.off(), seed=_seed(plan)))
        _, model_url = await stack.enter_async_context(model_server(words=WORDS, every=0.002, failing=0.0))
        steps, traces = await stack.enter_async_context(collector())
        environment = {
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.app.bot_token,
            "SLACK_APP_TOKEN": slack.app.app_token,
            "TELEPRINTER_MODEL": "openai:day",
            "OPENAI_BASE_URL": model_url,
            "DATABASE_URL": database_url,
            "TELEPRINTER_UPDATES_PER_MINUTE": "100000",
            "TELEPRINTER_POSTS_IN_A_ROW": "1000",
            "TELEPRINTER_HOST": "127.0.0.1",
            "TELEPRINTER_STATUS_PORT": "0",
            "OTEL_EXPORTER_OTLP_ENDPOINT": traces,
            "OTEL_TRACES_SAMPLER": "traceidratio",
            "OTEL_TRACES_SAMPLER_ARG": TRACED,
        }
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        replicas = Replicas(folder, slack.url, environment, tasks)
        stack.push_async_callback(replicas.close)
        replica = await replicas.start()
        await replica.until_ready()
        yield slack, replica, steps


def _seed(plan: DayPlan) -> Seed:
    """A company of so many people and channels."""
    seed = sparkling_seed()
    people = [Person(f"person-{number}") for number in range(plan.people)]
    channels = [SeedChannel(f"channel-{number}") for number in range(plan.channels)]
    home = seed.workspaces[0]
    home = replace(home, people=[*home.people, *people], channels=[*home.channels, *channels])
    return replace(seed, workspaces=[home])
