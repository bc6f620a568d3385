"""Names what can happen in a workspace. Slack's events and the page's updates are both made from these.

All frozen, and made by a change of the state: a happening shows a message before and after.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from slack_emulator.json_values import Json
    from slack_emulator.state.models import Channel, Message, Status, View


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
    """A person pressed a button in an app's message. `action` is Slack's action object; `ts` is the event's own. `ephemeral`: they
    alone see that message."""

    message: Message
    user: str
    action: Json
    ts: str
    ephemeral: bool = False


@dataclass(frozen=True, slots=True)
class Joined:
    """The channels a user can see have changed. `ts` is the event's own; "" where no app is told of it."""

    channel: Channel
    user: str
    ts: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """A user is no longer in a channel."""

    channel: Channel
    user: str
    ts: str


@dataclass(frozen=True, slots=True)
class ViewShown:
    """A view is open in front of a person, or has a new content there."""

    view: View
    user: str


@dataclass(frozen=True, slots=True)
class ViewGone:
    """A view was closed."""

    view: View
    user: str


@dataclass(frozen=True, slots=True)
class ViewRefused:
    """An app did not accept what was put into a view: what is wrong, by block_id."""

    view: View
    user: str
    errors: Json


@dataclass(frozen=True, slots=True)
class PromptsSet:
    """An app suggests what to ask it in its direct messages, or in a thread of them."""

    channel: str
    thread_ts: str
    prompts: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """Something only apps hear of: the event, and the app that does; None for all that subscribed."""

    event: Json
    app_id: str | None = None


WorkspaceChange: TypeAlias = (
    Posted
    | Whispered
    | Changed
    | Deleted
    | StatusSet
    | Reacted
    | HomeOpened
    | Pressed
    | Joined
    | Left
    | ViewShown
    | ViewGone
    | ViewRefused
    | PromptsSet
    | Told
)
