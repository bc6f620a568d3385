"""Reads what Slack tells of an account: `users.info`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.conversation.json_payload import as_payload, as_text

if TYPE_CHECKING:
    from bot.core.conversation.json_payload import Payload


@dataclass(frozen=True, slots=True)
class UserProfile:
    """An account of a workspace. `zone` is a name of the time zone database, `locale` like `en-GB`; "" where Slack does not say."""

    id: str
    name: str
    is_bot: bool = False
    zone: str = ""
    locale: str = ""


def read_user(user: Payload) -> UserProfile:
    """Returns the account that the `user` of an answer describes, under the name that people see it by."""
    profile = as_payload(user.get("profile"))
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    name = next(filter(None, (as_text(one).strip() for one in names)), "")
    is_bot = user.get("is_bot") is True or as_text(user.get("id")) == "USLACKBOT"
    return UserProfile(
        as_text(user.get("id")), name, is_bot, as_text(user.get("tz")), as_text(user.get("locale"))
    )
