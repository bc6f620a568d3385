"""What people can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from slack_emulator.errors import Refused

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from slack_emulator.server import Workspace


async def test_a_person_is_heard_where_they_speak(slack: Workspace) -> None:
    ts = await slack.say("#general", "Ada", "  @Teleprinter is 1 < 2?  ")
    message = slack.messages("general")[-1]
    assert (message.ts, message.user, message.text) == (ts, "U0000000ADA", "<@U0TELEPRINT> is 1 &lt; 2?")
    assert message.client_msg_id


async def test_what_a_person_posts_through_an_app_is_theirs_and_marked_as_the_app_s(
    slack: Workspace, client: AsyncWebClient
) -> None:
    zap = slack.install("Zap")
    ts = await slack.say_through(zap, "general", "ada", "@Teleprinter is 1 < 2?")
    history = await client.conversations_history(channel="C000GENERAL", oldest=ts, inclusive=True)
    (message,) = history["messages"]
    assert (message["user"], message["bot_id"], message["app_id"]) == ("U0000000ADA", zap.bot_id, zap.id)
    assert message["text"] == "<@U0TELEPRINT> is 1 &lt; 2?"
    assert "subtype" not in message
    assert "client_msg_id" not in message


async def test_what_begins_with_me_is_a_deed(slack: Workspace) -> None:
    await slack.say("general", "ada", "/me waves")
    message = slack.messages("general")[-1]
    assert (message.text, message.subtype) == ("waves", "me_message")


async def test_what_a_person_forwards_hangs_below_what_they_say(slack: Workspace) -> None:
    ts = await slack.say("general", "ada", "It is down.")
    await slack.forward("general", "raj", ("general", ts), "Look")
    message = slack.messages("general")[-1]
    (below,) = message.attachments
    assert message.text == "Look"
    assert (below["author_id"], below["text"], below["is_share"]) == ("U0000000ADA", "It is down.", True)


async def test_nobody_forwards_what_they_cannot_see(slack: Workspace) -> None:
    direct = slack.direct("ada", slack.app)
    ts = await slack.say(direct, "ada", "psst")
    with pytest.raises(Refused, match="not_in_channel"):
        await slack.forward("general", "raj", (direct, ts))


async def test_ids_do_as_well_as_names(slack: Workspace) -> None:
    ts = await slack.say("C000GENERAL", "U0000000ADA", "one")
    await slack.say("C000GENERAL", "U0000000RAJ", "two", ts)
    assert [message.text for message in slack.messages("C000GENERAL", ts)] == ["two"]


async def test_direct_messages_are_between_a_person_and_an_app(slack: Workspace) -> None:
    await slack.say(slack.direct("ada", slack.app), "ada", "psst")
    with pytest.raises(Refused, match="not_in_channel"):
        await slack.say(slack.direct("ada", slack.app), "raj", "psst")
    with pytest.raises(Refused, match="has no direct messages"):
        slack.direct("teleprinter", slack.app)


async def test_people_change_their_minds(slack: Workspace) -> None:
    ts = await slack.say("general", "ada", "one")
    await slack.edit("general", ts, "@Raj two")
    assert slack.messages("general")[-1].text == "<@U0000000RAJ> two"
    await slack.delete("general", ts)
    assert ts not in [message.ts for message in slack.messages("general")]


async def test_somebody_deletes_what_an_app_said(slack: Workspace, client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel="C000GENERAL", text="hi"))["ts"]
    await slack.delete("general", ts)
    assert ts not in [message.ts for message in slack.messages("general")]


async def test_people_do_not_change_each_others(slack: Workspace) -> None:
    ts = await slack.say("general", "ada", "one")
    with pytest.raises(Refused, match="cant_update_message"):
        await slack.edit("general", ts, "two", user="raj")
    with pytest.raises(Refused, match="cant_delete_message"):
        await slack.delete("general", ts, user="raj")


async def test_a_file_is_a_name_with_a_message(slack: Workspace) -> None:
    await slack.upload("general", "ada", "chart.png")
    await slack.upload("general", "ada", "notes.txt", "see here")
    chart, notes = slack.messages("general")[-2:]
    assert (chart.subtype, chart.text, chart.files[0].mimetype) == ("file_share", "", "image/png")
    assert (notes.text, notes.files[0].name) == ("see here", "notes.txt")


async def test_people_react(slack: Workspace) -> None:
    ts = await slack.say("general", "ada", "one")
    await slack.react("general", ts, "raj", "eyes")
    assert [each.users for each in slack.messages("general")[-1].reactions] == [("U0000000RAJ",)]
    await slack.unreact("general", ts, "raj", "eyes")
    assert slack.messages("general")[-1].reactions == ()


@pytest.mark.parametrize(("text", "code"), [("  ", "no_text"), ("x" * 12_001, "msg_too_long")])
async def test_a_message_says_something_and_not_too_much(slack: Workspace, text: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        await slack.say("general", "ada", text)


async def test_nobody_and_nowhere_are_refused(slack: Workspace) -> None:
    with pytest.raises(Refused, match="channel_not_found"):
        await slack.say("nowhere", "ada", "hi")
    with pytest.raises(Refused, match="user_not_found"):
        await slack.say("general", "nobody", "hi")
