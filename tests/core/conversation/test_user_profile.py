"""What Slack tells of an account."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation.user_profile import UserProfile, read_user


def test_a_person_is_read_with_the_name_that_people_see() -> None:
    user = {
        "id": "U1",
        "name": "ada",
        "tz": "Europe/London",
        "locale": "en-GB",
        "profile": {"display_name": "Ada L.", "real_name": "Ada Lovelace"},
    }
    assert read_user(user) == UserProfile("U1", "Ada L.", zone="Europe/London", locale="en-GB")


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
