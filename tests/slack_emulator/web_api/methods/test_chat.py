"""chat.* through the SDK."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError

from slack_emulator.state.models import User

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from slack_emulator.server import Workspace
    from slack_emulator.state.models import Channel

GENERAL = "C000GENERAL"
MARKDOWN = [{"type": "markdown", "text": "**hi**"}]


async def test_a_post_answers_with_the_message_slack_made_of_it(
    slack: Workspace, client: AsyncWebClient
) -> None:
    answer = await client.chat_postMessage(channel=GENERAL, text="hi <@U0000000ADA>")
    message = answer["message"]
    assert (answer["channel"], answer["ts"]) == (GENERAL, message["ts"])
    assert (message["bot_id"], message["app_id"], message["user"]) == (
        "B0TELEPRINT",
        "A0TELEPRINT",
        "U0TELEPRINT",
    )
    assert message["bot_profile"]["name"] == "Teleprinter"
    assert "subtype" not in message
    assert message["blocks"][0]["elements"][0]["elements"][1] == {"type": "user", "user_id": "U0000000ADA"}
    assert slack.messages(GENERAL)[-1].ts == answer["ts"]


@pytest.mark.parametrize("channel", ["general", "#general", GENERAL])
async def test_a_channel_is_found_by_id_or_name(client: AsyncWebClient, channel: str) -> None:
    assert (await client.chat_postMessage(channel=channel, text="hi"))["channel"] == GENERAL


async def test_posting_to_a_person_posts_to_their_direct_messages(
    slack: Workspace, client: AsyncWebClient
) -> None:
    answer = await client.chat_postMessage(channel="U0000000ADA", text="hi")
    assert answer["channel"] == slack.direct("ada", slack.app)


async def test_a_reply_says_whose_thread_it_is_in(slack: Workspace, client: AsyncWebClient) -> None:
    parent = await slack.say("general", "ada", "so?")
    message = (await client.chat_postMessage(channel=GENERAL, text="so!", thread_ts=parent))["message"]
    assert (message["thread_ts"], message["parent_user_id"]) == (parent, "U0000000ADA")


async def test_markdown_text_becomes_a_markdown_block(client: AsyncWebClient) -> None:
    message = (await client.chat_postMessage(channel=GENERAL, markdown_text="**a** < b"))["message"]
    assert message["blocks"] == [{"type": "markdown", "text": "**a** < b"}]
    assert message["text"] == "**a** &lt; b"


async def test_a_post_longer_than_slack_keeps_is_cut_with_a_warning(client: AsyncWebClient) -> None:
    answer = await client.chat_postMessage(channel=GENERAL, text="x" * 40_001)
    assert answer["warning"] == "message_truncated"
    assert len(answer["message"]["text"]) == 40_000


@pytest.mark.parametrize(
    ("args", "error"),
    [
        pytest.param({"channel": "C9", "text": "x"}, "channel_not_found", id="no such channel"),
        pytest.param({"channel": GENERAL}, "no_text", id="nothing"),
        pytest.param({"channel": GENERAL, "text": ""}, "no_text", id="empty"),
        pytest.param(
            {"channel": GENERAL, "text": "x", "markdown_text": "y"}, "markdown_text_conflict", id="both texts"
        ),
        pytest.param(
            {"channel": GENERAL, "markdown_text": "x" * 12_001}, "msg_too_long", id="long markdown_text"
        ),
        pytest.param({"channel": GENERAL, "blocks": "{"}, "invalid_blocks_format", id="broken blocks"),
        pytest.param(
            {"channel": GENERAL, "text": "x", "attachments": "{}"}, "invalid_attachments", id="attachments"
        ),
        pytest.param(
            {"channel": GENERAL, "text": "x", "metadata": "[]"}, "invalid_metadata_format", id="metadata"
        ),
        pytest.param({"text": "x"}, "invalid_arguments", id="no channel"),
    ],
)
async def test_a_post_slack_refuses_is_refused(
    client: AsyncWebClient, args: dict[str, Any], error: str
) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.api_call("chat.postMessage", json=args)
    assert refused.value.response["error"] == error


async def test_a_channel_without_the_bot_cannot_be_posted_to(
    slack: Workspace, client: AsyncWebClient
) -> None:
    channels, apps = slack.state.channels, slack.state.apps
    channels[GENERAL] = _without(channels[GENERAL], slack.app.bot_user_id)
    assert (await client.chat_postMessage(channel=GENERAL, text="hi from outside"))["ok"]
    apps[slack.app.id] = replace(slack.app, scopes=("chat:write",))
    other = slack.install("Second bot")
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.chat_postMessage(channel=GENERAL, text="hi")
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.chat_postMessage(channel=slack.direct("ada", other), text="hi")


def _without(channel: Channel, user: str) -> Channel:
    return replace(channel, members=channel.members - {user})


async def test_an_edit_with_text_alone_takes_the_blocks_away(client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel=GENERAL, text="hi", blocks=MARKDOWN))["ts"]
    answer = await client.chat_update(channel=GENERAL, ts=ts, text="ho")
    assert (answer["text"], answer["message"]["blocks"][0]["type"]) == ("ho", "rich_text")
    assert answer["message"]["edited"]["user"] == "B0TELEPRINT"


async def test_an_edit_with_blocks_shows_them(slack: Workspace, client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel=GENERAL, text="hi"))["ts"]
    await client.chat_update(channel=GENERAL, ts=ts, text="ho", blocks=MARKDOWN)
    assert slack.messages(GENERAL)[-1].blocks == tuple(MARKDOWN)


async def test_an_edit_with_markdown_text_may_be_longer_than_one_with_text(client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel=GENERAL, text="hi"))["ts"]
    answer = await client.chat_update(channel=GENERAL, ts=ts, markdown_text="x" * 12_000)
    assert answer["message"]["blocks"][0]["type"] == "markdown"


@pytest.mark.parametrize(
    ("args", "error"),
    [
        pytest.param({"text": "x" * 4_001}, "msg_too_long", id="long text"),
        pytest.param({"text": "é" * 2_001}, "msg_too_long", id="long in bytes"),
        pytest.param({}, "no_text", id="nothing"),
        pytest.param({"text": ""}, "no_text", id="empty"),
        pytest.param({"text": "x", "ts": "1.000000"}, "message_not_found", id="no such message"),
        pytest.param({"text": "x", "channel": "C9"}, "channel_not_found", id="no such channel"),
        pytest.param({"blocks": [{"type": "poem"}]}, "invalid_blocks", id="unknown block"),
    ],
)
async def test_an_edit_slack_refuses_is_refused(
    client: AsyncWebClient, args: dict[str, Any], error: str
) -> None:
    ts = (await client.chat_postMessage(channel=GENERAL, text="hi"))["ts"]
    with pytest.raises(SlackApiError) as refused:
        await client.api_call("chat.update", json={"channel": GENERAL, "ts": ts} | args)
    assert refused.value.response["error"] == error


async def test_what_another_said_can_be_neither_edited_nor_deleted(
    slack: Workspace, client: AsyncWebClient
) -> None:
    ts = await slack.say("general", "ada", "mine")
    with pytest.raises(SlackApiError, match="cant_update_message"):
        await client.chat_update(channel=GENERAL, ts=ts, text="yours")
    with pytest.raises(SlackApiError, match="cant_delete_message"):
        await client.chat_delete(channel=GENERAL, ts=ts)


async def test_a_deleted_message_is_gone(client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel=GENERAL, text="hi"))["ts"]
    await client.chat_delete(channel=GENERAL, ts=ts)
    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.chat_update(channel=GENERAL, ts=ts, text="ho")


async def test_an_ephemeral_message_is_kept_nowhere(slack: Workspace, client: AsyncWebClient) -> None:
    before = slack.messages(GENERAL)
    answer = await client.chat_postEphemeral(channel=GENERAL, user="U0000000ADA", text="psst")
    assert answer["message_ts"]
    assert slack.messages(GENERAL) == before


async def test_an_ephemeral_message_needs_a_reader_and_something_to_read(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="user_not_in_channel"):
        await client.chat_postEphemeral(channel=GENERAL, user="U9", text="psst")
    with pytest.raises(SlackApiError, match="no_text"):
        await client.api_call("chat.postEphemeral", json={"channel": GENERAL, "user": "U0000000ADA"})


async def test_a_permalink_names_channel_message_and_thread(slack: Workspace, client: AsyncWebClient) -> None:
    parent = await slack.say("general", "ada", "so?")
    reply = await slack.say("general", "raj", "so!", parent)
    top = await client.chat_getPermalink(channel=GENERAL, message_ts=parent)
    inside = await client.chat_getPermalink(channel=GENERAL, message_ts=reply)
    assert top["permalink"].endswith(f"/archives/{GENERAL}/p{parent.replace('.', '')}")
    assert inside["permalink"].endswith(f"?thread_ts={parent}&cid={GENERAL}")


async def test_a_message_is_scheduled_listed_posted_and_called_off(
    slack: Workspace, client: AsyncWebClient
) -> None:
    soon, later = int(slack.clock()) + 60, int(slack.clock()) + 7200
    await client.chat_scheduleMessage(channel=GENERAL, text="later", post_at=later)
    await client.chat_scheduleMessage(channel=GENERAL, text="soon", post_at=soon)
    listed = (await client.chat_scheduledMessages_list(channel=GENERAL))["scheduled_messages"]
    assert [each["text"] for each in listed] == ["soon", "later"]
    slack.clock.advance(61)
    await slack.wait_for(lambda: slack.messages(GENERAL)[-1].text == "soon")
    await client.chat_deleteScheduledMessage(channel=GENERAL, scheduled_message_id=listed[1]["id"])
    assert (await client.chat_scheduledMessages_list())["scheduled_messages"] == []
    with pytest.raises(SlackApiError, match="invalid_scheduled_message_id"):
        await client.chat_deleteScheduledMessage(channel=GENERAL, scheduled_message_id="Q9")


@pytest.mark.parametrize(
    ("at", "error"), [("soon", "invalid_time"), ("1", "time_in_past"), ("99999999999", "time_too_far")]
)
async def test_a_time_that_cannot_be_is_refused(client: AsyncWebClient, at: str, error: str) -> None:
    with pytest.raises(SlackApiError, match=error):
        await client.chat_scheduleMessage(channel=GENERAL, text="x", post_at=at)


async def test_what_an_app_does_is_said_without_anything_else(
    slack: Workspace, client: AsyncWebClient
) -> None:
    await client.chat_meMessage(channel=GENERAL, text="waves")
    assert slack.messages(GENERAL)[-1].subtype == "me_message"
    with pytest.raises(SlackApiError, match="no_text"):
        await client.chat_meMessage(channel=GENERAL, text="")


async def test_another_name_and_picture_make_a_bots_message(slack: Workspace, client: AsyncWebClient) -> None:
    slack.state.apps[slack.app.id] = replace(slack.app, scopes=("chat:write", "chat:write.customize"))
    message = (
        await client.chat_postMessage(channel=GENERAL, text="hi", username="Robin", icon_emoji=":bird:")
    )["message"]
    assert (message["subtype"], message["username"], message["icons"]) == (
        "bot_message",
        "Robin",
        {"emoji": ":bird:"},
    )


async def test_another_name_without_its_scope_is_refused_with_what_is_needed(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=GENERAL, text="hi", username="Robin")
    assert refused.value.response["needed"] == "chat:write.customize"


async def test_posting_to_somebody_new_opens_the_direct_messages(
    slack: Workspace, client: AsyncWebClient
) -> None:
    slack.state.add_user(User("U0000000NEW", "new", "New"))
    posted = await client.chat_postMessage(channel="U0000000NEW", text="welcome")
    assert posted["channel"] == slack.direct("new", slack.app)
