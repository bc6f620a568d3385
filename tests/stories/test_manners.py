"""To whom the bot speaks in a thread, and to whom it does not, through real Bolt."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.conversation import notices
from bot.core.conversation.reply_policy import EXCHANGE, Follow
from tests.patience import HANGING
from tests.stories.conftest import Storyteller

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from slack_emulator.server import Workspace
    from slack_emulator.state.models import App
    from tests.stories.conftest import Start


def replies(slack: Workspace, ts: str, channel: str = "general") -> list[str]:
    """What the thread shows of the bot."""
    said = [one for one in slack.messages(channel, ts) if one.user == slack.app.bot_user_id]
    return [str((one.blocks or ())[0]["text"]) for one in said]


async def until(slack: Workspace, ts: str, *expected: str, channel: str = "general") -> None:
    await slack.wait_for(lambda: replies(slack, ts, channel) == list(expected))


async def left_alone(caplog: pytest.LogCaptureFixture, ts: str, why: str) -> None:
    """Wait until the bot has decided not to answer the message `ts`, and why."""
    async with asyncio.timeout(HANGING):
        while True:
            over = [vars(one) for one in caplog.records if one.message == "turn.over"]
            if [one["how"] for one in over if one["ts"] == ts] == [f"not ours: {why}"]:
                return
            await asyncio.sleep(0.01)


async def post(slack: Workspace, app: App, text: str, thread_ts: str = "") -> str:
    """An app posts with its own token; answers the ts."""
    client = AsyncWebClient(app.bot_token, base_url=slack.api_url)
    text = text.replace("@Teleprinter", f"<@{slack.app.bot_user_id}>")
    channel = slack.place("general").id
    return str((await client.chat_postMessage(channel=channel, text=text, thread_ts=thread_ts or None))["ts"])


async def test_who_asked_is_followed_and_who_has_not_is_left_alone_until_they_ask(
    slack: Workspace, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot")
    async with start(Storyteller("One.", "Two.", "Three.", "Four.")):
        ts = await slack.say("general", "ada", "@Teleprinter one?")
        await until(slack, ts, "One.")
        await left_alone(caplog, await slack.say("general", "grace", "Nice.", ts), "has not asked here")
        await left_alone(caplog, await slack.say("general", "ada", "@Grace lunch?", ts), "to others")
        await left_alone(caplog, await slack.say("general", "ada", "Thanks!", ts), "thanks")
        await slack.say("general", "grace", "@Teleprinter two?", ts)
        await until(slack, ts, "One.", "Two.")
        await slack.say("general", "grace", "and three?", ts)
        await until(slack, ts, "One.", "Two.", "Three.")
        await slack.say("general", "ada", "and four?", ts)
        await until(slack, ts, "One.", "Two.", "Three.", "Four.")


async def test_a_mention_inside_code_is_not_one(
    slack: Workspace, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot")
    model = Storyteller("Here.")
    async with start(model):
        told = await slack.say("general", "ada", "Write `@Teleprinter hello` to ask it.")
        ts = await slack.say("general", "ada", "@Teleprinter hello")
        await until(slack, ts, "Here.")
    assert (replies(slack, told), len(model.asked)) == ([], 1)


async def test_a_thread_that_it_is_told_to_leave_is_left_also_after_a_restart_until_it_is_mentioned(
    slack: Workspace, start: Start, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level("INFO", "bot")
    model = Storyteller("One.", "Two.", "Three.")
    async with start(model, database=tmp_path / "left.sqlite"):
        ts = await slack.say("general", "ada", "@Teleprinter one?")
        await until(slack, ts, "One.")
        await slack.say("general", "grace", "@Teleprinter leave", ts)
        await until(slack, ts, "One.", notices.LEFT.english)
        await left_alone(caplog, await slack.say("general", "ada", "hm, two?", ts), "asked to leave")
    async with start(model, database=tmp_path / "left.sqlite"):
        await left_alone(caplog, await slack.say("general", "ada", "two?", ts), "asked to leave")
        await slack.say("general", "ada", "@Teleprinter two?", ts)
        await until(slack, ts, "One.", notices.LEFT.english, "Two.")
        await slack.say("general", "ada", "three?", ts)
        await until(slack, ts, "One.", notices.LEFT.english, "Two.", "Three.")
    assert len(model.asked) == 3


async def test_another_database_knows_from_the_thread_itself_that_it_was_left(
    slack: Workspace, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot")
    async with start(Storyteller("One.")):
        ts = await slack.say("general", "ada", "@Teleprinter one?")
        await until(slack, ts, "One.")
        await slack.say("general", "ada", "@Teleprinter leave", ts)
        await until(slack, ts, "One.", notices.LEFT.english)
    async with start(Storyteller("Two.")):
        await left_alone(caplog, await slack.say("general", "ada", "two?", ts), "asked to leave")


async def test_whom_it_follows_is_the_operator_s_to_say(
    slack: Workspace, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot")
    async with start(Storyteller("One.", "Two."), follow=Follow.EVERYONE):
        ts = await slack.say("general", "ada", "@Teleprinter one?")
        await until(slack, ts, "One.")
        await slack.say("general", "grace", "two?", ts)
        await until(slack, ts, "One.", "Two.")
    async with start(Storyteller("Three."), follow=Follow.MENTIONS):
        await left_alone(caplog, await slack.say("general", "ada", "three?", ts), "not followed")


async def test_another_bot_is_read_and_not_answered(
    slack: Workspace, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot")
    model = Storyteller("The disk is full.")
    async with start(model):
        ts = await post(slack, slack.install("Alarm"), "@Teleprinter the disk is full")
        await left_alone(caplog, ts, "automatic")
        await slack.say("general", "ada", "@Teleprinter what is wrong?", ts)
        await until(slack, ts, "The disk is full.")
    assert "the disk is full" in model.asked[0][-1].text


async def test_a_bot_that_is_named_is_answered_and_an_exchange_with_it_ends(
    slack: Workspace, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot")
    alarm, model = slack.install("Alarm"), Storyteller("Noted.")
    async with start(model, answer_apps=frozenset({"alarm"})):
        ts = await post(slack, alarm, "@Teleprinter the disk is full")
        for answered in range(1, EXCHANGE):
            await until(slack, ts, *["Noted."] * answered)
            await post(slack, alarm, "@Teleprinter it is still full", ts)
        await until(slack, ts, *["Noted."] * EXCHANGE)
        last = await post(slack, alarm, "@Teleprinter and still", ts)
        await left_alone(caplog, last, "an exchange without a person")
        await left_alone(caplog, await slack.say("general", "ada", "I am on it.", ts), "has not asked here")
        await post(slack, alarm, "@Teleprinter still", ts)
        await until(slack, ts, *["Noted."] * (EXCHANGE + 1))


async def test_who_writes_through_an_app_with_their_own_account_is_a_person(
    slack: Workspace, start: Start
) -> None:
    zap = slack.install("Zap")
    async with start(Storyteller("Six.", "Seven.")):
        ts = await slack.say_through(zap, "general", "ada", "@Teleprinter what is 3 + 3?")
        await until(slack, ts, "Six.")
        await slack.say_through(zap, "general", "ada", "and 3 + 4?", ts)
        await until(slack, ts, "Six.", "Seven.")
