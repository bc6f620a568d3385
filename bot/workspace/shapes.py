"""A workspace's things in Slack's own JSON: what both the Web API and the events carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.workspace.rich_text import rich_text

if TYPE_CHECKING:
    from bot.workspace.records import App, Channel, File, Json, Message, User
    from bot.workspace.state import State


def message_json(message: Message, state: State) -> Json:
    """A message as conversations.history shows it. What the sender left out is left out."""
    blocks = list(message.blocks) if message.blocks is not None else rich_text(message.text)
    optional: Json = {
        "subtype": message.subtype,
        "client_msg_id": message.client_msg_id,
        "blocks": blocks,
        "attachments": list(message.attachments),
        "metadata": message.metadata,
        "files": [file_json(file) for file in message.files],
        "reactions": [
            {"name": each.name, "users": list(each.users), "count": len(each.users)}
            for each in message.reactions
        ],
        "streaming_state": message.streaming_state,
        "edited": message.edited and {"user": message.edited.user, "ts": message.edited.ts},
    }
    core: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    core |= {"team": state.team.id} | _sender(message, state) | _thread(message, state)
    return core | {name: value for name, value in optional.items() if value}


def _sender(message: Message, state: State) -> Json:
    """What marks a message as an app's (no subtype: that is for legacy bots only), or as what is left of one."""
    if message.subtype == "tombstone":
        return {"user": "USLACKBOT", "hidden": True}
    app = state.apps.get(message.app_id or "")
    if app is None:
        return {}
    return {"bot_id": app.bot_id, "app_id": app.id, "bot_profile": bot_json(app, state)}


def _thread(message: Message, state: State) -> Json:
    """What a reply says of its parent, and a parent of its replies."""
    if message.thread_ts is not None:
        parent = state.find(message.channel, message.thread_ts)
        return {"thread_ts": message.thread_ts} | ({"parent_user_id": parent.user} if parent else {})
    replies = state.replies(message.channel, message.ts)
    if not replies:
        return {}
    users = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": replies[-1].ts,
    }


def file_json(file: File) -> Json:
    """A file object. Its addresses lead nowhere: there are no bytes behind it."""
    address = f"https://files.slack.invalid/files-pri/{file.id}/{file.name}"
    return {
        "id": file.id,
        "name": file.name,
        "title": file.name,
        "mimetype": file.mimetype,
        "filetype": file.name.rpartition(".")[2],
        "size": file.size,
        "mode": "hosted",
        "url_private": address,
        "url_private_download": address,
        "permalink": address,
    }


def bot_json(app: App, state: State) -> Json:
    """The bot_profile in its messages; bots.info answers the same."""
    return {
        "id": app.bot_id,
        "app_id": app.id,
        "user_id": app.bot_user_id,
        "name": app.name,
        "deleted": False,
        "updated": 0,
        "icons": {},
        "team_id": state.team.id,
    }


def user_json(user: User, state: State) -> Json:
    """A user as users.info shows it."""
    app = state.app_of(user.id)
    profile: Json = {"real_name": user.real_name, "display_name": user.real_name, "team": state.team.id}
    if app is not None:
        profile |= {"api_app_id": app.id, "bot_id": app.bot_id}
    return {
        "id": user.id,
        "team_id": state.team.id,
        "name": user.name,
        "real_name": user.real_name,
        "color": (user.color or "").lstrip("#"),
        "tz": "UTC",
        "tz_label": "Coordinated Universal Time",
        "tz_offset": 0,
        "deleted": False,
        "is_bot": user.is_bot,
        "is_admin": not user.is_bot,
        "updated": 0,
        "profile": profile,
    }


def channel_json(channel: Channel, viewer: str) -> Json:
    """A conversation as conversations.info shows it to `viewer`, a user id."""
    if channel.kind == "im":
        return {
            "id": channel.id,
            "is_im": True,
            "is_channel": False,
            "user": channel.other(viewer),
            "is_open": True,
        }
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_im": False,
        "is_mpim": False,
        "is_group": False,
        "is_private": False,
        "is_archived": False,
        "is_general": channel.name == "general",
        "is_member": viewer in channel.members,
        "num_members": len(channel.members),
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }
