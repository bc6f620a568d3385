"""Files through the SDK: what was uploaded, and what cannot be."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from slack_emulator.disputed_rules import Compat

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from slack_emulator.server import Workspace

GENERAL = "C000GENERAL"


async def shared(client: AsyncWebClient, **more: Any) -> str:
    """The id of a file the app has uploaded to #general."""
    given = {"channel": GENERAL, "filename": "song.txt", "content": "water"} | more
    return str((await client.files_upload_v2(**given))["files"][0]["id"])


async def test_a_file_tells_where_it_is(client: AsyncWebClient) -> None:
    file = (await client.files_info(file=await shared(client, title="A song")))["file"]
    assert (file["title"], file["size"], file["mimetype"]) == ("A song", 5, "text/plain")
    assert (file["channels"], file["is_public"]) == ([GENERAL], True)


async def test_files_are_listed_newest_first_by_channel_and_person(
    slack: Workspace, client: AsyncWebClient
) -> None:
    own = await shared(client)
    await slack.upload("random", "ada", "heron.png")
    listed = (await client.files_list())["files"]
    assert [file["name"] for file in listed] == ["heron.png", "song.txt"]
    assert [file["id"] for file in (await client.files_list(channel=GENERAL))["files"]] == [own]
    assert (await client.files_list(user="U0000000ADA"))["files"][0]["name"] == "heron.png"


async def test_a_file_can_be_kept_without_being_shared(slack: Workspace, client: AsyncWebClient) -> None:
    before = slack.messages("general")
    file = await shared(client, channel=None)
    assert slack.messages("general") == before
    assert slack.state.files[file].channels == ()


async def test_a_deleted_file_is_gone_from_its_message(slack: Workspace, client: AsyncWebClient) -> None:
    file = await shared(client)
    await client.files_delete(file=file)
    assert slack.messages("general")[-1].files == ()
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_info(file=file)


async def test_another_persons_file_is_not_the_apps_to_delete(
    slack: Workspace, client: AsyncWebClient
) -> None:
    await slack.upload("general", "ada", "heron.png")
    with pytest.raises(SlackApiError, match="cant_delete_file"):
        await client.files_delete(file=next(iter(slack.state.files)))


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("getUploadURLExternal", {"filename": "x"}, "missing_argument"),
        ("getUploadURLExternal", {"filename": "x", "length": 0}, "missing_argument"),
        (
            "getUploadURLExternal",
            {"filename": "x", "length": 1024**2 + 1, "snippet_type": "python"},
            "snippet_too_large",
        ),
        ("getUploadURLExternal", {"filename": "x", "length": 1, "alt_txt": "x" * 1_001}, "alt_txt_too_large"),
        ("getUploadURLExternal", {"length": 1}, "invalid_arguments"),
        ("getUploadURLExternal", {"filename": "x", "length": 1024**3 + 1}, "file_upload_size_restricted"),
        ("completeUploadExternal", {}, "invalid_arguments"),
        ("completeUploadExternal", {"files": [{"id": "F9"}]}, "file_not_found"),
        ("completeUploadExternal", {"files": [{"id": "F9"}], "channel_id": "C9"}, "channel_not_found"),
    ],
)
async def test_what_slack_refuses_is_refused(
    client: AsyncWebClient, method: str, arguments: dict[str, Any], error: str
) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.api_call(f"files.{method}", json=arguments)
    assert refused.value.response["error"] == error


async def test_a_file_is_not_shared_where_the_app_is_not(slack: Workspace, client: AsyncWebClient) -> None:
    secret = await slack.say(slack.direct("ada", slack.install("Second bot")), "ada", "hi")
    begun = await client.files_getUploadURLExternal(filename="x", length=1)
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.files_completeUploadExternal(
            files=[{"id": begun["file_id"]}],
            channel_id=slack.direct("ada", slack.state.apps["A0SECONDBOT"]),
            thread_ts=secret,
        )


async def test_a_public_channel_that_the_app_is_not_in_is_told_so(
    slack: Workspace, client: AsyncWebClient
) -> None:
    channel = slack.place("random")
    slack.state.channels[channel.id] = replace(channel, members=frozenset())
    begun = await client.files_getUploadURLExternal(filename="x", length=1)
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.files_completeUploadExternal(files=[{"id": begun["file_id"]}], channel_id=channel.id)


async def test_blocks_beside_a_comment_are_ignored(slack: Workspace, client: AsyncWebClient) -> None:
    begun = await client.files_getUploadURLExternal(filename="x", length=1)
    async with aiohttp.ClientSession() as session, session.post(begun["upload_url"], data=b"x"):
        pass
    files = json.dumps([{"id": begun["file_id"]}])
    odd = {"files": files, "channel_id": GENERAL, "initial_comment": "Here.", "blocks": "[{}]"}
    await client.api_call("files.completeUploadExternal", params=odd)
    assert slack.messages("general")[-1].text == "Here."


async def test_a_file_may_be_shared_some_time_after_the_answer(
    slack: Workspace, client: AsyncWebClient
) -> None:
    slack.state.readings = Compat(share_seconds=60.0)
    before = len(slack.messages("general"))
    await shared(client)
    assert len(slack.messages("general")) == before
    slack.clock.advance(60)
    await slack.wait_for(lambda: len(slack.messages("general")) == before + 1)
    assert slack.messages("general")[-1].files[0].name == "song.txt"


async def test_a_file_that_is_deleted_before_it_is_shared_never_comes(
    slack: Workspace, client: AsyncWebClient
) -> None:
    slack.state.readings = Compat(share_seconds=60.0)
    await client.files_delete(file=await shared(client))
    assert list(slack.state.pending) == []


async def share_later(client: AsyncWebClient, channels: str, names: str) -> list[str]:
    """Uploads files of these names, shares them in these channels, and answers their ids."""
    ids: list[str] = []
    async with aiohttp.ClientSession() as session:
        for name in names:
            begun = await client.files_getUploadURLExternal(filename=f"{name}.txt", length=1)
            async with session.post(begun["upload_url"], data=b"x"):
                ids.append(begun["file_id"])
    given = {"files": json.dumps([{"id": id_} for id_ in ids]), "channels": channels}
    await client.api_call("files.completeUploadExternal", params=given)
    return ids


async def test_files_that_are_shared_later_in_two_channels_come_into_both(
    slack: Workspace, client: AsyncWebClient
) -> None:
    slack.state.readings = Compat(share_seconds=60.0)
    await share_later(client, f"{GENERAL},{slack.place('random').id}", "a")
    slack.clock.advance(60)
    await slack.wait_for(lambda: list(slack.state.pending) == [])
    last = [slack.messages(channel)[-1] for channel in ("general", "random")]
    assert [file.name for message in last for file in message.files] == ["a.txt", "a.txt"]


async def test_a_file_that_is_deleted_is_shared_nowhere_and_those_beside_it_are(
    slack: Workspace, client: AsyncWebClient
) -> None:
    slack.state.readings = Compat(share_seconds=60.0)
    files = await share_later(client, f"{GENERAL},{slack.place('random').id}", "ab")
    await client.files_delete(file=files[1])
    slack.clock.advance(60)
    await slack.wait_for(lambda: list(slack.state.pending) == [])
    last = [slack.messages(channel)[-1] for channel in ("general", "random")]
    assert [file.name for message in last for file in message.files] == ["a.txt", "a.txt"]


async def test_a_file_that_is_shared_later_is_no_scheduled_message(
    slack: Workspace, client: AsyncWebClient
) -> None:
    slack.state.readings = Compat(share_seconds=60.0)
    await shared(client)
    [waiting] = slack.state.pending
    assert (await client.chat_scheduledMessages_list())["scheduled_messages"] == []
    with pytest.raises(SlackApiError, match="invalid_scheduled_message_id"):
        await client.chat_deleteScheduledMessage(channel=GENERAL, scheduled_message_id=waiting.id)
