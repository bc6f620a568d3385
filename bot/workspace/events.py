"""What happened, as the Events API tells an app: the envelopes' payloads, shaped like Slack's recorded ones.

A person's mention of the bot is told twice, as `message` and as `app_mention`: same ts, different event ids, message
first. An app is told only what it subscribed to, and only of conversations it is in; that includes its own messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from bot.workspace.records import (
    App,
    Changed,
    Deleted,
    Happening,
    HomeOpened,
    Json,
    Message,
    Posted,
    Reacted,
)
from bot.workspace.shapes import message_json

if TYPE_CHECKING:
    from bot.workspace.state import State


def payloads(happening: Happening, app: App, state: State, now: float) -> list[Json]:
    """The payloads to deliver to that app, in order; none where it is not told."""
    return [
        envelope(event, app, state, now)
        for event in inner_events(happening, app, state)
        if subscription(event) in app.subscriptions and _hears(app, event, state)
    ]


def envelope(event: Json, app: App, state: State, now: float) -> Json:
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
        "is_ext_shared_channel": False,
        "event_context": f"4-{uuid4().hex}",
    }


def subscription(event: Json) -> str:
    """The name an app subscribes to an event by: `message.im` for a message in direct messages."""
    kind: str = event["type"]
    return f"message.{SUFFIXES[event['channel_type']]}" if kind == "message" else kind


SUFFIXES = {"channel": "channels", "im": "im"}


def _hears(app: App, event: Json, state: State) -> bool:
    channel = event.get("channel") or event.get("item", {}).get("channel")
    return channel not in state.channels or app.bot_user_id in state.channels[channel].members


def inner_events(happening: Happening, app: App, state: State) -> list[Json]:
    """The inner events of what happened, as that app would see them, whether or not it listens."""
    match happening:
        case Posted(message):
            return [_message(message, state), *_mention(message, app, state)]
        case Changed(message, previous, ts):
            change = {
                "message": message_json(message, state),
                "previous_message": message_json(previous, state),
            }
            return [_hidden("message_changed", message, ts, state) | change]
        case Deleted(previous, ts):
            gone = {"deleted_ts": previous.ts, "previous_message": message_json(previous, state)}
            return [_hidden("message_deleted", previous, ts, state) | gone]
        case Reacted():
            return [_reaction(happening)]
        case HomeOpened(app_id, user, channel, tab, ts):
            opened = {"type": "app_home_opened", "user": user, "channel": channel, "tab": tab, "event_ts": ts}
            return [opened] if app_id == app.id else []
        case _:
            return []


def _message(message: Message, state: State) -> Json:
    return message_json(message, state) | {
        "channel": message.channel,
        "event_ts": message.ts,
        "channel_type": state.channel(message.channel).kind,
    }


def _mention(message: Message, app: App, state: State) -> list[Json]:
    """app_mention: never in direct messages, never for one's own words; its event carries no channel_type."""
    if state.channel(message.channel).kind == "im" or message.user == app.bot_user_id:
        return []
    if f"<@{app.bot_user_id}>" not in message.text:
        return []
    event = message_json(message, state) | {"channel": message.channel, "event_ts": message.ts}
    return [event | {"type": "app_mention"}]


def _hidden(subtype: str, message: Message, ts: str, state: State) -> Json:
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
