"""What is known of a workspace's accounts and channels, against the local one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.slack.workspace_directory import WorkspaceDirectory

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from slack_emulator.server import Workspace


@pytest.fixture
async def directory(client: AsyncWebClient) -> WorkspaceDirectory:
    return WorkspaceDirectory(client, clock=asyncio.get_running_loop().time, name="Sparkling", our_name="t")


async def test_people_and_bots_are_told_apart(slack: Workspace, directory: WorkspaceDirectory) -> None:
    assert await directory.is_person(slack.person("ada").id)
    assert not await directory.is_person(slack.app.bot_user_id)
    assert not await directory.is_person("U0NOBODY00")


async def test_names_are_those_of_people_and_channels(
    slack: Workspace, directory: WorkspaceDirectory
) -> None:
    ada, general = slack.person("ada"), slack.place("general").id
    users = await directory.users([ada.id, general, "B1"], within=5.0)
    channels = await directory.channels([ada.id, general], within=5.0)
    assert {one: user.name for one, user in users.items()} == {ada.id: ada.real_name}
    assert {one: channel.name for one, channel in channels.items()} == {general: "general"}


async def test_direct_messages_of_several_are_known_as_such(
    slack: Workspace, directory: WorkspaceDirectory
) -> None:
    several = await slack.write_to("ada", "raj", "teleprinter")
    assert (await directory.channels([several], within=5.0))[several].is_group
