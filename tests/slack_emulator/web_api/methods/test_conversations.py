"""conversations.* through the SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from slack_sdk.errors import SlackApiError

from slack_emulator.state.models import Channel, User

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient
    from slack_sdk.web.async_slack_response import AsyncSlackResponse

    from slack_emulator.server import Workspace

GENERAL = "C000GENERAL"
QUIET = "C00000QUIET"


def quiet(slack: Workspace, *members: str) -> None:
    """An empty channel."""
    slack.state.add_channel(Channel(QUIET, "quiet", "channel", frozenset(members or slack.state.users)))


def texts(answer: AsyncSlackResponse) -> list[str]:
    return [message["text"] for message in answer["messages"]]


async def test_public_channels_are_listed_and_direct_messages_when_asked_for(client: AsyncWebClient) -> None:
    public = await client.conversations_list()
    direct = await client.conversations_list(types="im")
    assert [channel["name"] for channel in public["channels"]] == ["general", "random", "support"]
    assert {channel["user"] for channel in direct["channels"]} >= {"U0000000ADA"}


async def test_a_listing_comes_in_pages(client: AsyncWebClient) -> None:
    first = await client.conversations_list(limit=2)
    second = await client.conversations_list(limit=2, cursor=first["response_metadata"]["next_cursor"])
    assert [channel["name"] for channel in first["channels"] + second["channels"]] == [
        "general",
        "random",
        "support",
    ]
    assert second["response_metadata"]["next_cursor"] == ""


@pytest.mark.parametrize("cursor", ["bmV4dDpD", "é", "////"])
async def test_a_cursor_nobody_gave_is_refused(client: AsyncWebClient, cursor: str) -> None:
    with pytest.raises(SlackApiError, match="invalid_cursor"):
        await client.conversations_list(cursor=cursor)


async def test_a_users_conversations_are_those_they_are_in(slack: Workspace, client: AsyncWebClient) -> None:
    quiet(slack, "U0000000ADA")
    hers = await client.users_conversations(user="U0000000ADA")
    its_own = await client.users_conversations(types="public_channel,im")
    assert "quiet" in [channel["name"] for channel in hers["channels"]]
    assert "quiet" not in [channel.get("name") for channel in its_own["channels"]]
    assert [channel["is_im"] for channel in its_own["channels"]].count(True) == 4


async def test_a_conversation_is_described(slack: Workspace, client: AsyncWebClient) -> None:
    general = (await client.conversations_info(channel=GENERAL, include_num_members=True))["channel"]
    direct = (await client.conversations_info(channel=slack.direct("ada", slack.app)))["channel"]
    assert (general["name"], general["is_member"], general["num_members"]) == ("general", True, 5)
    assert (direct["is_im"], direct["user"]) == (True, "U0000000ADA")


async def test_the_direct_messages_of_others_are_not_there(slack: Workspace, client: AsyncWebClient) -> None:
    other = slack.direct("ada", slack.install("Second bot"))
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.conversations_info(channel=other)
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.conversations_history(channel=other)


async def test_members_are_listed(client: AsyncWebClient) -> None:
    answer = await client.conversations_members(channel=GENERAL)
    assert set(answer["members"]) >= {"U0000000ADA", "U0TELEPRINT"}


async def test_joining_is_needed_before_reading(slack: Workspace, client: AsyncWebClient) -> None:
    quiet(slack, "U0000000ADA")
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.conversations_history(channel=QUIET)
    assert (await client.conversations_join(channel=QUIET))["channel"]["is_member"]
    assert [each["subtype"] for each in (await client.conversations_history(channel=QUIET))["messages"]] == [
        "channel_join"
    ]
    assert (await client.conversations_join(channel=QUIET))["warning"] == "already_in_channel"


async def test_direct_messages_cannot_be_joined(slack: Workspace, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="method_not_supported_for_channel_type"):
        await client.conversations_join(channel=slack.direct("ada", slack.app))


async def test_opening_finds_the_direct_messages_or_makes_them(
    slack: Workspace, client: AsyncWebClient
) -> None:
    slack.state.add_user(User("U0000000NEW", "new", "New"))
    old = await client.conversations_open(users="U0000000ADA")
    new = await client.conversations_open(users=["U0000000NEW"])
    again = await client.conversations_open(channel=new["channel"]["id"])
    assert old["channel"]["id"] == slack.direct("ada", slack.app)
    assert slack.direct("new", slack.app) == new["channel"]["id"] == again["channel"]["id"]


@pytest.mark.parametrize(
    ("users", "error"),
    [
        ("", "users_list_not_supplied"),
        (",".join(f"U{n}" for n in range(9)), "too_many_users"),
        ("U9", "user_not_found"),
    ],
)
async def test_opening_needs_one_person(client: AsyncWebClient, users: str, error: str) -> None:
    with pytest.raises(SlackApiError, match=error):
        await client.conversations_open(users=users)


async def test_history_is_newest_first_and_without_replies(slack: Workspace, client: AsyncWebClient) -> None:
    quiet(slack)
    parent = await slack.say("quiet", "ada", "one")
    await slack.say("quiet", "raj", "in the thread", parent)
    await slack.say("quiet", "ada", "two")
    answer = await client.conversations_history(channel=QUIET)
    assert texts(answer) == ["two", "one"]
    assert answer["messages"][1]["reply_count"] == 1
    assert answer["messages"][1]["reply_users"] == ["U0000000RAJ"]
    assert answer["has_more"] is False


async def test_history_comes_in_pages_that_new_messages_do_not_move(
    slack: Workspace, client: AsyncWebClient
) -> None:
    quiet(slack)
    for text in ("one", "two", "three"):
        await slack.say("quiet", "ada", text)
    first = await client.conversations_history(channel=QUIET, limit=2)
    await slack.say("quiet", "ada", "four")
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_history(channel=QUIET, limit=2, cursor=cursor)
    assert (texts(first), first["has_more"]) == (["three", "two"], True)
    assert texts(second) == ["one"]


async def test_history_between_two_moments(slack: Workspace, client: AsyncWebClient) -> None:
    quiet(slack)
    one, _, three = [await slack.say("quiet", "ada", text) for text in ("one", "two", "three")]
    between = await client.conversations_history(channel=QUIET, oldest=one, latest=three)
    inclusive = await client.conversations_history(channel=QUIET, oldest=one, latest=three, inclusive=True)
    from_a_second = await client.conversations_history(channel=QUIET, oldest=one.partition(".")[0], limit=9)
    assert texts(between) == ["two"]
    assert texts(inclusive) == ["three", "two", "one"]
    assert texts(from_a_second) == ["three", "two", "one"]


async def test_a_moment_that_is_none_is_refused(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.conversations_history(channel=GENERAL, oldest="yesterday")


async def test_replies_come_after_their_parent_whichever_message_is_named(
    slack: Workspace, client: AsyncWebClient
) -> None:
    parent = await slack.say("general", "ada", "one")
    reply = await slack.say("general", "raj", "two", parent)
    by_parent = await client.conversations_replies(channel=GENERAL, ts=parent)
    by_reply = await client.conversations_replies(channel=GENERAL, ts=reply)
    assert texts(by_parent) == texts(by_reply) == ["one", "two"]


async def test_replies_in_pages(slack: Workspace, client: AsyncWebClient) -> None:
    parent = await slack.say("general", "ada", "one")
    for text in ("two", "three"):
        await slack.say("general", "raj", text, parent)
    first = await client.conversations_replies(channel=GENERAL, ts=parent, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    assert texts(first) == ["one", "two"]
    assert texts(await client.conversations_replies(channel=GENERAL, ts=parent, cursor=cursor)) == ["three"]


async def test_a_thread_that_is_not_there_is_refused(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="thread_not_found"):
        await client.conversations_replies(channel=GENERAL, ts="1.000000")


async def test_a_deleted_parent_is_shown_as_deleted(slack: Workspace, client: AsyncWebClient) -> None:
    parent = await slack.say("general", "ada", "one")
    await slack.say("general", "raj", "two", parent)
    await slack.delete("general", parent)
    tombstone = (await client.conversations_replies(channel=GENERAL, ts=parent))["messages"][0]
    assert (tombstone["subtype"], tombstone["user"]) == ("tombstone", "USLACKBOT")


async def test_a_type_of_conversation_that_is_none_is_refused(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="invalid_types"):
        await client.conversations_list(types="public_channel,pigeon")
