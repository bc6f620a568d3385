"""A workspace's things as the page's protocol has them, each seen by one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.workspace.drawing.emoji import EMOJI
from bot.workspace.happenings import (
    Changed,
    Deleted,
    Happening,
    Joined,
    Posted,
    Reacted,
    StatusSet,
    Whispered,
)
from bot.workspace.render import message_html

if TYPE_CHECKING:
    from bot.workspace.records import Channel, Json, Message, Status, User
    from bot.workspace.state import State


def snapshot(state: State, me: str) -> Json:
    """All that one person can see."""
    seen = [channel for channel in state.channels.values() if me in channel.members]
    ids = {channel.id for channel in seen}
    bot = next((state.users[app.bot_user_id] for app in state.apps.values()), None)
    return {
        "type": "snapshot",
        "team": {"id": state.team.id, "name": state.team.name},
        "me": user_shape(state.users[me]),
        "bot": bot and user_shape(bot),
        "emoji": EMOJI,
        "users": [user_shape(user) for user in state.users.values()],
        "channels": [channel_shape(channel, state, me) for channel in seen],
        "messages": [message_shape(each, state) for each in state.messages() if each.channel in ids],
        "statuses": [status_shape(status) for status in state.statuses.values() if status.channel in ids],
    }


def updates(happening: Happening, state: State, me: str) -> list[Json]:
    """What to tell one person's page about something that happened."""
    match happening:
        case Joined(_, user) if user == me:
            return [snapshot(state, me)]
        case Whispered(message, to) if to == me:
            return [{"type": "message", "message": message_shape(message, state) | {"ephemeral": True}}]
        case Posted(message) | Changed(message) | Deleted(message) | Reacted(message):
            return _message_updates(happening, message, state) if _sees(me, message.channel, state) else []
        case StatusSet(status) if _sees(me, status.channel, state):
            return [{"type": "status"} | status_shape(status)]
        case _:
            return []


def _message_updates(happening: Happening, message: Message, state: State) -> list[Json]:
    """The message itself; and its parent, whose count of replies it may have changed."""
    if isinstance(happening, Deleted):
        own: Json = {"type": "message_deleted", "channel": message.channel, "ts": message.ts}
    else:
        own = {"type": "message", "message": message_shape(message, state)}
    parent = state.find(message.channel, message.thread_ts) if message.thread_ts else None
    if parent is None or not isinstance(happening, Posted | Deleted):
        return [own]
    return [own, {"type": "message", "message": message_shape(parent, state)}]


def _sees(user: str, channel: str, state: State) -> bool:
    return user in state.channel(channel).members


def user_shape(user: User) -> Json:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "is_bot": user.is_bot,
        "color": user.color,
    }


def channel_shape(channel: Channel, state: State, me: str) -> Json:
    """Direct messages are called after the other one."""
    other = channel.other(me)
    return {
        "id": channel.id,
        "name": state.users[other].real_name if other else channel.name,
        "kind": channel.kind,
        "topic": channel.topic,
        "user": other,
    }


def message_shape(message: Message, state: State) -> Json:
    """Only the blocks its sender gave are drawn: those Slack makes of plain text say no more than the text."""
    names = {user.id: user.real_name for user in state.users.values()}
    names |= {channel.id: channel.name for channel in state.channels.values() if channel.name}
    replies = state.replies(message.channel, message.ts)
    drawn = {
        "text": message.text,
        "blocks": list(message.blocks or ()),
        "attachments": list(message.attachments),
    }
    return {
        "channel": message.channel,
        "ts": message.ts,
        "thread_ts": message.thread_ts,
        "user": message.user,
        "text": message.text,
        "html": message_html(drawn, names),
        "edited": message.edited is not None and message.app_id is None,
        "reply_count": len(replies),
        "reply_users": list(dict.fromkeys(reply.user for reply in replies)),
        "files": [{"name": file.name} for file in message.files],
        "reactions": [{"name": each.name, "users": list(each.users)} for each in message.reactions],
    }


def status_shape(status: Status) -> Json:
    return {
        "channel": status.channel,
        "thread_ts": status.thread_ts,
        "user": status.user,
        "text": status.text,
    }
