"""What people in a workspace see when they ask."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.conversation.content_parts import TextPart, UnreadablePart
from bot.core.conversation.history import Role
from bot.language.translatable import Translatable
from tests.patience import HANGING
from tests.stories.conftest import Storyteller

if TYPE_CHECKING:
    from pathlib import Path

    from slack_emulator.server import Workspace
    from tests.stories.conftest import Start

SONG = "Bubbles rise and bubbles fall, sparkling water loves us all."


def replies(slack: Workspace, ts: str, channel: str = "general") -> list[str]:
    """What the thread shows of the bot."""
    ours = slack.app.bot_user_id
    return [shown(message) for message in slack.messages(channel, ts) if message.user == ours]


def shown(message: object) -> str:
    """The Markdown of a message's block."""
    blocks = getattr(message, "blocks", ())
    return str(blocks[0]["text"]) if blocks else str(getattr(message, "text", ""))


async def until(slack: Workspace, ts: str, *expected: str, channel: str = "general") -> None:
    """Wait until the thread shows exactly these replies."""
    await slack.wait_for(lambda: replies(slack, ts, channel) == list(expected))


def calls(slack: Workspace, method: str) -> int:
    return sum(1 for call in slack.calls if call.method == method)


async def test_a_mention_is_answered_in_its_thread_by_one_growing_message(
    slack: Workspace, start: Start
) -> None:
    model = Storyteller("Bubbles rise …pause… and fall.")
    async with start(model):
        ts = await slack.say("general", "ada", "@Teleprinter Write me a song.")
        await until(slack, ts, "Bubbles rise")
        model.go.set()
        await until(slack, ts, "Bubbles rise and fall.")
    assert [message.text for message in model.asked[0]][1:] == ["Write me a song."]
    assert calls(slack, "chat.postMessage") == 1
    assert slack.messages("general", ts)[0].thread_ts == ts


async def test_a_direct_message_with_me_is_answered(slack: Workspace, start: Start) -> None:
    direct = slack.direct("ada", slack.app)
    async with start(Storyteller("Four.")):
        ts = await slack.say(direct, "ada", "/me wonders what 2+2 is")
        await until(slack, ts, "Four.", channel=direct)


async def test_in_direct_messages_of_several_a_mention_and_a_follow_up_are_answered(
    slack: Workspace, start: Start
) -> None:
    several = await slack.write_to("ada", "raj", "teleprinter")
    model = Storyteller("900 euro.", "No.")
    async with start(model):
        ts = await slack.say(several, "ada", "The budget is 900 euro.")
        await slack.say(several, "raj", "@Teleprinter What is the budget?", ts)
        await until(slack, ts, "900 euro.", channel=several)
        await slack.say(several, "raj", "Is that much?", ts)
        await until(slack, ts, "900 euro.", "No.", channel=several)
    read = [message.text for message in model.asked[0]][1:]
    assert [("The budget is 900 euro." in each, "What is the budget?" in each) for each in read[-2:]] in (
        [(True, False), (False, True)],
        [(True, True)],
    )


async def test_a_mention_edited_while_it_is_answered_has_one_answer(slack: Workspace, start: Start) -> None:
    model = Storyteller("Four. …pause… Really.")
    async with start(model):
        ts = await slack.say("general", "ada", "@Teleprinter 2+2")
        await until(slack, ts, "Four.")
        await slack.edit("general", ts, "@Teleprinter 2 + 2?")
        model.go.set()
        await until(slack, ts, "Four. Really.")
    assert len(model.asked) == 1


async def test_an_old_answered_mention_that_is_edited_has_no_second_answer(
    slack: Workspace, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    async with start(Storyteller("Thirteen.")):
        ts = await slack.say("general", "ada", "@Teleprinter what is 6 + 7?")
        await until(slack, ts, "Thirteen.")
    model = Storyteller("Fourteen.")
    # Another database knows as little of the old mention as one that has forgotten it after two days.
    async with start(model):
        with caplog.at_level("INFO", "bot"):
            await slack.edit("general", ts, "@Teleprinter what is 7 + 7?")
            async with asyncio.timeout(HANGING):
                await logged(caplog, "turn.over")
    (over,) = [record for record in caplog.records if record.message == "turn.over"]
    assert vars(over)["how"] == "not ours: answered before"
    assert (model.asked, replies(slack, ts)) == ([], ["Thirteen."])


async def logged(caplog: pytest.LogCaptureFixture, event: str) -> None:
    while True:
        await asyncio.sleep(0.01)
        if event in caplog.messages:
            return


async def test_a_mention_added_by_an_edit_is_answered(slack: Workspace, start: Start) -> None:
    async with start(Storyteller("Four.")):
        ts = await slack.say("general", "ada", "2+2")
        await slack.edit("general", ts, "@Teleprinter 2+2")
        await until(slack, ts, "Four.")


async def test_until_the_first_words_a_quiet_line_says_that_it_thinks(slack: Workspace, start: Start) -> None:
    model = Storyteller("…pause… Done.")
    async with start(model):
        ts = await slack.say("general", "ada", "@Teleprinter Think!")
        await slack.wait_for(
            lambda: [status.text for status in slack.state.statuses.values()] == ["is thinking…"]
        )
        model.go.set()
        await until(slack, ts, "Done.")
    assert not slack.state.statuses


async def test_in_a_thread_the_bot_reads_what_was_said_before(slack: Workspace, start: Start) -> None:
    model = Storyteller("Because of the light.")
    async with start(model):
        ts = await slack.say("general", "ada", "Is the sea blue?")
        await slack.say("general", "ada", "It looks green here.", ts)
        await slack.say("general", "ada", "@Teleprinter why?", ts)
        await until(slack, ts, "Because of the light.")
    (asked,) = model.asked
    assert [message.text for message in asked[1:]] == ["Is the sea blue?\n\nIt looks green here.\n\nwhy?"]


async def test_a_direct_message_needs_no_mention(slack: Workspace, start: Start) -> None:
    model = Storyteller(SONG)
    direct = slack.direct("ada", slack.app)
    async with start(model):
        ts = await slack.say(direct, "ada", "Write me a song.")
        await until(slack, ts, SONG, channel=direct)


async def test_where_it_took_part_the_bot_follows_up_without_a_mention(
    slack: Workspace, start: Start
) -> None:
    model = Storyteller("First.", "Second.")
    async with start(model):
        ts = await slack.say("general", "ada", "@Teleprinter one?")
        await until(slack, ts, "First.")
        await slack.say("general", "ada", "and two?", ts)
        await until(slack, ts, "First.", "Second.")
    assert [message.role for message in model.asked[1]][1:] == [Role.USER, Role.ASSISTANT, Role.USER]
    assert model.asked[1][2].text == "First."


async def test_talk_of_others_is_left_alone(slack: Workspace, start: Start) -> None:
    model = Storyteller("Here.")
    async with start(model):
        lunch = await slack.say("general", "ada", "Lunch?")
        await slack.say("general", "grace", "Sure.", lunch)
        joined = await slack.say("general", "ada", "@Teleprinter are you there?")
        await until(slack, joined, "Here.")
    assert replies(slack, lunch) == []
    assert len(model.asked) == 1


async def test_five_at_once_are_all_answered_and_slack_never_says_too_many(
    slack: Workspace, start: Start
) -> None:
    model = Storyteller(SONG, every=0.02)
    async with start(model):
        asked = [await slack.say("general", "ada", f"@Teleprinter song {n}") for n in range(5)]
        for ts in asked:
            await until(slack, ts, SONG)
    assert [call.status for call in slack.calls if call.status == 429] == []


async def test_an_event_that_slack_delivers_three_times_is_answered_once(
    slack: Workspace, start: Start
) -> None:
    model = Storyteller(SONG)
    async with start(model):
        ts = await slack.say("general", "ada", "@Teleprinter song")
        await until(slack, ts, SONG)
        await slack.redeliver(ts, times=2)
        later = await slack.say("general", "ada", "@Teleprinter again")
        await until(slack, later, SONG)
    assert replies(slack, ts) == [SONG]
    assert len(model.asked) == 2


async def test_what_was_answered_before_a_restart_is_not_answered_again(
    slack: Workspace, start: Start, tmp_path: Path
) -> None:
    async with start(Storyteller("Before."), database=tmp_path / "claims.sqlite"):
        ts = await slack.say("general", "ada", "@Teleprinter hello")
        await until(slack, ts, "Before.")
    model = Storyteller("After.")
    async with start(model, database=tmp_path / "claims.sqlite"):
        await slack.redeliver(ts)
        later = await slack.say("general", "ada", "@Teleprinter hello again")
        await until(slack, later, "After.")
    assert replies(slack, ts) == ["Before."]


async def test_the_same_over_http(slack: Workspace, start: Start, unused_port: int) -> None:
    model = Storyteller(SONG)
    async with start(model, slack_app_token="", host="127.0.0.1", port=unused_port):
        await slack.use_request_url(f"http://127.0.0.1:{unused_port}/slack/events")
        ts = await slack.say("general", "ada", "@Teleprinter song")
        await until(slack, ts, SONG)
        async with aiohttp.ClientSession() as session:
            healthy = await session.get(f"http://127.0.0.1:{unused_port}/healthz")
            forged = await session.post(
                f"http://127.0.0.1:{unused_port}/slack/events", json={"type": "event_callback"}
            )
    assert (healthy.status, forged.status) == (200, 401)


async def test_a_file_with_a_question_is_a_question(slack: Workspace, start: Start) -> None:
    model = Storyteller("I cannot read it.")
    direct = slack.direct("ada", slack.app)
    async with start(model):
        ts = await slack.upload(direct, "ada", "q3.pdf", "Sum it up")
        below = "*Not read: `q3.pdf`: it is not what its name says.*"
        await until(slack, ts, f"I cannot read it.\n\n{below}", channel=direct)
    said, file = model.asked[0][-1].parts
    assert (said, getattr(file, "name", "")) == (TextPart("Sum it up"), "q3.pdf")


ALERT = {
    "color": "danger",
    "title": "[FIRING:1] DiskFull host-01",
    "text": "/var is 98 percent full",
    "fields": [{"title": "Severity", "value": "critical"}],
    "fallback": "[FIRING:1] DiskFull host-01",
}
ALERT_WORDS = "[FIRING:1] DiskFull host-01\n/var is 98 percent full\nSeverity: critical"


async def alarm(slack: Workspace, channel: str = "general") -> str:
    """Another app posts an alert that is an attachment and nothing else; answers its ts."""
    client = AsyncWebClient(slack.install("Alarm").bot_token, base_url=slack.api_url)
    answer = await client.chat_postMessage(channel=slack.place(channel).id, text="", attachments=[ALERT])
    return str(answer["ts"])


async def test_who_asks_below_an_alert_is_answered_about_the_alert(slack: Workspace, start: Start) -> None:
    model = Storyteller("The disk is full.")
    async with start(model):
        ts = await alarm(slack)
        await slack.say("general", "ada", "@Teleprinter what is wrong here?", ts)
        await until(slack, ts, "The disk is full.")
    (_, asked) = model.asked[0]
    alert, question = asked.text.rsplit("\n\n", 1)
    assert asked.role is Role.USER
    assert alert.endswith(f": {ALERT_WORDS}")
    assert question.endswith(": what is wrong here?")


async def test_who_forwards_an_alert_is_answered_about_it(slack: Workspace, start: Start) -> None:
    model = Storyteller("The disk is full.")
    direct = slack.direct("ada", slack.app)
    async with start(model):
        alert = ("general", await alarm(slack))
        ts = await slack.forward(direct, "ada", alert, "What is wrong here?")
        await until(slack, ts, "The disk is full.", channel=direct)
        bare = await slack.forward(direct, "ada", alert)
        await until(slack, bare, "The disk is full.", channel=direct)
    quoted = "".join(f"> {line}\n" for line in ALERT_WORDS.split("\n"))
    assert model.asked[0][-1].text.startswith(f"What is wrong here?\n\n> Alarm:\n{quoted}")
    assert model.asked[1][-1].text.startswith(f"> Alarm:\n{quoted}")


async def test_a_message_that_nothing_can_be_read_of_is_told_to_the_model(
    slack: Workspace, start: Start
) -> None:
    model = Storyteller("Hm?")
    client = AsyncWebClient(slack.install("Blank").bot_token, base_url=slack.api_url)
    blank = await client.chat_postMessage(
        channel=slack.place("general").id,
        text="This content can't be displayed.",
        blocks=[{"type": "divider"}],
    )
    async with start(model):
        ts = str(blank["ts"])
        await slack.say("general", "ada", "@Teleprinter what is this?", ts)
        await until(slack, ts, "Hm?")
    assert UnreadablePart() in model.asked[0][-1].parts


async def test_what_people_change_afterwards_is_no_new_question(slack: Workspace, start: Start) -> None:
    model = Storyteller(SONG)
    direct = slack.direct("ada", slack.app)
    async with start(model):
        ts = await slack.say(direct, "ada", "Song?")
        await until(slack, ts, SONG, channel=direct)
        await slack.edit(direct, ts, "A song?")
        later = await slack.say(direct, "ada", "Another?")
        await until(slack, later, SONG, channel=direct)
    assert len(model.asked) == 2


async def test_nobody_is_pinged_by_what_the_model_writes(slack: Workspace, start: Start) -> None:
    async with start(Storyteller("Hello <!channel> and @here")):
        ts = await slack.say("general", "ada", "@Teleprinter shout")
        await slack.wait_for(lambda: replies(slack, ts))
    (said,) = replies(slack, ts)
    assert "<!channel>" not in said
    assert "@here" not in said


async def test_a_small_model_is_called_what_it_is_below_its_answer(slack: Workspace, start: Start) -> None:
    model = Storyteller("Sydney.")
    model.caution = Translatable("a tiny model, often wrong")
    async with start(model):
        ts = await slack.say("general", "ada", "@Teleprinter capital of Australia?")
        await until(slack, ts, "Sydney.")
    (message,) = slack.messages("general", ts)
    assert (message.blocks or ())[1]["elements"][0]["text"] == "a tiny model, often wrong"


async def test_a_long_answer_goes_on_in_a_second_message(slack: Workspace, start: Start) -> None:
    long = "A sentence of some length. " * 600
    async with start(Storyteller(long.strip())):
        ts = await slack.say("general", "ada", "@Teleprinter tell me everything")
        await slack.wait_for(lambda: " ".join(replies(slack, ts)) == long.strip())
    assert len(replies(slack, ts)) == 2


@pytest.mark.parametrize("reason", ["refresh_requested", None], ids=["asked to leave", "cut"])
async def test_a_lost_connection_does_not_lose_the_answer(
    slack: Workspace, start: Start, reason: str | None
) -> None:
    model = Storyteller("Half …pause… and whole.", "Next.")
    async with start(model):
        ts = await slack.say("general", "ada", "@Teleprinter go on")
        await until(slack, ts, "Half")
        await slack.close_sockets(reason, grace=0.0)
        model.go.set()
        await until(slack, ts, "Half and whole.")


async def test_leaving_finishes_what_is_being_written(slack: Workspace, start: Start) -> None:
    model = Storyteller("one two three four five", every=0.05)
    async with start(model):
        ts = await slack.say("general", "ada", "@Teleprinter count")
        await slack.wait_for(lambda: replies(slack, ts))
    assert replies(slack, ts) == ["one two three four five"]


async def test_leaving_in_a_hurry_says_so_below_the_answer(slack: Workspace, start: Start) -> None:
    model = Storyteller("Once upon …pause…")
    async with start(model, drain=0.05):
        ts = await slack.say("general", "ada", "@Teleprinter a tale")
        await until(slack, ts, "Once upon")
    assert replies(slack, ts) == ["Once upon\n\n*I was stopped while writing this. Please ask again.*"]
    await asyncio.wait_for(model.closed.wait(), 5)
