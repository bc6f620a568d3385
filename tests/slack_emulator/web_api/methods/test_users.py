"""Who is who, through the SDK."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from slack_emulator.server import Workspace


async def test_the_token_tells_who_it_belongs_to(client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["team"], answer["user"], answer["bot_id"]) == ("Sparkling", "teleprinter", "B0TELEPRINT")


async def test_api_test_gives_back_what_it_got(client: AsyncWebClient) -> None:
    assert (await client.api_test(foo="bar"))["args"] == {"foo": "bar"}
    with pytest.raises(SlackApiError, match="my_error"):
        await client.api_test(error="my_error")


async def test_a_user_is_described(client: AsyncWebClient) -> None:
    ada = (await client.users_info(user="U0000000ADA"))["user"]
    bot = (await client.users_info(user="U0TELEPRINT"))["user"]
    assert (ada["name"], ada["real_name"], ada["is_bot"]) == ("ada", "Ada", False)
    assert (bot["is_bot"], bot["profile"]["bot_id"]) == (True, "B0TELEPRINT")
    with pytest.raises(SlackApiError, match="user_not_found"):
        await client.users_info(user="U9")


async def test_guests_and_people_of_other_companies_are_told_as_such(
    slack: Workspace, client: AsyncWebClient
) -> None:
    ada = slack.person("ada")
    slack.state.users["U0GUS"] = replace(ada, id="U0GUS", guest=True)
    slack.state.users["U0EVE"] = replace(ada, id="U0EVE", stranger=True)
    guest, stranger = [(await client.users_info(user=one))["user"] for one in ("U0GUS", "U0EVE")]
    assert (guest["is_restricted"], "is_stranger" in guest) == (True, False)
    assert (stranger["is_stranger"], stranger["team_id"]) == (True, "T0ELSEWHERE")


async def test_the_members_of_a_user_group_are_listed(slack: Workspace, client: AsyncWebClient) -> None:
    slack.state.groups["S1"] = frozenset({"U2", "U1"})
    assert (await client.usergroups_users_list(usergroup="S1"))["users"] == ["U1", "U2"]
    with pytest.raises(SlackApiError, match="no_such_subteam"):
        await client.usergroups_users_list(usergroup="S9")


async def test_everybody_is_listed(client: AsyncWebClient) -> None:
    members = (await client.users_list())["members"]
    assert [member["name"] for member in members] == ["ada", "grace", "linnea", "raj", "teleprinter"]


async def test_a_bot_is_described_by_its_bot_id(slack: Workspace, client: AsyncWebClient) -> None:
    other = slack.install("Second bot")
    assert (await client.bots_info())["bot"]["name"] == "Teleprinter"
    assert (await client.bots_info(bot=other.bot_id))["bot"]["name"] == "Second bot"
    with pytest.raises(SlackApiError, match="bot_not_found"):
        await client.bots_info(bot="B9")


async def test_a_home_is_kept_for_its_person(slack: Workspace, client: AsyncWebClient) -> None:
    view = {"type": "home", "blocks": [{"type": "divider"}]}
    answer = await client.views_publish(user_id="U0000000ADA", view=view)
    assert answer["view"]["app_id"] == slack.app.id
    home = slack.state.views.homes[slack.app.id, "U0000000ADA"]
    assert home.content == view


@pytest.mark.parametrize("view", [{"type": "modal"}, None])
async def test_only_a_home_can_be_published(client: AsyncWebClient, view: dict[str, Any] | None) -> None:
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.api_call("views.publish", json={"user_id": "U0000000ADA", "view": view})


async def test_a_person_is_found_by_their_address(client: AsyncWebClient) -> None:
    found = await client.users_lookupByEmail(email="Ada@sparkling.example")
    assert found["user"]["id"] == "U0000000ADA"
    with pytest.raises(SlackApiError, match="users_not_found"):
        await client.users_lookupByEmail(email="nobody@sparkling.example")


async def test_a_profile_is_shown_of_whoever_is_named(client: AsyncWebClient) -> None:
    assert (await client.users_profile_get(user="U0000000ADA"))["profile"]["email"] == "ada@sparkling.example"
    assert (await client.users_profile_get())["profile"]["bot_id"] == "B0TELEPRINT"


async def test_a_bot_may_seem_away(client: AsyncWebClient) -> None:
    await client.users_setPresence(presence="away")
    assert (await client.users_getPresence(user="U0TELEPRINT"))["presence"] == "away"
    with pytest.raises(SlackApiError, match="invalid_presence"):
        await client.users_setPresence(presence="asleep")


async def test_the_workspace_is_described_and_no_other(client: AsyncWebClient) -> None:
    assert (await client.team_info())["team"]["name"] == "Sparkling"
    with pytest.raises(SlackApiError, match="team_not_found"):
        await client.team_info(team="T9")
