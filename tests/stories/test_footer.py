"""What stands below a finished answer of what it took: with edits, and with native streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.core.conversation import notices
from tests.stories.conftest import Storyteller

if TYPE_CHECKING:
    from slack_emulator.server import Workspace
    from tests.stories.conftest import Start

BY = notices.ANSWERED_BY.english.format(model="a scripted model")


def shown(slack: Workspace, ts: str, channel: str) -> str:
    """The bot's last message of a thread, with all that stands below it."""
    said = [one for one in slack.messages(channel, ts) if one.user == slack.app.bot_user_id]
    return f"{said[-1].text} {said[-1].blocks}" if said else ""


@pytest.mark.parametrize("direct", [False, True], ids=["by edits", "as a stream"])
@pytest.mark.parametrize("footer", [frozenset[str](), frozenset({"MODEL", "COST"})], ids=["off", "on"])
async def test_the_model_stands_below_an_answer_that_is_finished_where_that_is_wanted(
    slack: Workspace, start: Start, footer: frozenset[str], *, direct: bool
) -> None:
    model = Storyteller("Because …pause… of bubbles.")
    async with start(model, footer=footer):
        channel = await slack.write_to("ada", "teleprinter") if direct else "general"
        ts = await slack.say(channel, "ada", "why?" if direct else "@Teleprinter why?")
        await slack.wait_for(lambda: "Because" in shown(slack, ts, channel))
        assert BY not in shown(slack, ts, channel)
        model.go.set()
        await slack.wait_for(lambda: "regenerate" in shown(slack, ts, channel))
        assert (BY in shown(slack, ts, channel)) is bool(footer)
        assert "at a cost" not in shown(slack, ts, channel)  # nobody has priced it


async def test_it_stands_below_a_private_answer_too(slack: Workspace, start: Start) -> None:
    ada = slack.person("ada").id
    async with start(Storyteller("Because."), footer=frozenset({"MODEL"})):
        await slack.command("general", "ada", "/ask Why?")
        await slack.wait_for(lambda: BY in str([one.blocks for one in slack.state.whispers_to(ada)]))
