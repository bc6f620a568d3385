"""A workspace's things as the page's protocol has them, each seen by one person."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from slack_emulator.page.html.composition_objects import words_of
from slack_emulator.page.html.emoji import EMOJI
from slack_emulator.page.html.message import message_html, view_html
from slack_emulator.payloads.object_payloads import with_ids
from slack_emulator.state.changes import (
    Changed,
    Deleted,
    Joined,
    Left,
    Posted,
    PromptsSet,
    Reacted,
    StatusSet,
    Told,
    ViewGone,
    ViewRefused,
    ViewShown,
    Whispered,
    WorkspaceChange,
)
from slack_emulator.state.models import (
    IN_PROGRESS,
    Author,
    Channel,
    File,
    Message,
    Session,
    Status,
    User,
    View,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from slack_emulator.json_values import Json
    from slack_emulator.state.workspace import WorkspaceState

RESYNC: Json = {"type": "snapshot"}
"""Stands for a snapshot among what a page has yet to be sent: it is drawn when its turn comes."""


def snapshot(state: WorkspaceState, me: str) -> Json:
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
        "commands": [command.name for app in state.apps.values() for command in app.commands],
        "users": [user_shape(user) for user in state.users.values()],
        "channels": [channel_shape(channel, state, me) for channel in seen],
        "messages": [message_shape(each, state) for each in state.messages() if each.channel in ids],
        "statuses": [status_shape(each, state) for each in state.statuses.values() if each.channel in ids],
        "views": [view_shape(view, state) for view in state.views.seen_by(me)],
        "prompts": [prompts_shape(*key, each) for key, each in state.prompts.items() if key[0] in ids],
        "titles": [title_shape(each) for each in state.sessions.values() if each.channel in ids],
    }


def news(happening: WorkspaceChange, state: WorkspaceState) -> Callable[[str], list[Json]]:
    """Returns what to tell each person's page about something that happened. A message is drawn once for all who see it."""
    match happening:
        case Posted(message) | Changed(message) | Deleted(message) | Reacted(message):
            shown = _message_updates(happening, message, state)
            return lambda me: shown if _sees(me, message.channel, state) else []
        case _:
            return lambda me: _own(happening, state, me)


def _own(happening: WorkspaceChange, state: WorkspaceState, me: str) -> list[Json]:
    """Returns what is not a message in a channel: each person's page is told its own."""
    match happening:
        case Joined(_, user) | Left(_, user) if user == me:
            return [RESYNC]
        case Whispered(message, to) if to == me:
            return [{"type": "message", "message": message_shape(message, state) | {"ephemeral": True}}]
        case StatusSet(status) if _sees(me, status.channel, state):
            return [{"type": "status"} | status_shape(status, state)]
        case PromptsSet(channel, thread_ts, prompts) if _sees(me, channel, state):
            return [{"type": "prompts"} | prompts_shape(channel, thread_ts, prompts)]
        case Told({"type": "agent_session_title_changed"} as event) if _sees(me, event["channel"], state):
            return [{"type": "title"} | {name: event[name] for name in ("channel", "thread_ts", "title")}]
        case _:
            return _view_updates(happening, state, me)


def _view_updates(happening: WorkspaceChange, state: WorkspaceState, me: str) -> list[Json]:
    """Returns what is open in front of this person, and nobody else's."""
    match happening:
        case ViewShown(view, user) if user == me:
            return [{"type": "view", "view": view_shape(view, state)}]
        case ViewGone(view, user) if user == me:
            return [{"type": "view_gone", "id": view.id}]
        case ViewRefused(view, user, errors) if user == me:
            return [{"type": "view_refused", "id": view.id, "errors": errors}]
        case _:
            return []


def _message_updates(happening: WorkspaceChange, message: Message, state: WorkspaceState) -> list[Json]:
    """The message itself; and its parent, whose count of replies it may have changed."""
    if isinstance(happening, Deleted):
        own: Json = {"type": "message_deleted", "channel": message.channel, "ts": message.ts}
    else:
        own = {"type": "message", "message": message_shape(message, state)}
    parent = state.find(message.channel, message.thread_ts) if message.thread_ts else None
    if parent is None or not isinstance(happening, Posted | Deleted):
        return [own]
    return [own, {"type": "message", "message": message_shape(parent, state)}]


def _sees(user: str, channel: str, state: WorkspaceState) -> bool:
    return user in state.channel(channel).members


def user_shape(user: User) -> Json:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "is_bot": user.is_bot,
        "color": user.color,
    }


def channel_shape(channel: Channel, state: WorkspaceState, me: str) -> Json:
    """Direct messages are called after the others in them."""
    other = channel.other(me)
    few = [state.users[each].real_name for each in sorted(channel.members - {me})]
    return {
        "id": channel.id,
        "name": channel.name or ", ".join(few),
        "kind": channel.kind,
        "topic": channel.topic,
        "user": other,
    }


def message_shape(message: Message, state: WorkspaceState) -> Json:
    """Only the blocks its sender gave are drawn: those Slack makes of plain text say no more than the text."""
    replies = state.replies(message.channel, message.ts)
    drawn = {
        "text": message.text,
        "blocks": with_ids(message.blocks or ()),
        "attachments": list(message.attachments),
    }
    return {
        "channel": message.channel,
        "ts": message.ts,
        "thread_ts": message.thread_ts,
        "user": message.user,
        "author": message.author and author_shape(message.author),
        "text": message.text,
        "html": message_html(drawn, names_in(state)),
        "edited": message.edited is not None and message.app_id is None,
        "deleted": message.subtype == "tombstone",
        "broadcast": message.broadcast,
        "streaming": message.streaming_state == IN_PROGRESS,
        "reply_count": len(replies),
        "reply_users": list(dict.fromkeys(reply.user for reply in replies)),
        "files": [file_shape(file) for file in message.files],
        "reactions": [{"name": each.name, "users": list(each.users)} for each in message.reactions],
    }


def author_shape(author: Author) -> Json:
    """Whom an app speaks as, where it does not speak as itself."""
    return {"name": author.username, "emoji": author.icon_emoji.strip(":")}


def names_in(state: WorkspaceState) -> dict[str, str]:
    """Returns what people and channels are called, by their ids."""
    names = {user.id: user.real_name for user in state.users.values()}
    return names | {channel.id: channel.name for channel in state.channels.values() if channel.name}


def file_shape(file: File) -> Json:
    """A file; its address is the page's own, and needs no token."""
    return {
        "id": file.id,
        "name": file.name,
        "mimetype": file.mimetype,
        "size": file.size,
        "alt": file.alt_text or file.name,
        "url": f"/page/files/{file.id}/{quote(file.name)}",
    }


def status_shape(status: Status, state: WorkspaceState) -> Json:
    """`can_stop` where the app listens to people who press Stop."""
    app = state.app_of(status.user)
    listens = app is not None and "agent_session_stopped" in app.subscriptions
    session = state.sessions.get((status.channel, status.thread_ts))
    return {
        "channel": status.channel,
        "thread_ts": status.thread_ts,
        "user": status.user,
        "text": status.text,
        "can_stop": listens and session is not None and session.status == "processing",
    }


def view_shape(view: View, state: WorkspaceState) -> Json:
    """A modal, or an app's home. `submit` and `close` are the words on its buttons; "" where the app chose none."""
    content = view.content
    return {
        "id": view.id,
        "app": state.apps[view.app_id].bot_user_id,
        "tab": view.tab,
        "kind": content["type"],
        "title": words_of(content.get("title")),
        "submit": words_of(content.get("submit")),
        "close": words_of(content.get("close")),
        "html": view_html({"blocks": with_ids(content["blocks"])}, names_in(state)),
    }


def prompts_shape(channel: str, thread_ts: str, prompts: Sequence[Json]) -> Json:
    shown = [{"title": str(each["title"]), "message": str(each["message"])} for each in prompts]
    return {"channel": channel, "thread_ts": thread_ts, "prompts": shown}


def title_shape(session: Session) -> Json:
    return {"channel": session.channel, "thread_ts": session.thread_ts, "title": session.title}
