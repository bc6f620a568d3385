"""A scenario under a policy, in virtual time: minutes pass in seconds, and every run is the same."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias

from benchmarks.measure import Answer, Figures, word
from benchmarks.ours import teleprinter
from benchmarks.policies import every_chunks, every_seconds, native, shared_window
from benchmarks.scenarios import LATENCY
from benchmarks.share_pacing import SharePacing
from benchmarks.slacks import Slack, VirtualSlack
from tests.clock import VirtualLoop

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from benchmarks.policies import Show, Words
    from benchmarks.scenarios import Question, Scenario

Policy: TypeAlias = "Callable[[Slack], AbstractAsyncContextManager[Show]]"
"""Shows answers on that Slack, while its block runs."""

OURS = "Teleprinter"
BEFORE = "Teleprinter, by shares"
"""Its rule before, to be compared with."""


def alone(show: Callable[[Slack], Show]) -> Policy:
    """A policy that runs nothing beside its answers."""

    @asynccontextmanager
    async def policy(slack: Slack) -> AsyncGenerator[Show]:
        yield show(slack)

    return policy


POLICIES: dict[str, Policy] = {
    OURS: teleprinter,
    BEFORE: lambda slack: teleprinter(slack, SharePacing),
    "every 20 chunks": alone(every_chunks),
    "every 500 ms": alone(lambda slack: every_seconds(slack, 0.5)),
    "every 1 s": alone(lambda slack: every_seconds(slack, 1.0)),
    "500 ms, 50 a minute shared": alone(shared_window),
    "native, 256 characters": alone(native),
}


async def write(question: Question, answer: Answer) -> Words:
    """The model: its words, each when it is due, however slowly they are read."""
    clock = asyncio.get_running_loop().time
    start = clock()
    for number in range(question.words):
        due = start + (number + 1) / question.rate
        await asyncio.sleep(max(0.0, due - clock()))
        answer.wrote(due)
        yield word(number)


async def play(scenario: Scenario, policy: AbstractAsyncContextManager[Show]) -> list[Answer]:
    """All answers of a scenario, shown to the last word by one policy."""
    answers = [Answer() for _ in scenario.questions]

    async def ask(number: int, question: Question, show: Show) -> None:
        await asyncio.sleep(question.start)
        channel, answer = scenario.channel(number), answers[number]
        await show(channel, answer, write(question, answer))

    async with policy as show, asyncio.TaskGroup() as tasks:
        for number, question in enumerate(scenario.questions):
            tasks.create_task(ask(number, question, show))
    return answers


def replay(
    scenario: Scenario, policy: Policy, *, latency: float = LATENCY
) -> tuple[list[Answer], VirtualSlack]:
    """The answers of a scenario under a policy, begun at 0 in virtual time; and the Slack that they were shown on."""

    async def run() -> tuple[list[Answer], VirtualSlack]:
        slack = VirtualSlack(latency=latency)
        return await play(scenario, policy(slack)), slack

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(run())


def simulate(scenario: Scenario, policy: Policy, *, latency: float = LATENCY) -> Figures:
    """The figures of a scenario under a policy, in virtual time."""
    answers, slack = replay(scenario, policy, latency=latency)
    return Figures.of(answers, calls=slack.calls, limited=slack.limited)


def duration(scenario: Scenario, policy: Policy) -> float:
    """Seconds until the last word of a scenario is seen, were it played in real time."""
    answers, _ = replay(scenario, policy)
    return max(seen for answer in answers for seen in answer.visible)
