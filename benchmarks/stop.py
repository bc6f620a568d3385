"""How soon the model hears of a Stop that is pressed at another replica than the one that writes.

Two replicas, each a process of its own, on one database: Slack gives them what happens by turns, so that a press reaches either. What
it reached is in the log of who took it.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.chaos.front import Troubles, front_of
from benchmarks.chaos.model import model_server
from benchmarks.chaos.replicas import Replicas, database_url
from slack_emulator.server import Workspace

if TYPE_CHECKING:
    from benchmarks.chaos.model import Model
    from benchmarks.chaos.replicas import Replica

CALM = Troubles(0.0, 0.0, 0.0)
WORDS, EVERY = 600, 0.1  # of an answer: a minute long, unless it is stopped
PACE = 2.5  # seconds between two questions: a stop must not wait for Slack's limits, which are not what is measured
LONGEST = 60.0


@dataclass
class Stops:
    """Holds the seconds from each press to the end of the model's connection, by where it was pressed."""

    elsewhere: list[float] = field(default_factory=list[float])
    at_the_writer: list[float] = field(default_factory=list[float])


async def measure(where: Path | str, *, presses: int) -> Stops:
    """Asks and stops until so many presses were heard by another replica than the one that wrote."""
    stops = Stops()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        slack = await stack.enter_async_context(Workspace.start())
        _, front_url = await stack.enter_async_context(front_of(slack.api_url, troubles=CALM))
        model, model_url = await stack.enter_async_context(
            model_server(words=WORDS, every=EVERY, failing=0.0)
        )
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        environment = {
            "SLACK_BOT_TOKEN": slack.app.bot_token,
            "SLACK_APP_TOKEN": slack.app.app_token,
            "TELEPRINTER_MODEL": "openai:chaos",
            "OPENAI_BASE_URL": model_url,
            "DATABASE_URL": database_url(where),
        }
        replicas = Replicas(folder, front_url, environment, tasks)
        stack.push_async_callback(replicas.close)
        for replica in [await replicas.start(), await replicas.start()]:
            await replica.until_ready()
        number = 0
        while len(stops.elsewhere) < presses:
            number += 1
            await _one(slack, model, replicas.all, stops, number)
            await asyncio.sleep(PACE)
    return stops


async def _one(slack: Workspace, model: Model, replicas: list[Replica], stops: Stops, number: int) -> None:
    ts = await slack.say("general", "ada", f"@Teleprinter question {number}")
    await slack.wait_for(lambda: len(slack.messages("general", ts)) > 0, within=LONGEST)
    (call,) = model.calls[number]
    pressed_at = asyncio.get_running_loop().time()
    await slack.press("general", slack.messages("general", ts)[0].ts, "ada", "teleprinter.stop")
    async with asyncio.timeout(LONGEST):
        await call.ended.wait()
    assert call.cut_at is not None
    writer, hearer = _who(replicas, "turn.started", ts), await _heard(replicas, ts)
    kept = stops.at_the_writer if hearer is writer else stops.elsewhere
    kept.append(call.cut_at - pressed_at)


def _who(replicas: list[Replica], event: str, ts: str) -> Replica | None:
    return next((one for one in replicas if any(event in line and ts in line for line in one.said)), None)


async def _heard(replicas: list[Replica], ts: str) -> Replica:
    async with asyncio.timeout(LONGEST):
        while True:
            await asyncio.sleep(0.01)
            if (found := _who(replicas, "control.pressed", ts)) is not None:
                return found
