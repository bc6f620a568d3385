"""Tells what happened as the Events API tells an app: the envelopes' payloads, shaped like Slack's recorded ones.

A person's mention of the bot is told twice, as `message` and as `app_mention`: same ts, different event ids, message
first; and so is an edit that leaves or adds the mention. An app is told only what it subscribed to, and only of conversations it is in; that includes its own messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from slack_emulator.payloads.object_payloads import message_json, view_json
from slack_emulator.state.changes import (
    Changed,
    Deleted,
    HomeOpened,
    Joined,
    Left,
    Posted,
    Reacted,
    Told,
    WorkspaceChange,
)
from slack_emulator.state.models import IN_PROGRESS
from slack_emulator.state.scopes import may_hear

if TYPE_CHECKING:
    from slack_emulator.json_values import Json
    from slack_emulator.state.models import App, Message
    from slack_emulator.state.workspace import WorkspaceState


def payloads(happening: WorkspaceChange, app: App, state: WorkspaceState, now: float) -> list[Json]:
    """The payloads to deliver to that app, in order; none where it is not told."""
    return [
        envelope(event, app, state, now)
        for event in inner_events(happening, app, state)
        if _hears(app, event, state)
    ]


def envelope(event: Json, app: App, state: WorkspaceState, now: float) -> Json:
    """The outer event around an inner one."""
    team = state.team.id
    return {
        "token": "local-verification-token",
        "team_id": team,
        "context_team_id": team,
        "context_enterprise_id": None,
        "api_app_id": app.id,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{uuid4().hex[:10].upper()}",
        "event_time": int(now),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team,
                "user_id": app.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": _is_shared(event, state),
        "event_context": f"4-{uuid4().hex}",
    }


def _is_shared(event: Json, state: WorkspaceState) -> bool:
    channel = state.channels.get(event.get("channel", "")) if isinstance(event.get("channel"), str) else None
    return channel is not None and channel.shared


def subscription(event: Json) -> str:
    """The name an app subscribes to an event by: `message.im` for a message in direct messages."""
    kind: str = event["type"]
    return f"message.{SUFFIXES[event['channel_type']]}" if kind == "message" else kind


SUFFIXES = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
LETTERS = {"channel": "C", "group": "G"}
# What concerns a public channel as a whole is told to apps outside it, too.
OF_ALL = frozenset(
    {"channel_created", "channel_archive", "channel_rename", "channel_unarchive", "channel_deleted"}
)


# What others have done to a message since: app_mention tells of what was said only (the type in @slack/types).
OF_OTHERS = frozenset({"reactions", "reply_count", "reply_users", "reply_users_count", "latest_reply"})


def _hears(app: App, event: Json, state: WorkspaceState) -> bool:
    name = subscription(event)
    return name in app.subscriptions and may_hear(name, app.scopes) and _is_there(app, event, state)


def _is_there(app: App, event: Json, state: WorkspaceState) -> bool:
    """Tells whether the app is where it happened."""
    if event["type"] in OF_ALL:
        return True
    channel = event.get("channel") or event.get("channel_id") or event.get("item", {}).get("channel")
    return channel not in state.channels or app.bot_user_id in state.channels[channel].members


def inner_events(happening: WorkspaceChange, app: App, state: WorkspaceState) -> list[Json]:
    """The inner events of what happened, as that app would see them, whether or not it listens."""
    match happening:
        case Posted(message):
            said = _message(message, state) | _app_context(message, app, state)
            return [said, *_shared(message), *_mention(message, app, state)]
        case Changed():
            return _changed(happening, app, state)
        case Deleted(previous, ts):
            gone = {"deleted_ts": previous.ts, "previous_message": message_json(previous, state)}
            return [_hidden("message_deleted", previous, ts, state) | gone]
        case Reacted():
            return [_reaction(happening)]
        case HomeOpened() if happening.app_id == app.id:
            return [_home_opened(happening, state)]
        case Joined(_, _, ts) | Left(_, _, ts) if ts:
            return _membership(happening, state)
        case Told(event, app_id) if app_id in (None, app.id):
            return [event]
        case _:
            return []


def _changed(changed: Changed, app: App, state: WorkspaceState) -> list[Json]:
    message = changed.message
    if message.streaming_state == IN_PROGRESS and not state.readings.stream_events:
        return []
    change = {
        "message": message_json(message, state),
        "previous_message": message_json(changed.previous, state),
    }
    return [
        _hidden("message_changed", message, changed.ts, state) | change,
        *_mention_again(changed, app, state),
    ]


def _mention_again(changed: Changed, app: App, state: WorkspaceState) -> list[Json]:
    """app_mention once more, where somebody edits a message and its new text has the mention: added, or still there."""
    new, old = changed.message, changed.previous
    if new.edited is None or (new.edited, new.text) == (old.edited, old.text):
        return []  # nobody edited it: it was streamed, or is shown otherwise
    again = [event | {"event_ts": changed.ts} for event in _mention(new, app, state)]
    return [{name: value for name, value in event.items() if name not in OF_OTHERS} for event in again]


def _home_opened(opened: HomeOpened, state: WorkspaceState) -> Json:
    home = state.views.homes.get((opened.app_id, opened.user)) if opened.tab == "home" else None
    event: Json = {
        "type": "app_home_opened",
        "user": opened.user,
        "channel": opened.channel,
        "tab": opened.tab,
        "event_ts": opened.ts,
    }
    return event | ({"view": view_json(home, state)} if home else {})


def _membership(moved: Joined | Left, state: WorkspaceState) -> list[Json]:
    """member_joined_channel and member_left_channel: not sent for direct messages."""
    if moved.channel.kind not in LETTERS:
        return []
    kind = "member_joined_channel" if isinstance(moved, Joined) else "member_left_channel"
    return [
        {
            "type": kind,
            "user": moved.user,
            "channel": moved.channel.id,
            "channel_type": LETTERS[moved.channel.kind],
            "team": state.team.id,
            "event_ts": moved.ts,
        }
    ]


def _shared(message: Message) -> list[Json]:
    """file_shared, for each file that came with a message."""
    return [
        {
            "type": "file_shared",
            "file_id": file.id,
            "user_id": message.user,
            "file": {"id": file.id},
            "channel_id": message.channel,
            "event_ts": message.ts,
        }
        for file in message.files
    ]


def _message(message: Message, state: WorkspaceState) -> Json:
    event = message_json(message, state) | {
        "channel": message.channel,
        "event_ts": message.ts,
        "channel_type": state.channel(message.channel).kind,
    }
    parent = (
        state.find(message.channel, message.thread_ts) if message.thread_ts and message.broadcast else None
    )
    return event | ({"root": message_json(parent, state)} if parent else {})


def _app_context(message: Message, app: App, state: WorkspaceState) -> Json:
    """Tells whoever asked for app_context_changed what the author of a direct message has open beside it."""
    context = state.opened.get(message.channel)
    asked = app.agent == "agent_view" and "app_context_changed" in app.subscriptions
    return {"app_context": context} if context and asked and message.user != app.bot_user_id else {}


def _mention(message: Message, app: App, state: WorkspaceState) -> list[Json]:
    """app_mention: never in direct messages, never for one's own words; its event carries no channel_type."""
    silent = ("im",) if state.readings.app_mention_in_group_messages else ("im", "mpim")
    if state.channel(message.channel).kind in silent or message.user == app.bot_user_id:
        return []
    if f"<@{app.bot_user_id}>" not in message.text:
        return []
    event = message_json(message, state) | {"channel": message.channel, "event_ts": message.ts}
    return [event | {"type": "app_mention"}]


def _hidden(subtype: str, message: Message, ts: str, state: WorkspaceState) -> Json:
    """The outside of a message_changed or message_deleted: its ts is the event's, not the message's."""
    return {
        "type": "message",
        "subtype": subtype,
        "hidden": True,
        "channel": message.channel,
        "ts": ts,
        "event_ts": ts,
        "channel_type": state.channel(message.channel).kind,
    }


def _reaction(reacted: Reacted) -> Json:
    message = reacted.message
    return {
        "type": "reaction_added" if reacted.added else "reaction_removed",
        "user": reacted.user,
        "reaction": reacted.name,
        "item_user": message.user,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "event_ts": reacted.ts,
    }
