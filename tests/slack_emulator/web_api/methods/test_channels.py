"""Making, entering, naming and archiving channels, through the SDK."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError

from slack_emulator.state.changes import Told

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from slack_emulator.server import Workspace
    from slack_emulator.state.changes import WorkspaceChange

GENERAL, ADA, RAJ = "C000GENERAL", "U0000000ADA", "U0000000RAJ"


@pytest.fixture
async def new(client: AsyncWebClient) -> str:
    """The id of a channel the app has made, with Ada in it."""
    channel = (await client.conversations_create(name="new"))["channel"]["id"]
    await client.conversations_invite(channel=channel, users=ADA)
    return str(channel)


def notices(slack: Workspace, channel: str) -> list[str | None]:
    return [message.subtype for message in slack.messages(channel)]


async def test_a_public_channel_is_announced_and_a_private_one_is_not(
    slack: Workspace, client: AsyncWebClient
) -> None:
    happened: list[WorkspaceChange] = []
    slack.watch(happened.append)
    await client.conversations_create(name="open")
    secret = await client.conversations_create(name="secret", is_private=True)
    told = [each.event["type"] for each in happened if isinstance(each, Told)]
    assert told == ["channel_created"]
    assert (secret["channel"]["is_private"], secret["channel"]["is_member"]) == (True, True)


async def test_what_is_done_to_a_channel_is_said_in_it(
    slack: Workspace, client: AsyncWebClient, new: str
) -> None:
    await client.conversations_setTopic(channel=new, topic="water")
    await client.conversations_setPurpose(channel=new, purpose="to drink")
    await client.conversations_rename(channel=new, name="newer")
    await client.conversations_kick(channel=new, user=ADA)
    await client.conversations_leave(channel=new)
    assert notices(slack, new) == [
        "channel_join",
        "channel_topic",
        "channel_purpose",
        "channel_name",
        "channel_leave",
        "channel_leave",
    ]
    channel = slack.place("newer")
    assert (channel.topic, channel.purpose, channel.members) == ("water", "to drink", frozenset())


async def test_an_archived_channel_is_read_only_until_it_is_opened_again(
    client: AsyncWebClient, new: str
) -> None:
    await client.conversations_archive(channel=new)
    listed = await client.conversations_list(exclude_archived=True)
    assert new not in [channel["id"] for channel in listed["channels"]]
    for refused in (
        client.chat_postMessage(channel=new, text="hi"),
        client.conversations_join(channel=new),
        client.conversations_setTopic(channel=new, topic="x"),
    ):
        with pytest.raises(SlackApiError, match="is_archived"):
            await refused
    await client.conversations_unarchive(channel=new)
    assert (await client.chat_postMessage(channel=new, text="hi"))["ok"]


async def test_leaving_where_one_is_not_is_no_mistake(client: AsyncWebClient, new: str) -> None:
    await client.conversations_leave(channel=new)
    assert (await client.conversations_leave(channel=new))["not_in_channel"]


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("create", {}, "invalid_name_required"),
        ("create", {"name": "x" * 81}, "invalid_name_maxlength"),
        ("create", {"name": "Two Words"}, "invalid_name_specials"),
        ("create", {"name": "general"}, "name_taken"),
        ("invite", {"channel": GENERAL}, "no_user"),
        ("invite", {"channel": GENERAL, "users": "U9"}, "user_not_found"),
        ("invite", {"channel": GENERAL, "users": "U0TELEPRINT"}, "cant_invite_self"),
        ("invite", {"channel": GENERAL, "users": ADA}, "already_in_channel"),
        ("kick", {"channel": GENERAL, "user": "U0TELEPRINT"}, "cant_kick_self"),
        ("kick", {"channel": GENERAL, "user": ADA}, "cant_kick_from_general"),
        ("kick", {"channel": "C0000RANDOM", "user": "U9"}, "user_not_found"),
        ("leave", {"channel": GENERAL}, "cant_leave_general"),
        ("leave", {"channel": "D01TELEPRINT"}, "method_not_supported_for_channel_type"),
        ("archive", {"channel": GENERAL}, "cant_archive_general"),
        ("unarchive", {"channel": GENERAL}, "not_archived"),
        ("setTopic", {"channel": GENERAL}, "invalid_arguments"),
        ("setTopic", {"channel": GENERAL, "topic": "x" * 251}, "too_long"),
        ("setPurpose", {"channel": "D01TELEPRINT", "purpose": "x"}, "method_not_supported_for_channel_type"),
        ("close", {"channel": GENERAL}, "method_not_supported_for_channel_type"),
        ("mark", {"channel": GENERAL, "ts": "1.000000"}, "message_not_found"),
    ],
)
async def test_what_slack_refuses_is_refused(
    client: AsyncWebClient, method: str, arguments: dict[str, Any], error: str
) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.api_call(f"conversations.{method}", json=arguments)
    assert refused.value.response["error"] == error


async def test_who_is_not_in_a_channel_changes_nothing_there(
    slack: Workspace, client: AsyncWebClient, new: str
) -> None:
    await client.conversations_leave(channel=new)
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.conversations_kick(channel=new, user=ADA)
    channel = slack.state.channel(new)
    slack.state.put_channel(replace(channel, kind="group"))
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.conversations_info(channel=new)


async def test_who_is_put_out_has_to_be_in(client: AsyncWebClient, new: str) -> None:
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.conversations_kick(channel=new, user=RAJ)


async def test_direct_messages_are_opened_and_put_away(slack: Workspace, client: AsyncWebClient) -> None:
    few = await client.conversations_open(users=[ADA, RAJ], return_im=True)
    again = await client.conversations_open(users=[RAJ, ADA])
    assert (few["channel"]["is_mpim"], again["already_open"]) == (True, True)
    assert again["channel"] == {"id": few["channel"]["id"]}
    assert (await client.conversations_close(channel=few["channel"]["id"]))["ok"]
