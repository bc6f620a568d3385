"""Reads who posted a message: a person, an app, or an account through an app.

| in Slack's payload                        | who it is                                              |
|-------------------------------------------|--------------------------------------------------------|
| a user                                    | PERSON: it was typed in Slack                          |
| a user and a bot_id                       | ACCOUNT: a person's own token, or a bot's own user.    |
|                                           | Nothing in the message tells which; `users.info` does  |
| subtype bot_message, or a bot_id alone    | APP: a workflow, an incoming webhook                   |
| Slackbot                                  | APP: it has a user and no bot_id                       |
| our app's id, and not our user            | APP: ourselves under another token                     |
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from bot.core.conversation.json_payload import as_payload, as_text

if TYPE_CHECKING:
    from bot.core.conversation.json_payload import Payload

SLACKBOT = "USLACKBOT"
_OF_AN_APP = "bot_message"


class AuthorKind(Enum):
    """Says what wrote a message."""

    PERSON = "person"
    ACCOUNT = "account through an app"
    PERSON_THROUGH_APP = "person through an app"  # an ACCOUNT that Slack says is a person's
    APP = "app"


@dataclass(frozen=True, slots=True)
class MessageAuthor:
    """Tells who posted a message. `names` are all that an app can be called by in a setting, in small letters."""

    kind: AuthorKind = AuthorKind.PERSON
    names: frozenset[str] = frozenset()


A_PERSON = MessageAuthor()


def app_name(message: Payload) -> str:
    """Returns what an app calls itself in `message`; "" where it says nothing."""
    return as_text(message.get("username")) or as_text(as_payload(message.get("bot_profile")).get("name"))


def is_app(user: str) -> bool:
    """Tells whether the author of a turn is an app: on record it stands under its bot's id."""
    return user.startswith("B") or user == SLACKBOT


def read_author(message: Payload, *, app_id: str = "") -> MessageAuthor:
    """Returns who posted `message`; `app_id` is the id of our own app, "" where it is not known."""
    profile = as_payload(message.get("bot_profile"))
    user, bot = as_text(message.get("user")), as_text(message.get("bot_id") or profile.get("id"))
    if user != SLACKBOT and not bot and message.get("subtype") != _OF_AN_APP:
        return A_PERSON
    app = as_text(message.get("app_id") or profile.get("app_id"))
    # The name that a post goes by may be anybody's choice; it is all that a workflow has.
    called = (user, bot, app, as_text(profile.get("name")), as_text(message.get("username")))
    names = frozenset(one.strip().casefold() for one in (*called, "slackbot" * (user == SLACKBOT)) if one)
    if app_id and app == app_id:
        return MessageAuthor(AuthorKind.APP)  # no setting can name ourselves
    automatic = user in ("", SLACKBOT) or message.get("subtype") == _OF_AN_APP
    return MessageAuthor(AuthorKind.APP if automatic else AuthorKind.ACCOUNT, names)
