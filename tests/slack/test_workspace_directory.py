"""What is known of a workspace's accounts and channels, against the local one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation.access_rules import AskerStanding
from bot.language.catalogue import ENGLISH, Language
from bot.slack.identity import Identity
from bot.slack.workspace_directory import WorkspaceDirectory

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from slack_emulator.server import Workspace


@pytest.fixture
async def directory(client: AsyncWebClient, slack: Workspace) -> WorkspaceDirectory:
    return at(client, slack.state.team.id)


def at(client: AsyncWebClient, team: str, organisation: str = "") -> WorkspaceDirectory:
    """A directory of the workspace `team`."""
    clock = asyncio.get_running_loop().time
    us = Identity(team, "U0BOT", "B1", "t", "Sparkling", organisation=organisation)
    return WorkspaceDirectory(client, us=us, clock=clock, chosen=german_for_raj)


async def german_for_raj(user: str) -> str:
    return "de" if user == "raj" else ""


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


async def test_who_is_from_outside_and_who_is_a_guest_is_what_slack_says(
    slack: Workspace, directory: WorkspaceDirectory
) -> None:
    ada, general = slack.person("ada"), slack.place("general")
    slack.state.users["U0GUS"] = replace(ada, id="U0GUS", guest=True)
    slack.state.users["U0EVE"] = replace(ada, id="U0EVE", stranger=True)
    slack.state.channels["C0SHARED"] = replace(general, id="C0SHARED", shared=True)
    slack.state.groups["S0WRITERS"] = frozenset({ada.id})
    ask = partial(directory.standing, person=True, place=True, groups=())
    assert await ask("U0GUS", general.id) == AskerStanding(False, False, True, frozenset())
    assert await ask("U0EVE", "C0SHARED") == AskerStanding(True, True, False, frozenset())


async def test_what_slack_does_not_tell_is_not_known(slack: Workspace, directory: WorkspaceDirectory) -> None:
    nobody = await directory.standing("U0NOBODY00", "C0NOWHERE0", person=True, place=True, groups=["S0NONE"])
    assert nobody == AskerStanding(None, None, None, None)
    asked = await directory.standing(slack.person("ada").id, "C1", person=False, place=False, groups=())
    assert asked == AskerStanding(None, None, None, frozenset())


async def test_who_is_in_which_group_is_what_slack_says(slack: Workspace, client: AsyncWebClient) -> None:
    app, ada = slack.app, slack.person("ada").id
    slack.state.apps[app.id] = replace(app, scopes=(*app.scopes, "usergroups:read"))
    slack.state.groups.update({"S0WRITERS": frozenset({ada}), "S0OTHERS": frozenset()})
    directory = at(client, slack.state.team.id)
    found = await directory.standing(ada, "C1", person=False, place=False, groups=["S0WRITERS", "S0OTHERS"])
    assert found.groups == frozenset({"S0WRITERS"})
    lost = await directory.standing(ada, "C1", person=False, place=False, groups=["S0WRITERS", "S0NONE"])
    assert lost.groups is None


async def test_somebodys_language_is_that_of_their_slack_and_english_where_that_is_not_known(
    slack: Workspace, directory: WorkspaceDirectory
) -> None:
    slack.state.add_user(replace(slack.person("raj"), locale="de-DE"))
    slack.state.add_user(replace(slack.person("grace"), locale="pt-BR"))
    people = [slack.person(name).id for name in ("raj", "grace", "ada")]
    known = [await directory.language(user) for user in (*people, "U0NOBODY00", "B1", "")]
    assert known == [Language("de"), *[ENGLISH] * 5]


async def test_the_language_that_somebody_has_chosen_goes_before_that_of_their_slack(
    slack: Workspace, directory: WorkspaceDirectory
) -> None:
    assert await directory.language("raj") == Language("de")
    assert await directory.language(slack.person("ada").id) == ENGLISH
