"""Who is answered and who is not: 300 questions of 50 people to two replicas on one database, with lists, quotas and a channel that is off.

Every question has one decision, an answer or a word in private why there is none, and no day has more answers than its budgets have
places, however many are asked for at once, at whichever replica.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING

from rich.table import Table

from benchmarks.chaos.model import model_server
from benchmarks.chaos.replicas import Replicas
from bot.core.conversation import notices
from slack_emulator.errors import WorkspaceError
from slack_emulator.seeding.seed import Home, Person, Registration, Seed, SeedChannel
from slack_emulator.server import Workspace
from slack_emulator.state.changes import Changed, Posted, Whispered
from slack_emulator.web_api.rate_limits import Limits

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping
    from pathlib import Path

    from slack_emulator.state.changes import WorkspaceChange

WORDS = 6
ANSWERED = "answered"
WORD = re.compile(rf"\bq(\d+)w{WORDS - 1}\b")
SAID = {
    notices.BARRED_CHANNEL.english: "channel off",
    notices.BARRED_PERSON.english: "person denied",
    notices.BARRED_OUTSIDER.english: "outsider",
    notices.BARRED_GUEST.english: "guest",
    notices.SPENT_PERSON.english: "person's quota",
    notices.SPENT_TEAM.english: "workspace's quota",
}
"""What people are told, by what it means."""
ON, OFF, SHARED = "general", "off", "partners"
BY_CHANNEL = {OFF: "channel off", SHARED: "outsider"}
BY_GROUP = {"denied": "person denied", "guest": "guest", "outsider": "outsider"}
WITHIN = 120.0  # seconds after the last question


@dataclass(frozen=True, slots=True)
class DecisionPlan:
    """How many ask what, how often a second, and what there is room for in a day."""

    questions: int = 300
    members: int = 38
    denied: int = 4
    guests: int = 4
    outsiders: int = 4
    off: float = 0.15  # of the questions are asked in the channel that is off
    shared: float = 0.05  # in one that is shared with another company, whose people ask there alone
    each: int = 4  # answers a day for one person
    all: int = 120  # and for the workspace
    rate: float = 12.0
    replicas: int = 2


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the group of who asks, and who and where that is."""

    group: str
    person: str
    channel: str

    @property
    def allowed(self) -> frozenset[str]:
        """What may be decided by the lists alone; ANSWERED where they have nothing against it."""
        barred = {BY_CHANNEL.get(self.channel, ""), BY_GROUP.get(self.group, "")} - {""}
        return frozenset(barred or {ANSWERED})


@dataclass(eq=False)
class Decisions:
    """What was asked, and what became of it: all decisions of each question."""

    plan: DecisionPlan
    questions: list[Question] = field(default_factory=list[Question])
    made: dict[int, Counter[str]] = field(default_factory=dict[int, Counter[str]])

    def note(self, number: int, decision: str) -> None:
        """A decision about a question was seen."""
        self.made.setdefault(number, Counter())[decision] += 1

    def of(self, number: int) -> str:
        """What was decided; "" where nothing was."""
        return next(iter(self.made.get(number, ())), "")

    @property
    def answered(self) -> Counter[str]:
        """How many answers each person was given."""
        return Counter(one.person for number, one in enumerate(self.questions) if self.of(number) == ANSWERED)

    def wrong(self) -> list[str]:
        """What is not as it should be, in words."""
        plan, found = self.plan, list[str]()
        for number, one in enumerate(self.questions):
            made = self.made.get(number, Counter())
            wanted = one.allowed | (
                {"person's quota", "workspace's quota"} if ANSWERED in one.allowed else set()
            )
            if len(made) != 1 or not set(made) <= wanted:
                found.append(
                    f"question {number} of {one.person} ({one.group}): {dict(made)}, not one of {sorted(wanted)}"
                )
        asked = Counter(one.person for one in self.questions if one.allowed == {ANSWERED})
        room = min(plan.all, sum(min(count, plan.each) for count in asked.values()))
        given = self.answered
        found += [
            f"{person} was given {count} answers" for person, count in given.items() if count > plan.each
        ]
        if given.total() != room:
            found.append(f"{given.total()} answers were given where there was room for {room}")
        return found

    def table(self) -> Table:
        """Every decision, by who asked where."""
        made = Counter((one.group, one.channel, self.of(number)) for number, one in enumerate(self.questions))
        columns = [ANSWERED, *SAID.values(), ""]
        shown = Table("who", "channel", *columns[:-1], "undecided", title="What was decided")
        for group, channel in sorted({(group, channel) for group, channel, _ in made}):
            counts = (made[group, channel, one] for one in columns)
            shown.add_row(group, channel, *(str(one or "") for one in counts))
        return shown


class Watcher:
    """Follows a workspace, and notes what is decided about each question."""

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions
        self._asked: dict[str, int] = {}  # by the ts of the question
        self._early: list[Whispered] = []

    def asked(self, ts: str, number: int) -> None:
        """The question is the message `ts`; what was said of it may have been seen before."""
        self._asked[ts] = number
        early, self._early = self._early, []
        for one in early:
            self.hear(one)

    def hear(self, change: WorkspaceChange) -> None:
        """Follows a change."""
        if isinstance(change, Whispered):
            number = self._asked.get(change.message.thread_ts or "")
            if number is None:
                self._early.append(change)
            else:
                self._decisions.note(number, SAID.get(change.message.text, change.message.text))
        elif isinstance(change, Posted | Changed):
            texts = [str(block.get("text", "")) for block in change.message.blocks or ()]
            for found in WORD.finditer(" ".join(texts)):
                # Each edit of a whole answer shows it again.
                self._decisions.made.setdefault(int(found[1]), Counter())[ANSWERED] = 1


async def decide(
    plan: DecisionPlan, *, database_url: str, folder: Path, seed: int = 0, tell: Callable[[str], None]
) -> Decisions:
    """One run, from the first replica's start to the last decision."""
    decisions = Decisions(plan)
    watcher, chance = Watcher(decisions), Random(seed)  # noqa: S311
    async with _stage(plan, database_url, folder) as (slack, people):
        slack.watch(watcher.hear)
        tell(f"{plan.questions} questions of {len(people)} people …")
        clock = asyncio.get_running_loop().time
        begun, names = clock(), sorted(people)
        for number in range(plan.questions):
            await asyncio.sleep(max(0.0, begun + number / plan.rate - clock()))
            person = chance.choice(names)
            channel = _place(plan, people[person], chance.random())
            decisions.questions.append(Question(people[person], person, channel))
            ts = await slack.say(channel, person, f"@Teleprinter question {number}")
            watcher.asked(ts, number)
        with suppress(WorkspaceError):
            await slack.wait_for(lambda: len(decisions.made) == plan.questions, within=WITHIN)
        await asyncio.sleep(1.0)  # in which a second decision would be seen
    return decisions


def _place(plan: DecisionPlan, group: str, drawn: float) -> str:
    """Where somebody of that group asks."""
    if group == "outsider" or drawn < plan.shared:
        return SHARED
    return OFF if drawn < plan.shared + plan.off else ON


@asynccontextmanager
async def _stage(
    plan: DecisionPlan, database_url: str, folder: Path
) -> AsyncGenerator[tuple[Workspace, Mapping[str, str]]]:
    """Replicas that answer in a workspace, and its people with the group of each."""
    groups = {"member": plan.members, "denied": plan.denied, "guest": plan.guests, "outsider": plan.outsiders}
    people = {f"{group}-{number}": group for group, count in groups.items() for number in range(count)}
    persons = [
        replace(Person(name), guest=group == "guest", stranger=group == "outsider")
        for name, group in people.items()
    ]
    home = Home("Sparkling", persons, [SeedChannel(ON), SeedChannel(OFF), SeedChannel(SHARED, shared=True)])
    async with AsyncExitStack() as stack:
        seeded = Seed([home], [Registration("Teleprinter")])
        slack = await stack.enter_async_context(Workspace.start(limits=Limits.off(), seed=seeded))
        _, model_url = await stack.enter_async_context(model_server(words=WORDS, every=0.01, failing=0.0))
        denied = [slack.place(OFF).id, *(slack.person(one).id for one in people if people[one] == "denied")]
        environment = {
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.app.bot_token,
            "SLACK_APP_TOKEN": slack.app.app_token,
            "TELEPRINTER_MODEL": "openai:decisions",
            "OPENAI_BASE_URL": model_url,
            "DATABASE_URL": database_url,
            "TELEPRINTER_UPDATES_PER_MINUTE": "100000",
            "TELEPRINTER_POSTS_IN_A_ROW": "1000",
            "TELEPRINTER_DENY": ",".join(denied),
            "TELEPRINTER_GUESTS": "no",
            "TELEPRINTER_TURNS_A_DAY_PERSON": str(plan.each),
            "TELEPRINTER_TURNS_A_DAY": str(plan.all),
        }
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        replicas = Replicas(folder, slack.url, environment, tasks)
        stack.push_async_callback(replicas.close)
        for _ in range(plan.replicas):
            await replicas.start()
        for replica in replicas.all:
            await replica.until_ready()
        yield slack, people
