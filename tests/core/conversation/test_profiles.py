"""What Slack tells of accounts and channels."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation.profiles import ChannelProfile, UserProfile, is_outside, read_channel, read_user


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


@pytest.mark.parametrize(
    ("user", "guest", "stranger"),
    [
        ({"is_restricted": True}, True, False),
        ({"is_ultra_restricted": True}, True, False),
        ({"is_stranger": True}, False, True),
        ({"is_restricted": "no"}, False, False),
    ],
)
def test_guests_and_people_of_other_companies_are_known_as_such(
    user: dict[str, Any], *, guest: bool, stranger: bool
) -> None:
    profile = read_user({**user, "team_id": "T1", "enterprise_user": {"enterprise_id": "E1"}})
    assert (profile.guest, profile.stranger) == (guest, stranger)
    assert (profile.team, profile.organisation) == ("T1", "E1")


@pytest.mark.parametrize("flag", ["is_ext_shared", "is_pending_ext_shared"])
def test_a_channel_that_another_company_is_in_or_will_be_is_shared(flag: str) -> None:
    assert read_channel({"id": "C1", flag: True}).shared
    assert not read_channel({"id": "C1", flag: None}).shared


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


@pytest.mark.parametrize(
    ("user", "outside"),
    [
        (UserProfile("U1", "Ada", team="T1"), False),
        (UserProfile("U1", "Ada", team="T2", organisation="E1"), False),
        (UserProfile("U1", "Ada", team="T2", organisation="E2"), True),
        (UserProfile("U1", "Ada", team="T2"), True),
        (UserProfile("U1", "Ada"), True),
        (UserProfile("U1", "Ada", team="T1", stranger=True), True),
    ],
)
def test_who_is_of_our_organisation_is_not_from_outside(user: UserProfile, *, outside: bool) -> None:
    assert is_outside(user, "T1", "E1") is outside


def test_without_an_organisation_nobody_shares_it() -> None:
    assert is_outside(UserProfile("U1", "Ada", team="T2"), "T1", "")
