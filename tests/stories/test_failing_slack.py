"""What people see when Slack fails in the middle of an answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.stories.conftest import Storyteller
from tests.stories.test_answering import calls, replies, until

if TYPE_CHECKING:
    from slack_emulator.server import Workspace
    from tests.stories.conftest import Start


async def test_after_a_rate_limit_the_whole_answer_arrives(slack: Workspace, start: Start) -> None:
    model = Storyteller("one two three four", every=0.05)
    slack.fail_next("chat.update", retry_after=1)
    async with start(model):
        ts = await slack.say("general", "ada", "@Teleprinter count")
        await until(slack, ts, "one two three four")
    limited = [call.at for call in slack.calls if call.status == 429]
    later = [call.at for call in slack.calls if call.method == "chat.update" and call.at > limited[0]]
    assert later[0] - limited[0] >= 1.0


async def test_a_post_whose_answer_got_lost_is_not_posted_twice(slack: Workspace, start: Start) -> None:
    slack.fail_next("chat.postMessage", drop=True, carried_out=True)
    async with start(Storyteller("Only once.")):
        ts = await slack.say("general", "ada", "@Teleprinter hello")
        await slack.wait_for(lambda: calls(slack, "chat.update") >= 1)
    assert replies(slack, ts) == ["Only once."]
    assert calls(slack, "chat.postMessage") == 1


async def test_a_server_error_only_delays_the_last_word(slack: Workspace, start: Start) -> None:
    slack.fail_next("chat.postMessage", status=503)
    async with start(Storyteller("Here I am.")):
        ts = await slack.say("general", "ada", "@Teleprinter hello")
        await until(slack, ts, "Here I am.")


async def test_deleting_the_reply_ends_the_models_work(slack: Workspace, start: Start) -> None:
    model = Storyteller("word " * 500, every=0.02)
    async with start(model):
        ts = await slack.say("general", "ada", "@Teleprinter talk")
        await slack.wait_for(lambda: replies(slack, ts))
        await slack.delete("general", slack.messages("general", ts)[0].ts)
        await asyncio.wait_for(model.closed.wait(), 5)
    assert replies(slack, ts) == []


async def test_a_workspace_that_refuses_the_block_gets_text(slack: Workspace, start: Start) -> None:
    slack.fail_next("chat.postMessage", error="invalid_blocks", times=2)  # with buttons, and without
    async with start(Storyteller("Plain enough.")):
        ts = await slack.say("general", "ada", "@Teleprinter hello")
        await until(slack, ts, "Plain enough.")
