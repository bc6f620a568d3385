"""Tools in direct messages: each is a card of Slack's in the answer that grows, and a line below it where it is edited."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.models import finish
from tests.stories.test_answering import calls
from tests.stories.test_controls import AFTER, AFTER_STOP, offered
from tests.stories.test_tools import Notes, a_bot, use

if TYPE_CHECKING:
    from pathlib import Path

    from slack_emulator.server import Workspace
    from slack_emulator.state.models import Message

READ = use("notes__read", where="the safe")
WRITE = use("notes__write", path="plan.md")


def answer(slack: Workspace, direct: str, ts: str) -> Message | None:
    """The message of an answer, which asks nothing; None where there is none yet."""
    ours = [one for one in slack.messages(direct, ts) if one.user == slack.app.bot_user_id]
    return next((one for one in ours if not one.text.startswith("May I use")), None)


def shape(message: Message | None) -> list[str]:
    """What stands in a message, in its order: words, and of a card its title and how far it is."""
    if message is None:
        return []
    return [
        f"{block['title']}: {block['status']}" if block["type"] == "task_card" else str(block["text"])
        for block in message.blocks or ()
        if block["type"] in ("task_card", "markdown")
    ]


def below(slack: Workspace, direct: str, ts: str) -> list[str]:
    """What can be pressed below an answer."""
    message = answer(slack, direct, ts)
    return offered(message) if message else []


def question(slack: Workspace, direct: str, ts: str) -> Message | None:
    """The message that asks whether a tool may act; None where there is none yet."""
    asked = [one for one in slack.messages(direct, ts) if one.text.startswith("May I use")]
    return asked[0] if asked else None


async def approve(slack: Workspace, direct: str, ts: str) -> None:
    """Lets the tool act, once that is asked for."""
    asked = await slack.wait_for(lambda: question(slack, direct, ts))
    assert asked is not None
    await slack.press(direct, asked.ts, "ada", "teleprinter.approve")


async def test_each_tool_is_a_card_between_what_was_said_before_it_and_after(
    slack: Workspace, somewhere: Path | str
) -> None:
    tools, direct = Notes(found="Top secret."), slack.direct("ada", slack.app)
    answers: list[Any] = [["Let me look", *READ], READ, ["It is *there*.", *finish()]]
    async with a_bot(slack, tools, *answers, native_streams=True, database=somewhere):
        ts = await slack.say(direct, "ada", "Where are my notes?")
        await slack.wait_for(lambda: below(slack, direct, ts) == AFTER)
    message = answer(slack, direct, ts)
    assert message is not None
    card = "notes: read: complete"
    assert shape(message) == ["Let me look", card, card, "It is *there*."]
    assert message.streaming_state == "completed"
    assert calls(slack, "chat.update") == 0
    assert "secret" not in json.dumps(message.blocks)
    assert "the safe" not in json.dumps(message.blocks)


async def test_a_card_waits_for_approval_works_and_is_done_before_there_is_a_word(slack: Workspace) -> None:
    tools, direct = Notes(hold=True), slack.direct("ada", slack.app)
    async with a_bot(slack, tools, WRITE, ["It is noted.", *finish()], native_streams=True):
        ts = await slack.say(direct, "ada", "Note the plan.")
        await slack.wait_for(lambda: bool(question(slack, direct, ts)))
        await slack.wait_for(lambda: shape(answer(slack, direct, ts)) == ["notes: write: pending"])
        await approve(slack, direct, ts)
        await slack.wait_for(lambda: shape(answer(slack, direct, ts)) == ["notes: write: in_progress"])
        tools.go.set()
        await slack.wait_for(lambda: below(slack, direct, ts) == AFTER)
    assert shape(answer(slack, direct, ts)) == ["notes: write: complete", "It is noted."]


async def test_a_stop_while_a_tool_is_at_work_leaves_no_card_that_waits(slack: Workspace) -> None:
    tools, direct = Notes(hold=True), slack.direct("ada", slack.app)
    async with a_bot(slack, tools, ["Let me note it.", *WRITE], native_streams=True):
        ts = await slack.say(direct, "ada", "Note the plan.")
        await slack.wait_for(lambda: "notes: write: pending" in shape(answer(slack, direct, ts)))
        await slack.stop_session(direct, "ada", ts)
        await slack.wait_for(lambda: below(slack, direct, ts) == AFTER_STOP)
    message = answer(slack, direct, ts)
    assert message is not None
    assert "in_progress" not in str(message.blocks)
    assert "pending" not in str(message.blocks)
    assert message.streaming_state == "completed"


async def test_where_the_stream_breaks_the_answer_is_edited_and_a_line_says_what_it_does(
    slack: Workspace,
) -> None:
    tools, direct = Notes(hold=True), slack.direct("ada", slack.app)
    answers: list[Any] = [["Let me note it.", *WRITE], ["It is noted.", *finish()]]
    slack.fail_next("chat.appendStream", error="internal_error", times=10)
    async with a_bot(slack, tools, *answers, native_streams=True):
        ts = await slack.say(direct, "ada", "Note the plan.")
        await approve(slack, direct, ts)
        await slack.wait_for(lambda: "Using notes: write" in str(answer(slack, direct, ts)))
        tools.go.set()
        await slack.wait_for(lambda: shape(answer(slack, direct, ts)) == ["Let me note it.\n\nIt is noted."])
        await slack.wait_for(lambda: below(slack, direct, ts) == AFTER)
