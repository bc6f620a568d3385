"""Emoji under messages, through the SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from slack_emulator.server import Workspace

GENERAL = "C000GENERAL"


async def test_a_reaction_comes_is_seen_and_goes(slack: Workspace, client: AsyncWebClient) -> None:
    ts = await slack.say("general", "ada", "so?")
    one: dict[str, Any] = {"channel": GENERAL, "timestamp": ts}
    await client.reactions_add(**one, name="eyes")
    await slack.react("general", ts, "raj", "eyes")
    with pytest.raises(SlackApiError, match="already_reacted"):
        await client.reactions_add(**one, name=":eyes:")
    (reaction,) = (await client.reactions_get(**one))["message"]["reactions"]
    assert (reaction["name"], reaction["count"]) == ("eyes", 2)
    await client.reactions_remove(**one, name="eyes")
    assert [each.users for each in slack.messages("general")[-1].reactions] == [("U0000000RAJ",)]
    with pytest.raises(SlackApiError, match="no_reaction"):
        await client.reactions_remove(**one, name="eyes")


async def test_what_somebody_reacted_to_is_listed_newest_first(
    slack: Workspace, client: AsyncWebClient
) -> None:
    for text in ("one", "two"):
        ts = await slack.say("general", "ada", text)
        await client.reactions_add(channel=GENERAL, timestamp=ts, name="eyes")
    items = (await client.reactions_list())["items"]
    assert [item["message"]["text"] for item in items] == ["two", "one"]
    assert (await client.reactions_list(user="U0000000ADA"))["items"] == []


@pytest.mark.parametrize("name", ["", "two words", "x::skin-tone-9"])
async def test_a_reaction_needs_a_name(client: AsyncWebClient, name: str) -> None:
    with pytest.raises(SlackApiError, match="invalid_name"):
        await client.reactions_add(channel=GENERAL, timestamp="1.0", name=name)


async def test_a_skin_tone_is_part_of_a_name(slack: Workspace, client: AsyncWebClient) -> None:
    ts = await slack.say("general", "ada", "so?")
    assert (await client.reactions_add(channel=GENERAL, timestamp=ts, name="wave::skin-tone-3"))["ok"]
