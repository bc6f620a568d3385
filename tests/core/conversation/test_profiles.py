"""What Slack tells of accounts and channels."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation.profiles import ChannelProfile, UserProfile, read_channel, read_user


def test_a_person_is_read_with_the_name_that_people_see() -> None:
    user = {
        "id": "U1",
        "name": "ada",
        "tz": "Europe/London",
        "tz_offset": 3600,
        "locale": "en-GB",
        "profile": {"display_name": "Ada L.", "real_name": "Ada Lovelace"},
    }
    assert read_user(user) == UserProfile("U1", "Ada L.", zone="Europe/London", offset=3600, locale="en-GB")


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ({"profile": {"display_name": " ", "real_name": "Ada Lovelace"}}, "Ada Lovelace"),
        ({"real_name": "Ada Lovelace", "name": "ada"}, "Ada Lovelace"),
        ({"name": "ada", "profile": None}, "ada"),
        ({}, ""),
    ],
)
def test_who_has_no_display_name_goes_by_the_next(user: dict[str, Any], name: str) -> None:
    assert read_user(user).name == name


@pytest.mark.parametrize(
    ("user", "is_bot"),
    [
        ({"id": "U1", "is_bot": True}, True),
        ({"id": "USLACKBOT", "is_bot": False}, True),
        ({"id": "U1"}, False),
    ],
)
def test_a_bot_is_known_as_one(user: dict[str, Any], *, is_bot: bool) -> None:
    assert read_user(user).is_bot is is_bot


@pytest.mark.parametrize("offset", [None, True, "3600", 10**6])
def test_an_offset_that_is_none_is_not_taken(offset: object) -> None:
    assert read_user({"id": "U1", "tz_offset": offset}).offset is None


def test_a_channel_is_read_with_its_purpose_or_else_its_topic() -> None:
    named = {"id": "C1", "name": "general", "topic": {"value": "tea"}}
    assert read_channel(named | {"purpose": {"value": " work "}}) == ChannelProfile("C1", "general", "work")
    assert read_channel(named | {"purpose": {"value": ""}}) == ChannelProfile("C1", "general", "tea")
    assert read_channel({"id": "C1"}) == ChannelProfile("C1", "")


def test_direct_messages_of_several_have_no_name() -> None:
    group = read_channel({"id": "G1", "name": "mpdm-ada--raj-1", "is_mpim": True})
    assert group == ChannelProfile("G1", "", is_group=True)
