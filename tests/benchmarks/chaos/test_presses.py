"""People of the chaos runs who press: what they expect, and how often they try."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING

from benchmarks.chaos.board import Board
from benchmarks.chaos.presses import Presses
from bot.app import running
from bot.settings import Settings
from slack_emulator.server import Workspace
from slack_emulator.web_api.rate_limits import Limits
from tests.stories.conftest import Storyteller

if TYPE_CHECKING:
    from collections.abc import Callable


async def pressing(model: Storyteller, seen: Callable[[Presses], bool]) -> Presses:
    """People press below six answers, until that is seen of it."""
    async with Workspace.start(limits=Limits.off()) as slack:
        board = Board()
        slack.watch(board.hear)
        presses = Presses(slack, board, Random(3), ("ada", "raj"), "grace", patience=1.0)  # noqa: S311
        settings = Settings(
            slack_bot_token=slack.app.bot_token,
            slack_app_token=slack.app.app_token,
            slack_api_url=slack.api_url,
            database=None,
        )
        async with running(settings, model), asyncio.TaskGroup() as tasks:
            for number in range(6):  # whatever is deleted of them
                await slack.say("general", "ada", f"@Teleprinter Sing {number}.")
            tasks.create_task(presses.go_on(20.0))
            await slack.wait_for(lambda: seen(presses))
            presses.over.set()
            model.go.set()
    return presses


async def test_what_is_pressed_is_asked_for_and_something_comes_of_it() -> None:
    presses = await pressing(
        Storyteller("La …pause… la."),
        lambda one: bool(one.stopped and one.owed),
    )
    assert presses.made >= len(presses.stopped) + len(presses.owed)
    assert presses.owed <= presses.asked & presses.board.begun
    assert presses.unheeded == []
