"""What people see in direct messages, where answers grow by Slack's native stream."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.patience import HANGING
from tests.stories.conftest import Storyteller
from tests.stories.test_answering import calls, replies, until
from tests.stories.test_controls import AFTER, AFTER_STOP, offered

if TYPE_CHECKING:
    from pathlib import Path

    from slack_emulator.server import Workspace
    from slack_emulator.state.models import Message
    from tests.stories.conftest import Start


def the_answer(slack: Workspace, direct: str, ts: str) -> Message:
    (message,) = [one for one in slack.messages(direct, ts) if one.user == slack.app.bot_user_id]
    return message


def streams(slack: Workspace) -> list[str]:
    """The calls that showed the answer, in their order."""
    return [call.method for call in slack.calls if call.method.startswith("chat.")]


async def test_a_direct_message_is_answered_by_a_stream_that_ends_with_what_can_be_pressed(
    slack: Workspace, start: Start
) -> None:
    direct, model = slack.direct("ada", slack.app), Storyteller("Bubbles rise …pause… and fall.")
    async with start(model, native_streams=True):
        ts = await slack.say(direct, "ada", "Write me a song.")
        await until(slack, ts, "Bubbles rise", channel=direct)
        assert the_answer(slack, direct, ts).streaming_state == "in_progress"
        model.go.set()
        await until(slack, ts, "Bubbles rise and fall.", channel=direct)
        await slack.wait_for(lambda: the_answer(slack, direct, ts).streaming_state == "completed")
    message = the_answer(slack, direct, ts)
    assert [block["type"] for block in message.blocks or ()] == ["markdown", "actions", "context_actions"]
    assert message.metadata is not None
    assert (streams(slack)[0], streams(slack)[-1]) == ("chat.startStream", "chat.stopStream")
    assert calls(slack, "chat.postMessage") == calls(slack, "chat.update") == 0


async def test_slacks_own_stop_ends_a_stream_and_what_is_written_stays_and_can_go_on(
    slack: Workspace, start: Start, somewhere: Path | str
) -> None:
    direct, model = slack.direct("ada", slack.app), Storyteller("Bubbles rise …pause…", "and fall.")
    async with start(model, native_streams=True, database=somewhere):
        ts = await slack.say(direct, "ada", "Write me a song.")
        await until(slack, ts, "Bubbles rise", channel=direct)
        await slack.stop_session(direct, "ada", ts)
        await asyncio.wait_for(model.closed.wait(), HANGING)
        await until(slack, ts, "Bubbles rise\n\n*Stopped.*", channel=direct)
        stopped = the_answer(slack, direct, ts)
        assert (stopped.streaming_state, offered(stopped)) == ("completed", AFTER_STOP)
        await slack.press(direct, stopped.ts, "ada", "teleprinter.continue")
        await until(slack, ts, "Bubbles rise\n\n*Stopped.*", "and fall.", channel=direct)
        await slack.wait_for(lambda: offered(slack.messages(direct, ts)[-1]) == AFTER)
    assert model.asked[1][-2].text == "Bubbles rise"


async def test_in_a_channel_where_others_read_the_answer_is_edited(slack: Workspace, start: Start) -> None:
    model = Storyteller("Bubbles rise …pause… and fall.")
    async with start(model, native_streams=True):
        ts = await slack.say("general", "ada", "@Teleprinter Write me a song.")
        await until(slack, ts, "Bubbles rise")
        model.go.set()
        await until(slack, ts, "Bubbles rise and fall.")
    assert calls(slack, "chat.startStream") == 0


ENDS = [
    *[
        (method, {"error": error})
        for method in ("chat.startStream", "chat.appendStream", "chat.stopStream")
        for error in ("unknown_method", "internal_error", "msg_too_long", "invalid_blocks", "tea_break")
    ],
    *[
        (method, {"retry_after": 1})
        for method in ("chat.startStream", "chat.appendStream", "chat.stopStream")
    ],
    *[
        (method, {"drop": True, "carried_out": True})
        for method in ("chat.startStream", "chat.appendStream", "chat.stopStream")
    ],
    ("chat.startStream", {"error": "missing_recipient_user_id"}),
    ("chat.startStream", {"error": "missing_recipient_team_id"}),
    ("chat.startStream", {"error": "channel_type_not_supported"}),
    ("chat.appendStream", {"error": "message_not_in_streaming_state"}),
    ("chat.stopStream", {"error": "message_not_in_streaming_state"}),
]


@pytest.mark.parametrize(("method", "fault"), ENDS, ids=str)
async def test_whatever_slack_says_of_a_stream_each_word_is_shown_once(
    slack: Workspace, start: Start, method: str, fault: dict[str, Any]
) -> None:
    direct, model = slack.direct("ada", slack.app), Storyteller("Bubbles …pause… rise and fall.", every=0.01)
    slack.fail_next(method, **fault)
    async with start(model, native_streams=True):
        ts = await slack.say(direct, "ada", "Write me a song.")
        if method != "chat.startStream":
            await slack.wait_for(lambda: bool(slack.state.replies(direct, ts)))
        model.go.set()
        await until(slack, ts, "Bubbles rise and fall.", channel=direct)
        await slack.wait_for(lambda: len(the_answer(slack, direct, ts).blocks or ()) == 3)
    assert the_answer(slack, direct, ts).streaming_state in (None, "completed")


@pytest.mark.parametrize(
    ("answer", "whole"),
    [
        ("What is …pause… new\n=======\n\nAll of it.", "# What is new\n\nAll of it."),
        (
            "See [the page] …pause… there.\n\n[the page]: https://a.example",
            "See [the page](https://a.example) there.",
        ),
    ],
    ids=["a line makes a heading of the paragraph above", "a link is explained further down"],
)
async def test_where_what_was_added_has_to_change_after_all_the_same_message_is_edited(
    slack: Workspace, start: Start, answer: str, whole: str
) -> None:
    direct, model = slack.direct("ada", slack.app), Storyteller(answer)
    async with start(model, native_streams=True):
        ts = await slack.say(direct, "ada", "What is new?")
        await slack.wait_for(lambda: bool(slack.state.replies(direct, ts)))
        begun = the_answer(slack, direct, ts)
        model.go.set()
        await until(slack, ts, whole, channel=direct)
        await slack.wait_for(lambda: offered(the_answer(slack, direct, ts)) == AFTER)
    ended = the_answer(slack, direct, ts)
    assert (begun.streaming_state, ended.streaming_state, ended.ts) == ("in_progress", "completed", begun.ts)


async def test_a_workspace_without_streams_is_asked_once(slack: Workspace, start: Start) -> None:
    direct = slack.direct("ada", slack.app)
    slack.fail_next("chat.startStream", error="unknown_method", times=100)
    async with start(Storyteller("One two three.", every=0.02), native_streams=True):
        first = await slack.say(direct, "ada", "Count.")
        await until(slack, first, "One two three.", channel=direct)
        second = await slack.say(direct, "ada", "Again.")
        await until(slack, second, "One two three.", channel=direct)
    assert calls(slack, "chat.startStream") == 1


async def test_who_stops_the_stream_in_slack_stops_the_answer(slack: Workspace, start: Start) -> None:
    direct, model = slack.direct("ada", slack.app), Storyteller("Bubbles rise …pause… and fall.", every=0.01)
    async with start(model, native_streams=True):
        ts = await slack.say(direct, "ada", "Write me a song.")
        await until(slack, ts, "Bubbles rise", channel=direct)
        slack.fail_next("chat.appendStream", error="stopped_by_user")
        slack.fail_next("chat.stopStream", error="stopped_by_user")
        model.go.set()
        await model.closed.wait()
        await slack.wait_for(lambda: replies(slack, ts, direct)[0].startswith("Bubbles rise"))
        await slack.wait_for(lambda: calls(slack, "chat.update") > 0)
