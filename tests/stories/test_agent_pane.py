"""What somebody sees who asks in the agent pane: through real Bolt, in a workspace with sessions and in one without."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.core.conversation.agent_pane import suggested_prompts
from bot.language.catalogue import ENGLISH
from tests.patience import HANGING
from tests.stories.conftest import Storyteller
from tests.stories.test_answering import calls, until

if TYPE_CHECKING:
    from pathlib import Path

    from slack_emulator.server import Workspace
    from tests.stories.conftest import Start

QUESTION = "Write me a song about sparkling water."


def session(slack: Workspace, direct: str, ts: str) -> tuple[str, str]:
    """The status and the title of a conversation; both "" before there is a session."""
    found = slack.state.sessions.get((direct, ts))
    return (found.status, found.title) if found else ("", "")


async def test_who_opens_the_pane_is_offered_what_could_be_asked(slack: Workspace, start: Start) -> None:
    direct = slack.direct("ada", slack.app)
    async with start(Storyteller("Four.")):
        await slack.open_home("ada", slack.app, tab="messages")
        shown = await slack.wait_for(lambda: slack.state.prompts.get((direct, ""), ()))
    assert [(one["title"], one["message"]) for one in shown] == [
        (one.title, one.message) for one in suggested_prompts(ENGLISH)
    ]


async def test_a_conversation_has_a_title_and_is_at_work_until_its_answer_is_whole(
    slack: Workspace, start: Start, somewhere: Path | str
) -> None:
    direct, model = slack.direct("ada", slack.app), Storyteller("Bubbles rise …pause… and fall.")
    async with start(model, database=somewhere):
        ts = await slack.say(direct, "ada", QUESTION)
        await until(slack, ts, "Bubbles rise", channel=direct)
        assert session(slack, direct, ts) == ("processing", QUESTION)
        model.go.set()
        await until(slack, ts, "Bubbles rise and fall.", channel=direct)
        await slack.wait_for(lambda: session(slack, direct, ts) == ("active", QUESTION))
    assert not slack.state.statuses


async def test_slacks_own_stop_keeps_what_is_written_and_the_conversation_is_no_longer_at_work(
    slack: Workspace, start: Start
) -> None:
    direct, model = slack.direct("ada", slack.app), Storyteller("Bubbles rise …pause… and fall.")
    async with start(model):
        ts = await slack.say(direct, "ada", QUESTION)
        await until(slack, ts, "Bubbles rise", channel=direct)
        await slack.stop_session(direct, "ada", ts)
        await asyncio.wait_for(model.closed.wait(), HANGING)
        await until(slack, ts, "Bubbles rise\n\n*Stopped.*", channel=direct)
        await slack.wait_for(lambda: session(slack, direct, ts) == ("active", QUESTION))


async def test_a_workspace_that_knows_no_sessions_shows_the_line_and_is_asked_once(
    slack: Workspace, start: Start
) -> None:
    direct, model = slack.direct("ada", slack.app), Storyteller("…pause… Four.", "Five.")
    slack.fail_next("agents.sessions.setStatus", status=200, error="unknown_method", times=9)
    async with start(model):
        ts = await slack.say(direct, "ada", QUESTION)
        await slack.wait_for(lambda: [one.text for one in slack.state.statuses.values()] == ["is thinking…"])
        assert session(slack, direct, ts) == ("active", QUESTION)
        model.go.set()
        await until(slack, ts, "Four.", channel=direct)
        await slack.say(direct, "ada", "And?", ts)
        await until(slack, ts, "Four.", "Five.", channel=direct)
    assert calls(slack, "agents.sessions.setStatus") == 1
    assert not slack.state.statuses


async def test_the_model_is_told_what_its_asker_looks_at_and_not_as_words_of_theirs(
    slack: Workspace, start: Start
) -> None:
    direct, model = slack.direct("ada", slack.app), Storyteller("Four.")
    async with start(model):
        await slack.look_at("ada", slack.app, "general")
        ts = await slack.say(direct, "ada", QUESTION)
        await until(slack, ts, "Four.", channel=direct)
    first, asked = (message.text for message in model.asked[0])
    assert slack.place("general").id in first
    assert asked == QUESTION
