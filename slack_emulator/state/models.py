"""The things a workspace holds. All frozen: a change makes a new one, so that an event can show the message before and
after.

Ids look like Slack's and say what they name: T team, U user, B bot, A app, C channel, D direct message, F file, V view.
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field
from typing import Any

from slack_emulator.json_values import Json

IN_PROGRESS, COMPLETED = "in_progress", "completed"

SUBSCRIPTIONS = frozenset(
    {
        "agent_session_stopped",
        "app_home_opened",
        "app_mention",
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
        "reaction_added",
        "reaction_removed",
    }
)
SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "chat:write.public",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
    "users:write",
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
    email: str = ""
    present: bool = True
    admin: bool = True  # of the workspace; a bot is none
    guest: bool = False
    stranger: bool = False  # of another company, seen in a channel that is shared with it
    locale: str = "en-US"


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command, with its slash."""

    name: str
    description: str = ""
    usage_hint: str = ""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut: "global", or "message" in a message's menu."""

    callback_id: str
    name: str
    kind: str = "global"


@dataclass(frozen=True, slots=True)
class App:
    """An app as it is installed in one workspace: its bot, its secrets, what it may do and what it hears of.

    `agent` is the manifest's feature, "agent_view" or "assistant_view", or "". `internal` says whether the company made
    it itself, or it is in the Marketplace: other apps may read little of a conversation.
    """

    id: str
    name: str
    bot_id: str
    bot_user_id: str
    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    subscriptions: frozenset[str] = SUBSCRIPTIONS
    scopes: tuple[str, ...] = SCOPES
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    agent: str = "agent_view"
    internal: bool = True
    rotates_tokens: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation. `kind` is Slack's channel_type: "channel" is public, "group" private, "im" the direct messages of
    two and "mpim" those of a few (neither has a name).
    """

    id: str
    name: str
    kind: str
    members: frozenset[str]
    topic: str = ""
    purpose: str = ""
    creator: str = ""
    created: int = 0
    archived: bool = False
    shared: bool = False  # with another company

    def other(self, user: str) -> str | None:
        """Whom `user` talks to here; None in a channel of many."""
        others = self.members - {user}
        return next(iter(others)) if self.kind == "im" and others else None

    @property
    def public(self) -> bool:
        return self.kind == "channel"


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file. Its bytes are in the state's `contents`, by its id; `channels` are those it was shared in."""

    id: str
    name: str
    mimetype: str
    size: int
    title: str = ""
    user: str = ""
    created: int = 0
    channels: tuple[str, ...] = ()
    alt_text: str = ""


def mimetype_of(name: str) -> str:
    """Returns what a file is, by its name."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Edited:
    """Says who last changed a message, and when: Slack's `edited`, whose ts has no fraction. An app goes by its bot id."""

    user: str
    ts: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """One emoji under a message, and who put it there."""

    name: str
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Author:
    """The name and picture an app posts under instead of its own (chat:write.customize)."""

    username: str = ""
    icon_emoji: str = ""
    icon_url: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `thread_ts` is the parent's ts in a reply and None elsewhere; `blocks` are those its sender gave,
    None where there was only text (Slack then makes some itself); `app_id` is set on what an app posted;
    `streaming_state` is None in what was never streamed, `stopped` where a person ended that, and `plan` where its tasks
    are to stand in one plan; `notice` is what Slack says more in a line of its own about a channel."""

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
    stopped: bool = False
    plan: bool = False
    notice: Json | None = None
    author: Author | None = None


def streaming(message: Message, now: float, *, life: float) -> bool:
    """Tells whether more may be added to a message, `life` seconds at most. Its ts tells when the stream began."""
    return message.streaming_state == IN_PROGRESS and now < float(message.ts) + life


@dataclass(frozen=True, slots=True)
class MessageEdit:
    """Holds what an update says about each part of a message: None leaves the part out of the call."""

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
class Session:
    """An agent's session in a thread: "active", "processing" (until `until`), "suspended" or "closed"."""

    channel: str
    thread_ts: str
    app_id: str
    status: str
    title: str = ""
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class View:
    """A modal, or an app's home, as one person sees it. `hash` changes with every change of its content; `values` is
    what the person has put into it; `previous_id` is the view below it. `tab` is the tab of a browser that a modal stands
    in, where its person did what opened it; "" for wherever they look.
    """

    id: str
    app_id: str
    user: str
    content: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Json = field(default_factory=dict[str, Any])
    tab: str = ""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A message that is to be posted at `post_at`, seconds since the epoch: an app's, or one in which files are shared."""

    id: str
    draft: Message
    post_at: float
