"""All a workspace knows, and how it changes: no clock, no socket, no await.

Every change takes the time as `now` (seconds since the epoch), answers what happened, and raises `Refused` with Slack's
error code where Slack would refuse. Slack's events and the page's updates are both made from what happened.

    person or app ──► State.post / update / delete / … ──► [Posted, StatusSet, …] ──► events.py, page_socket.py
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.workspace.errors import Refused
from bot.workspace.interactions import action_of
from bot.workspace.records import (
    COMPLETED,
    App,
    Change,
    Changed,
    Channel,
    Deleted,
    Edited,
    Happening,
    HomeOpened,
    Joined,
    Json,
    Message,
    Posted,
    Pressed,
    Reacted,
    Reaction,
    Status,
    StatusSet,
    Team,
    User,
    Whispered,
    streaming,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

TOMBSTONE = "This message was deleted."


class State:
    """One workspace: who is in it, and what was said."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.users: dict[str, User] = {}
        self.apps: dict[str, App] = {}
        self.channels: dict[str, Channel] = {}
        self.statuses: dict[tuple[str, str], Status] = {}
        self.homes: dict[str, Json] = {}  # the view last published to each person
        self.titles: dict[tuple[str, str], str] = {}  # of the threads with an app
        self._messages: dict[str, dict[str, Message]] = {}
        self._threads: dict[tuple[str, str], list[str]] = {}  # (channel, parent's ts) -> its replies' ts
        self._last_micros = 0

    # --- looking ---

    def channel(self, channel: str) -> Channel:
        """The channel of that id; `channel_not_found` otherwise."""
        try:
            return self.channels[channel]
        except KeyError:
            raise Refused("channel_not_found") from None

    def user(self, user: str) -> User:
        """The user of that id; `user_not_found` otherwise."""
        try:
            return self.users[user]
        except KeyError:
            raise Refused("user_not_found") from None

    def message(self, channel: str, ts: str) -> Message:
        """The message of that ts; `message_not_found` otherwise."""
        try:
            return self._messages[self.channel(channel).id][ts]
        except KeyError:
            raise Refused("message_not_found") from None

    def find(self, channel: str, ts: str) -> Message | None:
        """The message of that ts, where it is still there."""
        return self._messages.get(channel, {}).get(ts)

    def history(self, channel: str) -> list[Message]:
        """What the channel itself shows, oldest first: no replies, unless they were sent to the channel as well."""
        messages = self._messages[self.channel(channel).id].values()
        return [message for message in messages if message.thread_ts is None or message.broadcast]

    def replies(self, channel: str, thread_ts: str) -> list[Message]:
        """The replies in a thread, oldest first, without their parent."""
        messages = self._messages[self.channel(channel).id]
        return [messages[ts] for ts in self._threads.get((channel, thread_ts), ())]

    def messages(self) -> Iterable[Message]:
        """Every message there is, channel by channel."""
        return (message for messages in self._messages.values() for message in messages.values())

    def app_of(self, user: str) -> App | None:
        """The app whose bot that user is."""
        return next((app for app in self.apps.values() if app.bot_user_id == user), None)

    def direct(self, one: str, other: str) -> Channel | None:
        """The direct messages of two, where they have any."""
        pair = frozenset({one, other})
        return next((c for c in self.channels.values() if c.kind == "im" and c.members == pair), None)

    # --- people and places ---

    def add_user(self, user: User) -> None:
        self.users[user.id] = user

    def add_app(self, app: App, user: User) -> None:
        """Install an app; `user` is what its bot looks like."""
        self.add_user(user)
        self.apps[app.id] = app

    def add_channel(self, channel: Channel) -> list[Happening]:
        self.channels[channel.id] = channel
        self._messages.setdefault(channel.id, {})
        return [Joined(channel, member) for member in sorted(channel.members)]

    def join(self, channel: str, user: str) -> list[Happening]:
        """Nothing happens to somebody who is in already."""
        old = self.channel(channel)
        if user in old.members:
            return []
        return [Joined(self._put_channel(replace(old, members=old.members | {user})), user)]

    def _put_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        return channel

    def home_opened(self, app: App, user: str, tab: str, now: float) -> list[Happening]:
        """`user` opened the app's home, or its direct messages."""
        channel = self.direct(user, app.bot_user_id)
        return [HomeOpened(app.id, user, channel.id if channel else "", tab, self.next_ts(now))]

    # --- messages ---

    def next_ts(self, now: float) -> str:
        """A ts nobody has: later than all before it, and as near to `now` as that allows."""
        self._last_micros = max(self._last_micros + 1, int(now * 1_000_000))
        seconds, micros = divmod(self._last_micros, 1_000_000)
        return f"{seconds}.{micros:06d}"

    def post(self, draft: Message, now: float) -> list[Happening]:
        """Add a message; its ts is made here. What an app says in a thread ends that thread's status line."""
        message = replace(draft, ts=self.next_ts(now), thread_ts=self._parent_ts(draft))
        self._messages[self.channel(draft.channel).id][message.ts] = message
        happened: list[Happening] = [Posted(message)]
        if message.thread_ts is None:
            return happened
        self._threads.setdefault((message.channel, message.thread_ts), []).append(message.ts)
        if message.app_id is not None:
            happened += self.clear_status(message.channel, message.thread_ts)
        return happened

    def _parent_ts(self, draft: Message) -> str | None:
        """Slack puts a reply to a reply under the reply's parent, and a reply to nothing under that ts all the same."""
        parent = self.find(draft.channel, draft.thread_ts) if draft.thread_ts else None
        return (parent.thread_ts if parent else None) or draft.thread_ts

    def whisper(self, draft: Message, to: str, now: float) -> list[Happening]:
        """An ephemeral message: it is shown, and kept nowhere."""
        return [Whispered(replace(draft, ts=self.next_ts(now)), to)]

    def update(self, channel: str, ts: str, change: Change, *, by: str, now: float) -> list[Happening]:
        """Change a message of one's own. `by` is a user id; an app is meant by its bot's."""
        old = self.message(channel, ts)
        if old.user != by or old.subtype == "tombstone":
            raise Refused("cant_update_message")
        if streaming(old, now):
            raise Refused("streaming_state_conflict")
        app = self.app_of(by)
        edited = Edited(app.bot_id if app else by, f"{int(now)}.000000")
        return self._put(replace(changed(old, change), edited=edited), old, now)

    def rewrite(self, new: Message, now: float) -> list[Happening]:
        """Put a message where its earlier self was, without marking it as edited."""
        return self._put(new, self.message(new.channel, new.ts), now)

    def _put(self, new: Message, old: Message, now: float) -> list[Happening]:
        self._messages[new.channel][new.ts] = new
        return [Changed(new, old, self.next_ts(now))]

    def delete(self, channel: str, ts: str, *, by: str, now: float) -> list[Happening]:
        """Take a message away. A person may also delete what an app said: everybody here is an admin.

        A parent whose replies are still there leaves a tombstone, as in Slack: apps are told of a change, no deletion.
        """
        old = self.message(channel, ts)
        app = self.app_of(by)
        own = old.user == by or (old.app_id is not None and app is None)
        if not own or old.subtype == "tombstone":
            raise Refused("cant_delete_message")
        if self.replies(channel, ts):
            return self._put(tombstone(old), old, now)
        del self._messages[channel][ts]
        if old.thread_ts is not None:
            self._threads[channel, old.thread_ts].remove(ts)
        return [Deleted(old, self.next_ts(now))]

    def react(self, channel: str, ts: str, name: str, *, by: str, now: float) -> list[Happening]:
        old = self.message(channel, ts)
        users = users_of(old, name)
        if by in users:
            raise Refused("already_reacted")
        return self._set_reaction(old, Reaction(name, (*users, by)), by, now)

    def unreact(self, channel: str, ts: str, name: str, *, by: str, now: float) -> list[Happening]:
        old = self.message(channel, ts)
        users = users_of(old, name)
        if by not in users:
            raise Refused("no_reaction")
        left = tuple(user for user in users if user != by)
        return self._set_reaction(old, Reaction(name, left), by, now)

    def _set_reaction(self, old: Message, reaction: Reaction, by: str, now: float) -> list[Happening]:
        reactions = {each.name: each for each in old.reactions} | {reaction.name: reaction}
        new = replace(old, reactions=tuple(each for each in reactions.values() if each.users))
        self._messages[new.channel][new.ts] = new
        return [Reacted(new, by, reaction.name, by in reaction.users, self.next_ts(now))]

    def press(
        self, channel: str, ts: str, action_id: str, value: str | None, *, by: str, now: float
    ) -> list[Happening]:
        """`by` presses a button in an app's message."""
        message = self.message(channel, ts)
        at = self.next_ts(now)
        return [Pressed(message, by, action_of(message, action_id, value, at), at)]

    # --- statuses ---

    def set_status(self, status: Status) -> list[Happening]:
        """Show a status line, or take it away: one without text."""
        if not status.text:
            return self.clear_status(status.channel, status.thread_ts)
        self.statuses[status.channel, status.thread_ts] = status
        return [StatusSet(status)]

    def clear_status(self, channel: str, thread_ts: str) -> list[Happening]:
        old = self.statuses.pop((channel, thread_ts), None)
        return [StatusSet(replace(old, text=""))] if old else []

    def expire(self, now: float) -> list[Happening]:
        """Take away the status lines whose time is over."""
        over = [key for key, status in self.statuses.items() if status.until <= now]
        return [happening for key in over for happening in self.clear_status(*key)]


def changed(old: Message, change: Change) -> Message:
    """What chat.update makes of a message (Slack's own rules).

    Text alone takes the blocks away, nothing at all keeps them, an empty list takes them away; attachments and metadata
    stay where they are not named. A stream that broke off is mended by it.
    """
    keeps_blocks = change.blocks is None and change.text is None
    return replace(
        old,
        text=old.text if change.text is None else change.text,
        blocks=old.blocks if keeps_blocks else change.blocks or None,
        attachments=old.attachments if change.attachments is None else change.attachments,
        metadata=old.metadata if change.metadata is None else change.metadata or None,
        streaming_state=old.streaming_state and COMPLETED,
    )


def tombstone(old: Message) -> Message:
    """What is left of a deleted parent whose thread goes on."""
    return Message(old.channel, old.ts, old.user, TOMBSTONE, subtype="tombstone")


def users_of(message: Message, name: str) -> tuple[str, ...]:
    """Who reacted with that emoji."""
    return next((reaction.users for reaction in message.reactions if reaction.name == name), ())
