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
    `locale` like `en-GB`; "" or None where Slack does not say. `team` is the workspace that it belongs to, `organisation` the
    one that is in; `stranger` tells of one who is known from a shared channel alone."""

    id: str
    name: str
    is_bot: bool = False
    zone: str = ""
    offset: int | None = None
    locale: str = ""
    team: str = ""
    organisation: str = ""
    guest: bool = False
    stranger: bool = False


@dataclass(frozen=True, slots=True)
class ChannelProfile:
    """A channel of a workspace, as people named it; `is_group` where it is direct messages of several, which have no name.
    `shared`: with another company, or soon. `creator` is who has made it."""

    id: str
    name: str
    purpose: str = ""
    is_group: bool = False
    shared: bool = False
    creator: str = ""


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
        as_text(user.get("team_id")),
        as_text(as_payload(user.get("enterprise_user")).get("enterprise_id")),
        user.get("is_restricted") is True or user.get("is_ultra_restricted") is True,
        user.get("is_stranger") is True,
    )


def read_channel(channel: Payload) -> ChannelProfile:
    """Returns the channel that the `channel` of an answer describes; of one without a purpose its topic."""
    told = (as_payload(channel.get(name)).get("value") for name in ("purpose", "topic"))
    purpose = next(filter(None, (as_text(one).strip() for one in told)), "")
    is_group = channel.get("is_mpim") is True
    name = "" if is_group else as_text(channel.get("name"))
    shared = channel.get("is_ext_shared") is True or channel.get("is_pending_ext_shared") is True
    return ChannelProfile(
        as_text(channel.get("id")), name, purpose, is_group, shared, as_text(channel.get("creator"))
    )


def is_outside(user: UserProfile, team: str, organisation: str) -> bool:
    """Tells whether somebody belongs neither to the workspace `team` nor to its `organisation`, "" where that is in none."""
    is_ours = user.team == team or (bool(organisation) and user.organisation == organisation)
    return user.stranger or not is_ours
