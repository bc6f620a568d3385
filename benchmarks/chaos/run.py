"""A run: people ask, replicas come and go, and every question is followed to its end. All on this machine.

Slack's limits are off in the local workspace, and the bot's are raised: four questions a second are more than one bot may
answer on Slack. What is tested here is that nothing is lost or doubled; what limits do is tested by the other benchmarks.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING

import aiohttp

from benchmarks.chaos.acting import SECONDS, Acting
from benchmarks.chaos.board import Board, Take
from benchmarks.chaos.front import Troubles, front_of
from benchmarks.chaos.model import model_server
from benchmarks.chaos.presses import Presses
from benchmarks.chaos.replicas import Replicas
from benchmarks.chaos.scrape import ON_ITS_WAY, Scrape, compare, scrape
from benchmarks.chaos.verdict import Answer, Ending, Verdict, doubles, judge
from bot.core.conversation.answer_key import MOST_TAKES
from slack_emulator.seeding.seed import Person, sparkling_seed
from slack_emulator.server import Workspace
from slack_emulator.web_api.rate_limits import Limits

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
    from pathlib import Path
    from typing import Any

    from benchmarks.chaos.acting import ActingVerdict
    from benchmarks.chaos.front import Front
    from benchmarks.chaos.model import Model
    from benchmarks.chaos.replicas import Replica
    from benchmarks.chaos.scrape import Line
    from slack_emulator.seeding.seed import Seed

PEOPLE = ("ada", "grace", "linnea", "raj")
ADMIN = "maya"
CHANNELS = ("general", "random", "support")
STUCK = 60.0
"""Seconds in which something has to come in after the last question, until all are answered and what cannot be done any more is gone. What
comes is waited for however long all of it takes: how quick a machine is says nothing of what is lost."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens in a run. Times are in seconds; None means never."""

    seconds: float = 120.0
    replicas: int = 3
    rate: float = 4.0  # questions a second
    again: float = 0.1  # of the events are delivered twice or thrice
    follow: float = 0.3  # of the questions are asked in a thread that is there
    words: int = 40
    every: float = 0.06  # between two words of an answer
    kill: float | None = 8.0  # between two kills
    freeze: float | None = None  # when one replica stands still for ten seconds
    restart: float | None = None  # when the database ends and starts again
    cut: float | None = None  # between two cuts of all sockets
    leave: float | None = None  # between two deploys: SIGTERM to one, and a new one
    presses: float = 1.0  # a second
    breaking: float = 0.05  # of the model's answers end in the middle
    updates: int = 900  # a minute, as the replicas are told
    acts: bool = False  # whether each question wants a tool to act, which somebody has to approve
    troubles: Troubles = field(default_factory=Troubles)


@dataclass(eq=False)
class Run:
    """The parts of a run, while it lasts."""

    plan: Plan
    slack: Workspace
    front: Front
    model: Model
    replicas: Replicas
    restart_database: Callable[[], None] | None
    random: Random
    board: Board
    presses: Presses
    acting: Acting | None = None
    asked: dict[int, Take] = field(default_factory=dict[int, Take])
    threads: list[tuple[str, str, set[str]]] = field(default_factory=list[tuple[str, str, set[str]]])
    exits: list[int] = field(default_factory=list[int])
    scrapes: list[Scrape] = field(default_factory=list[Scrape])
    unreached: list[str] = field(default_factory=list[str])
    settled: float = 0.0  # seconds from the last question until nothing was wanting, or nothing came any more

    # ---- people

    async def ask(self) -> None:
        """Questions at an even rate, for as long as the plan says."""
        clock = asyncio.get_running_loop().time
        begun = clock()
        for number in range(int(self.plan.seconds * self.plan.rate)):
            await asyncio.sleep(max(0.0, begun + number / self.plan.rate - clock()))
            await self._ask(number)

    async def _ask(self, number: int) -> None:
        channel, thread_ts, person = self._place()
        ts = await self.slack.say(channel, person, f"@Teleprinter question {number}", thread_ts)
        self.asked[number] = Take(self.slack.place(channel).id, ts)
        if self.acting is not None:
            self.acting.people[number] = person
        if thread_ts is None:
            self.threads.append((channel, ts, {person}))
        if self.random.random() < self.plan.again:
            await self.slack.redeliver(ts, times=self.random.choice((1, 2)))

    def _place(self) -> tuple[str, str | None, str]:
        """Where the next question is asked, and by whom: nobody asks twice in a thread, which could supersede."""
        open_ = [each for each in self.threads[-12:] if len(each[2]) < len(PEOPLE)]
        if open_ and self.random.random() < self.plan.follow:
            channel, ts, people = self.random.choice(open_)
            person = self.random.choice([one for one in PEOPLE if one not in people])
            people.add(person)
            return channel, ts, person
        return self.random.choice(CHANNELS), None, self.random.choice(PEOPLE)

    # ---- what goes wrong

    async def kill(self, every: float) -> None:
        """Kill one and replace it, again and again; never the last that serves."""
        while True:
            await asyncio.sleep(every)
            serving = self.replicas.serving
            if len(serving) > 1:
                victim = self.random.choice(serving)
                # Before the first one goes all can be asked how late their words are: none has adopted any.
                await self.scrape([victim] if self.scrapes else serving)
                await self.replicas.kill(victim)
                await self.replicas.start()

    async def leave(self, every: float) -> None:
        """A deploy: tell one to leave while a new one comes, again and again."""
        while True:
            await asyncio.sleep(every)
            serving = self.replicas.serving
            if len(serving) > 1:
                await self.replicas.start()
                self.exits.append(await self.replicas.leave(serving[0]))

    async def freeze(self, at: float) -> None:
        """One stands still for ten seconds."""
        await asyncio.sleep(at)
        frozen = self.random.choice(self.replicas.serving)
        frozen.freeze()
        await asyncio.sleep(10.0)
        frozen.thaw()

    async def restart(self, at: float) -> None:
        """The database ends, as in a crash, and starts again."""
        await asyncio.sleep(at)
        if self.restart_database is not None:
            await asyncio.to_thread(self.restart_database)

    async def cut(self, every: float) -> None:
        """All sockets end without a word, again and again."""
        while True:
            await asyncio.sleep(every)
            await self.slack.close_sockets(None, grace=0.0)

    # ---- what replicas say of themselves

    async def scrape(self, replicas: Sequence[Replica]) -> None:
        """Ask these replicas for their figures."""
        asked = await asyncio.gather(
            *(scrape(one, len(self.asked)) for one in replicas), return_exceptions=True
        )
        for replica, one in zip(replicas, asked, strict=True):
            if isinstance(one, Scrape):
                self.scrapes.append(one)
            elif isinstance(one, aiohttp.ClientError | TimeoutError):
                self.unreached.append(replica.name)
            else:
                raise one

    def compare(self) -> list[Line]:
        """What they have said beside what Slack has counted."""
        # A call whose answer is lost shows words before the bot knows it, and a press may show what another replica has written.
        plain = not self.plan.presses and not self.plan.troubles.lost
        return compare(self.scrapes, self.front.heard, self.model.written if plain else None)

    # ---- the end

    def answers(self) -> list[Answer]:
        """Every answer that has to be there, or is."""
        numbers = {(take.channel, take.ts): number for number, take in self.asked.items()}
        takes = {*self.asked.values(), *self.presses.owed, *self.board.begun}
        return [self._answer(numbers[take.channel, take.ts], take) for take in sorted(takes)]

    def _answer(self, number: int, take: Take) -> Answer:
        messages = self.board.messages(take)
        if take in self.presses.deleted:
            endings = {Ending.GONE}
        else:
            endings = {Ending.WHOLE}
            endings |= {Ending.STOPPED} if take in self.presses.stopped else set()
            endings |= {Ending.FAILED} if number in self.model.broken else set()
            endings |= {Ending.REMOVED} if take in self.presses.removed else set()
        texts, controls = (one.text for one in messages), (one.controls for one in messages)
        return Answer(number, tuple(texts), tuple(controls), frozenset(endings))

    @property
    def twice(self) -> int:
        """How often something was done that nobody has asked for, or that was being done already."""
        asked = {*self.asked.values(), *self.presses.asked}
        return len(self.board.begun - asked) + self.model.at_once()

    def wrong(self) -> list[str]:
        """What there is to look at of the answers that are not as they should be, a line each; and of presses that were in vain."""
        words = self.plan.words
        odd = [
            one for one in self.answers() if not one.ended(words) or one.stale or doubles(one.shown(words))
        ]
        vain = [f"in vain: {one.control.value} below {one.take}" for one in self.presses.unheeded]
        return [str(one) for one in odd] + vain

    @property
    def given_up(self) -> int:
        """How many turns a replica gave up."""
        return sum("turn.given_up" in line for replica in self.replicas.all for line in replica.said)

    def judge(self) -> Verdict:
        """The verdict as things stand."""
        touched = {*self.presses.stopped, *self.presses.deleted, *self.presses.removed}
        ended = [number for number, take in self.asked.items() if touched & set(self._takes(take))]
        # Whoever presses may edit what another has asked: only answers are one process's at a time.
        questions = {one.ts for one in self.acting.questions()} if self.acting else set[str]()
        return judge(
            self.answers(),
            words=self.plan.words,
            gaps=self.model.gaps(excluding=ended),
            writes=[one for one in self.front.writes if one.ts not in questions],
            twice=self.twice,
        )

    async def settle(self) -> None:
        """Wait until nothing is wanting any more, or nothing has come in for long."""
        clock = asyncio.get_running_loop().time
        begun = moved = clock()
        before: tuple[Verdict, ActingVerdict | None] | None = None
        while clock() - moved < STUCK:
            stands = (self.judge(), self.acting.judge() if self.acting else None)
            # Also what an earlier attempt had posted besides goes only when the last word is there.
            if all(one is None or one.passed for one in stands):
                break
            if stands != before:
                before, moved = stands, clock()
            await asyncio.sleep(1.0)
        self.settled = clock() - begun

    def _takes(self, first: Take) -> list[Take]:
        return [first._replace(number=number) for number in range(MOST_TAKES)]


async def play(
    plan: Plan,
    *,
    database_url: str,
    folder: Path,
    seed: int = 0,
    restart_database: Callable[[], None] | None = None,
    tell: Callable[[str], None],
) -> tuple[Verdict, Run]:
    """One run, from the first replica's start to the last answer."""
    async with _stage(plan, database_url, folder, seed, restart_database) as run:
        tell(f"starting {plan.replicas} replicas …")
        for _ in range(plan.replicas):
            await run.replicas.start()
        for replica in run.replicas.all:
            await replica.until_ready()
        tell(f"{plan.rate:g} questions a second for {plan.seconds:g} s …")
        async with asyncio.TaskGroup() as tasks:
            trouble = [tasks.create_task(each) for each in _troubles(run)]
            tasks.create_task(run.presses.go_on(plan.presses))
            deciding = [tasks.create_task(run.acting.decide())] if run.acting else []
            await run.ask()
            for task in trouble:
                task.cancel()
            run.presses.over.set()
            tell("waiting for the last answers …")
            await run.settle()
            for task in deciding:
                task.cancel()
        await asyncio.sleep(2 * ON_ITS_WAY)
        await run.scrape(run.replicas.serving)
        return run.judge(), run


def _troubles(run: Run) -> list[Coroutine[Any, Any, None]]:
    plan = run.plan
    wanted = (
        (run.kill, plan.kill), (run.freeze, plan.freeze), (run.restart, plan.restart),
        (run.cut, plan.cut), (run.leave, plan.leave),
    )  # fmt: skip
    return [trouble(when) for trouble, when in wanted if when is not None]


@asynccontextmanager
async def _stage(
    plan: Plan,
    database_url: str,
    folder: Path,
    seed: int,
    restart_database: Callable[[], None] | None,
) -> AsyncGenerator[Run]:
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(Workspace.start(limits=Limits.off(), seed=_seed()))
        front, front_url = await stack.enter_async_context(
            front_of(slack.api_url, troubles=plan.troubles, seed=seed)
        )
        model, model_url = await stack.enter_async_context(
            model_server(words=plan.words, every=plan.every, breaking=plan.breaking, seed=seed)
        )
        environment = {
            "SLACK_BOT_TOKEN": slack.app.bot_token,
            "SLACK_APP_TOKEN": slack.app.app_token,
            "TELEPRINTER_MODEL": "openai:chaos",
            "OPENAI_BASE_URL": model_url,
            "DATABASE_URL": database_url,
            "TELEPRINTER_UPDATES_PER_MINUTE": str(plan.updates),
            "TELEPRINTER_HOST": "127.0.0.1",
            "TELEPRINTER_STATUS_PORT": "0",
            "TELEPRINTER_POSTS_IN_A_ROW": "1000",
            "TELEPRINTER_DRAIN_SECONDS": "1",
        }
        acting = Acting(slack, folder, Random(seed)) if plan.acts else None  # noqa: S311
        if acting is not None:
            environment["TELEPRINTER_MCP_FILE"] = str(acting.write_tool_file())
            environment["TELEPRINTER_APPROVAL_SECONDS"] = str(SECONDS)
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        replicas = Replicas(folder, front_url, environment, tasks)
        stack.push_async_callback(replicas.close)
        board = Board()
        slack.watch(board.hear)
        presses = Presses(slack, board, Random(seed), PEOPLE, ADMIN)  # noqa: S311
        chance = Random(seed)  # noqa: S311
        yield Run(plan, slack, front, model, replicas, restart_database, chance, board, presses, acting)


def _seed() -> Seed:
    """Sparkling, and an admin besides, who asks nothing."""
    seed = sparkling_seed()
    (home,) = seed.workspaces
    people = [replace(one, admin=False) for one in home.people]
    return replace(seed, workspaces=[replace(home, people=[*people, Person(ADMIN)])])
