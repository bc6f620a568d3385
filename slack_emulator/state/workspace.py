"""All a workspace knows, and how it changes: no clock, no socket, no await.

Every change takes the time as `now` (seconds since the epoch), answers what happened, and raises `Refused` with Slack's
error code where Slack would refuse. Slack's events and the page's updates are both made from what happened.

    person or app ──► WorkspaceState.post / update / delete / … ──► [Posted, StatusSet, …] ──► event_payloads, page/protocol
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from slack_emulator.blocks.interactive_elements import action_of
from slack_emulator.disputed_rules import STRICT, Compat
from slack_emulator.errors import Refused
from slack_emulator.state.changes import (
    Changed,
    Deleted,
    Posted,
    Pressed,
    Reacted,
    StatusSet,
    Told,
    Whispered,
    WorkspaceChange,
)
from slack_emulator.state.directory import Directory
from slack_emulator.state.message_edits import changed, tombstone, users_of
from slack_emulator.state.models import (
    COMPLETED,
    IN_PROGRESS,
    Edited,
    File,
    Message,
    MessageEdit,
    Reaction,
    Session,
    Status,
    Team,
    streaming,
)
from slack_emulator.state.open_views import Views
from slack_emulator.state.pending_posts import PendingPosts
from slack_emulator.state.triggers import Triggers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slack_emulator.json_values import Json

WORKING = "is working…"
WHISPERS = 1_000  # ephemeral messages whose buttons can still be pressed, the newest


class WorkspaceState(Directory):
    """One workspace: who is in it, and what was said."""

    def __init__(self, team: Team, *, readings: Compat = STRICT) -> None:
        super().__init__(team)
        self.readings = readings
        self.statuses: dict[tuple[str, str], Status] = {}
        self.sessions: dict[tuple[str, str], Session] = {}
        self.prompts: dict[
            tuple[str, str], tuple[Json, ...]
        ] = {}  # by channel and thread; "" for the whole channel
        self.opened: dict[str, Json] = {}  # what somebody has open beside an agent's pane, by its channel
        self.groups: dict[str, frozenset[str]] = {}  # user groups: who is in them, by their ids
        self.views = Views()
        self.tickets = Triggers()
        self.files: dict[str, File] = {}
        self.uploads: dict[str, File] = {}  # begun, and not yet completed
        self.contents: dict[str, bytes] = {}  # the files' bytes, by their ids
        self.pending = PendingPosts()
        self._whispers: OrderedDict[tuple[str, str], tuple[Message, str]] = OrderedDict()
        self._messages: dict[str, dict[str, Message]] = {}
        self._threads: dict[tuple[str, str], list[str]] = {}  # (channel, parent's ts) -> its replies' ts

    # --- looking ---

    def message(self, channel: str, ts: str) -> Message:
        """The message of that ts; `message_not_found` otherwise."""
        try:
            return self._said(channel)[ts]
        except KeyError:
            raise Refused("message_not_found") from None

    def _said(self, channel: str) -> dict[str, Message]:
        return self._messages.setdefault(self.channel(channel).id, {})

    def find(self, channel: str, ts: str) -> Message | None:
        """The message of that ts, where it is still there."""
        return self._messages.get(channel, {}).get(ts)

    def history(self, channel: str) -> list[Message]:
        """Returns what the channel itself shows, oldest first: no replies, unless they were sent to the channel as well."""
        return [
            message
            for message in self._said(channel).values()
            if message.thread_ts is None or message.broadcast
        ]

    def replies(self, channel: str, thread_ts: str) -> list[Message]:
        """The replies in a thread, oldest first, without their parent."""
        messages = self._said(channel)
        return [messages[ts] for ts in self._threads.get((channel, thread_ts), ())]

    def messages(self) -> Iterable[Message]:
        """Every message there is, channel by channel."""
        return (message for messages in self._messages.values() for message in messages.values())

    def whispers_to(self, user: str) -> list[Message]:
        """The ephemeral messages that somebody has seen and whose buttons can still be pressed, oldest first."""
        return [message for message, to in self._whispers.values() if to == user]

    # --- messages ---

    def post(self, draft: Message, now: float) -> list[WorkspaceChange]:
        """Add a message; its ts is made here. What an app says in a thread ends that thread's status line."""
        message = replace(draft, ts=self.next_ts(now), thread_ts=self._parent_ts(draft))
        self._said(draft.channel)[message.ts] = message
        happened: list[WorkspaceChange] = [Posted(message)]
        if message.thread_ts is None:
            return happened
        self._threads.setdefault((message.channel, message.thread_ts), []).append(message.ts)
        if message.app_id is not None and not self._works(message.channel, message.thread_ts):
            happened += self.clear_status(message.channel, message.thread_ts)
        return happened

    def _works(self, channel: str, thread_ts: str) -> bool:
        """Tells whether an agent's session there is processing: it says itself when it no longer is."""
        session = self.sessions.get((channel, thread_ts))
        return session is not None and session.status == "processing"

    def _parent_ts(self, draft: Message) -> str | None:
        """Slack puts a reply to a reply under the reply's parent, and a reply to nothing under that ts all the same."""
        parent = self.find(draft.channel, draft.thread_ts) if draft.thread_ts else None
        return (parent.thread_ts if parent else None) or draft.thread_ts

    def put_back(self, message: Message) -> None:
        """Let a message be as it was in an earlier life of this workspace: nothing happens by that."""
        self._said(message.channel)[message.ts] = message
        if message.thread_ts is not None:
            self._threads.setdefault((message.channel, message.thread_ts), []).append(message.ts)
        self.later_than(message.ts)

    def become(self, other: WorkspaceState) -> None:
        """Hold what another workspace holds. The object stays: pages, apps and whoever waits know this one."""
        url = self.url
        vars(self).update(vars(other))
        self.url = url

    def whisper(self, draft: Message, to: str, now: float) -> list[WorkspaceChange]:
        """An ephemeral message: it is shown, and kept nowhere but for the buttons that its reader may still press."""
        message = replace(draft, ts=self.next_ts(now))
        self._whispers[message.channel, message.ts] = message, to
        if len(self._whispers) > WHISPERS:
            self._whispers.popitem(last=False)
        return [Whispered(message, to)]

    def update(
        self, channel: str, ts: str, change: MessageEdit, *, by: str, now: float
    ) -> list[WorkspaceChange]:
        """Change a message of one's own. `by` is a user id; an app is meant by its bot's."""
        old = self.message(channel, ts)
        if old.user != by or old.subtype == "tombstone":
            raise Refused("cant_update_message")
        if streaming(old, now, life=self.readings.stream_life):
            raise Refused("streaming_state_conflict")
        app = self.app_of(by)
        edited = Edited(app.bot_id if app else by, f"{int(now)}.000000")
        return self._put(replace(changed(old, change), edited=edited), old, now)

    def rewrite(self, new: Message, now: float) -> list[WorkspaceChange]:
        """Put a message where its earlier self was, without marking it as edited."""
        return self._put(new, self.message(new.channel, new.ts), now)

    def _put(self, new: Message, old: Message, now: float) -> list[WorkspaceChange]:
        self._messages[new.channel][new.ts] = new
        return [Changed(new, old, self.next_ts(now))]

    def delete(self, channel: str, ts: str, *, by: str, now: float) -> list[WorkspaceChange]:
        """Take a message away. An admin may also delete what an app said.

        A parent whose replies are still there leaves a tombstone, as in Slack: apps are told of a change, no deletion.
        """
        old = self.message(channel, ts)
        app = self.app_of(by)
        own = old.user == by or (old.app_id is not None and app is None and self.user(by).admin)
        if not own or old.subtype == "tombstone":
            raise Refused("cant_delete_message")
        if self.replies(channel, ts):
            return self._put(tombstone(old), old, now)
        del self._messages[channel][ts]
        if old.thread_ts is not None:
            self._threads[channel, old.thread_ts].remove(ts)
        return [Deleted(old, self.next_ts(now))]

    def react(self, channel: str, ts: str, name: str, *, by: str, now: float) -> list[WorkspaceChange]:
        old = self.message(channel, ts)
        users = users_of(old, name)
        if by in users:
            raise Refused("already_reacted")
        return self._set_reaction(old, Reaction(name, (*users, by)), by, now)

    def unreact(self, channel: str, ts: str, name: str, *, by: str, now: float) -> list[WorkspaceChange]:
        old = self.message(channel, ts)
        users = users_of(old, name)
        if by not in users:
            raise Refused("no_reaction")
        left = tuple(user for user in users if user != by)
        return self._set_reaction(old, Reaction(name, left), by, now)

    def _set_reaction(self, old: Message, reaction: Reaction, by: str, now: float) -> list[WorkspaceChange]:
        reactions = {each.name: each for each in old.reactions} | {reaction.name: reaction}
        new = replace(old, reactions=tuple(each for each in reactions.values() if each.users))
        self._messages[new.channel][new.ts] = new
        return [Reacted(new, by, reaction.name, by in reaction.users, self.next_ts(now))]

    def press(self, channel: str, ts: str, action_id: str, value: object, *, by: str, now: float) -> Pressed:
        """`by` uses an element of an app's message, which may be an ephemeral one that they see."""
        at = self.next_ts(now)
        whispered, to = self._whispers.get((channel, ts), (None, ""))
        message = whispered if whispered is not None and to == by else self.message(channel, ts)
        action = action_of(message, action_id, value, at)
        return Pressed(message, by, action, at, ephemeral=message is whispered)

    # --- statuses ---

    def set_status(self, status: Status) -> list[WorkspaceChange]:
        """Show a status line, or take it away: one without text."""
        if not status.text:
            return self.clear_status(status.channel, status.thread_ts)
        self.statuses[status.channel, status.thread_ts] = status
        return [StatusSet(status)]

    def clear_status(self, channel: str, thread_ts: str) -> list[WorkspaceChange]:
        old = self.statuses.pop((channel, thread_ts), None)
        return [StatusSet(replace(old, text=""))] if old else []

    def set_session(self, session: Session, now: float) -> list[WorkspaceChange]:
        """Let an agent's session be as given. One that is processing shows that; its app is told of a new title."""
        key = session.channel, session.thread_ts
        old, bot = self.sessions.get(key), self.apps[session.app_id].bot_user_id
        self.sessions[key] = session
        happened: list[WorkspaceChange] = []
        if session.status == "processing":
            happened += self.set_status(Status(*key, bot, WORKING, session.until))
        elif old is not None and old.status == "processing":
            happened += self.clear_status(*key)
        if session.title == (old.title if old else ""):
            return happened
        event: Json = {
            "type": "agent_session_title_changed",
            "channel": session.channel,
            "user": bot,
            "team_id": self.team.id,
            "thread_ts": session.thread_ts,
            "title": session.title,
            "event_ts": self.next_ts(now),
        } | ({"previous_title": old.title} if old and old.title else {})
        return [*happened, Told(event, session.app_id)]

    def stop_session(self, channel: str, thread_ts: str, *, by: str, now: float) -> list[WorkspaceChange]:
        """A person stops an agent: what it streams in that thread ends, and it is told. Its status is its own to set."""
        session = self.sessions.get((channel, thread_ts))
        if session is None:
            raise Refused("session_not_found")
        streams = [each for each in self.replies(channel, thread_ts) if each.streaming_state == IN_PROGRESS]
        happened: list[WorkspaceChange] = []
        for each in streams:
            happened += self.rewrite(replace(each, stopped=True, streaming_state=COMPLETED), now)
        event: Json = {
            "type": "agent_session_stopped",
            "channel": channel,
            "thread_ts": thread_ts,
            "user": by,
            "streaming_message_ts": [each.ts for each in streams],
            "event_ts": self.next_ts(now),
        }
        return [*happened, Told(event, session.app_id)]

    def expire(self, now: float) -> list[WorkspaceChange]:
        """Take away the status lines whose time is over; a session that was processing is active again."""
        for key, session in self.sessions.items():
            if session.status == "processing" and session.until <= now:
                self.sessions[key] = replace(session, status="active")
        over = [key for key, status in self.statuses.items() if status.until <= now]
        return [happening for key in over for happening in self.clear_status(*key)]

    def due(self, now: float) -> list[WorkspaceChange]:
        """Post what was scheduled for now or before, and the files that are to be shared by now."""
        return [happening for each in self.pending.take_due(now) for happening in self.post(each.draft, now)]

    def next_change(self) -> float | None:
        """Returns when something will happen by itself: a status ends, a scheduled message is due, a file is shared."""
        ends = [status.until for status in self.statuses.values()]
        posts = self.pending.next_at()
        return min(ends if posts is None else [*ends, posts], default=None)
