"""What an operator reads of a running bot agrees with what Slack saw of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bot.observability import facts
from bot.observability.hooks import subscribe
from tests.stories.conftest import Storyteller
from tests.stories.test_answering import calls, until

if TYPE_CHECKING:
    from bot.observability.facts import Fact
    from slack_emulator.server import Workspace
    from tests.stories.conftest import Start

METHODS = ("chat.postMessage", "chat.update", "conversations.info", "conversations.replies", "users.info")


async def figures(port: int) -> dict[str, float]:
    """Every sample by its name and the values of its labels."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/metrics") as answer,
    ):
        families = text_string_to_metric_families(await answer.text())
        return {
            " ".join((sample.name, *sample.labels.values())): sample.value
            for family in families
            for sample in family.samples
        }


def counted(read: dict[str, float]) -> dict[str, float]:
    """How many calls a process says that it has made."""
    name, outcomes = "teleprinter_slack_requests_total", ("taken", "RateLimited")
    return {method: sum(read.get(f"{name} {method} {one}", 0) for one in outcomes) for method in METHODS}


async def compared(slack: Workspace, port: int) -> tuple[dict[str, float], dict[str, int]]:
    """What the process says and what Slack has counted, at a moment when no call was under way, where there is one."""
    read, seen = dict[str, float](), dict[str, int]()
    for _ in range(200):
        seen = {method: calls(slack, method) for method in METHODS}
        read = await figures(port)
        if counted(read) == seen:
            break
    return read, seen


class Listening:
    """Hears facts, and wakes who waits for a turn to end."""

    def __init__(self) -> None:
        self.port = 0
        self.ended = asyncio.Event()

    def __call__(self, fact: Fact) -> None:
        if isinstance(fact, facts.StatusServed):
            self.port = fact.port
        if isinstance(fact, facts.TurnEnded):
            self.ended.set()


async def test_the_figures_agree_with_what_slack_counted(slack: Workspace, start: Start) -> None:
    heard = Listening()
    slack.fail_next("chat.update", status=429, retry_after=1)
    model = Storyteller("Bubbles rise …pause… and fall.", "Once.")
    with subscribe(heard):
        async with start(model, status_port=0, host="127.0.0.1"):
            song = await slack.say("general", "ada", "@Teleprinter Write me a song.")
            await until(slack, song, "Bubbles rise")
            other = await slack.say("random", "raj", "@Teleprinter Twice?")
            await until(slack, other, "Once.", channel="random")
            await heard.ended.wait()
            read, seen = await compared(slack, heard.port)
            model.go.set()
            await until(slack, song, "Bubbles rise and fall.")
    assert read["teleprinter_turns_started_total"] == 2
    assert read["teleprinter_turns_running"] == 1
    assert read["teleprinter_turns_ended_total done"] == 1
    assert read["teleprinter_slack_calls_total chat.postMessage taken"] == calls(slack, "chat.postMessage")
    assert read["teleprinter_first_text_seconds_count"] == 2
    assert counted(read) == seen
    assert read["teleprinter_slack_requests_total chat.update RateLimited"] == 1
    assert read["teleprinter_slack_budget_left chat.update"] <= 49
    assert read["teleprinter_slack_budget_left chat.appendStream"] == 100
    assert read["teleprinter_turns_waiting"] == 0
    assert read["teleprinter_turns_on_record"] >= 0
