"""The things a workspace holds, and what can happen to them. All frozen: a change makes a new one, so that an event can
show the message before and after.

Ids look like Slack's and say what they name: T team, U user, B bot, A app, C channel, D direct message.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

IN_PROGRESS, COMPLETED = "in_progress", "completed"
STREAM_FOR = 300.0
"""Seconds that a message may be streamed, however much is still added: seen on the live service, on no page."""

SUBSCRIPTIONS = frozenset(
    {"app_home_opened", "app_mention", "message.channels", "message.im", "reaction_added", "reaction_removed"}
)


@dataclass(frozen=True, slots=True)
class Team:
    """The workspace itself."""

    id: str
    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class User:
    """A person, or the user an app's bot appears as. `name` is the handle, `color` a CSS colour for the page."""

    id: str
    name: str
    real_name: str
    color: str | None = None
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class App:
    """An installed app: its bot, its secrets, and the events it has subscribed to."""

    id: str
    name: str
    bot_id: str
    bot_user_id: str
    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    subscriptions: frozenset[str] = SUBSCRIPTIONS
    scopes: tuple[str, ...] = (
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "im:history",
        "im:read",
        "im:write",
        "reactions:read",
        "reactions:write",
        "users:read",
        "assistant:write",
    )


@dataclass(frozen=True, slots=True)
class Channel:
    """A public channel ("channel"), or the direct messages of two ("im": no name)."""

    id: str
    name: str
    kind: str
    members: frozenset[str]
    topic: str = ""

    def other(self, user: str) -> str | None:
        """Whom `user` talks to here; None in a channel of many."""
        others = self.members - {user}
        return next(iter(others)) if self.kind == "im" and others else None


@dataclass(frozen=True, slots=True)
class File:
    """An attached file: its name and kind. There are no bytes behind it."""

    id: str
    name: str
    mimetype: str
    size: int


@dataclass(frozen=True, slots=True)
class Edited:
    """Who last changed a message, and when: Slack's `edited`, whose ts has no fraction. An app goes by its bot id."""

    user: str
    ts: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """One emoji under a message, and who put it there."""

    name: str
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `thread_ts` is the parent's ts in a reply and None elsewhere; `blocks` are those its sender gave,
    None where there was only text (Slack then makes some itself); `app_id` is set on what an app posted;
    `streaming_state` is None in what was never streamed."""

    channel: str
    ts: str
    user: str
    text: str
    thread_ts: str | None = None
    broadcast: bool = False
    blocks: tuple[Json, ...] | None = None
    attachments: tuple[Json, ...] = ()
    metadata: Json | None = None
    app_id: str | None = None
    client_msg_id: str | None = None
    subtype: str | None = None
    edited: Edited | None = None
    files: tuple[File, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    streaming_state: str | None = None


def streaming(message: Message, now: float) -> bool:
    """Whether more may be added to a message. Its ts tells when the stream began."""
    return message.streaming_state == IN_PROGRESS and now < float(message.ts) + STREAM_FOR


@dataclass(frozen=True, slots=True)
class Change:
    """What an update says about each part of a message: None leaves the part out of the call."""

    text: str | None = None
    blocks: tuple[Json, ...] | None = None
    attachments: tuple[Json, ...] | None = None
    metadata: Json | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """The line "Teleprinter is thinking…" under a thread, until `until` (seconds since the epoch). No text: no line."""

    channel: str
    thread_ts: str
    user: str
    text: str
    until: float


@dataclass(frozen=True, slots=True)
class Posted:
    """A new message."""

    message: Message


@dataclass(frozen=True, slots=True)
class Whispered:
    """An ephemeral message: shown to one person, in no history."""

    message: Message
    to: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A message has a new content. `ts` is the event's own."""

    message: Message
    previous: Message
    ts: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """A message is gone. `ts` is the event's own."""

    previous: Message
    ts: str


@dataclass(frozen=True, slots=True)
class StatusSet:
    """A thread's status line was set, or taken away (no text)."""

    status: Status


@dataclass(frozen=True, slots=True)
class Reacted:
    """Somebody put an emoji under a message (`added`), or took it back. `ts` is the event's own."""

    message: Message
    user: str
    name: str
    added: bool
    ts: str


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """A person looked at the app's home ("home") or at its direct messages ("messages")."""

    app_id: str
    user: str
    channel: str
    tab: str
    ts: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A person pressed a button in an app's message. `action` is Slack's action object; `ts` is the event's own."""

    message: Message
    user: str
    action: Json
    ts: str


@dataclass(frozen=True, slots=True)
class Joined:
    """The channels a user can see have changed."""

    channel: Channel
    user: str


Happening: TypeAlias = (
    Posted | Whispered | Changed | Deleted | StatusSet | Reacted | HomeOpened | Pressed | Joined
)
