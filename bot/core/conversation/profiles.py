"""Reads what Slack tells of accounts and channels: `users.info`, `conversations.info`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.conversation.authors import SLACKBOT
from bot.core.conversation.json_payload import as_payload, as_text

if TYPE_CHECKING:
    from bot.core.conversation.json_payload import Payload

MOST_OFFSET = 24 * 3600
"""Seconds that a zone is away from UTC, at most: what is more is no zone."""


@dataclass(frozen=True, slots=True)
class UserProfile:
    """An account of a workspace. `zone` is a name of the time zone database, `offset` how many seconds that zone is ahead of UTC now,
    `locale` like `en-GB`; "" or None where Slack does not say."""

    id: str
    name: str
    is_bot: bool = False
    zone: str = ""
    offset: int | None = None
    locale: str = ""


@dataclass(frozen=True, slots=True)
class ChannelProfile:
    """A channel of a workspace, as people named it; `is_group` where it is direct messages of several, which have no name."""

    id: str
    name: str
    purpose: str = ""
    is_group: bool = False


def read_user(user: Payload) -> UserProfile:
    """Returns the account that the `user` of an answer describes, under the name that people see it by."""
    profile = as_payload(user.get("profile"))
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    name = next(filter(None, (as_text(one).strip() for one in names)), "")
    is_bot = user.get("is_bot") is True or as_text(user.get("id")) == SLACKBOT
    offset = user.get("tz_offset")
    is_offset = isinstance(offset, int) and not isinstance(offset, bool) and abs(offset) <= MOST_OFFSET
    return UserProfile(
        as_text(user.get("id")),
        name,
        is_bot,
        as_text(user.get("tz")),
        offset if is_offset else None,
        as_text(user.get("locale")),
    )


def read_channel(channel: Payload) -> ChannelProfile:
    """Returns the channel that the `channel` of an answer describes; of one without a purpose its topic."""
    told = (as_payload(channel.get(name)).get("value") for name in ("purpose", "topic"))
    purpose = next(filter(None, (as_text(one).strip() for one in told)), "")
    is_group = channel.get("is_mpim") is True
    name = "" if is_group else as_text(channel.get("name"))
    return ChannelProfile(as_text(channel.get("id")), name, purpose, is_group)
