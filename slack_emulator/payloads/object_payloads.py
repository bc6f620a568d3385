"""A workspace's things in Slack's own JSON: what both the Web API and the events carry."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from slack_emulator.blocks.rich_text import rich_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_emulator.json_values import Json
    from slack_emulator.state.models import App, Channel, File, Message, User, View
    from slack_emulator.state.workspace import WorkspaceState


def message_json(message: Message, state: WorkspaceState) -> Json:
    """A message as conversations.history shows it. What the sender left out is left out."""
    if message.notice is not None:
        return _notice_json(message, message.notice)
    blocks = list(message.blocks) if message.blocks is not None else rich_text(message.text)
    optional: Json = {
        "subtype": message.subtype
        or ("thread_broadcast" if message.broadcast and message.thread_ts else None),
        "client_msg_id": message.client_msg_id,
        "blocks": blocks,
        "attachments": list(message.attachments),
        "metadata": message.metadata,
        "files": [_attached_json(file, state) for file in message.files],
        "upload": bool(message.files) and message.app_id is None,
        "reactions": [
            {"name": each.name, "users": list(each.users), "count": len(each.users)}
            for each in message.reactions
        ],
        "streaming_state": message.streaming_state,
        "edited": message.edited and {"user": message.edited.user, "ts": message.edited.ts},
    }
    core: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    core |= (
        {"team": state.team.id} | _sender(message, state) | _thread(message, state) | _session(message, state)
    )
    return core | {name: value for name, value in optional.items() if value}


def _notice_json(message: Message, notice: Json) -> Json:
    """A line Slack itself put into a channel: it has no blocks and no sender but who did it."""
    core = {
        "type": "message",
        "subtype": message.subtype,
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
    }
    return core | notice


def _session(message: Message, state: WorkspaceState) -> Json:
    """The agent session a thread is, said by its parent."""
    session = state.sessions.get((message.channel, message.ts))
    if session is None:
        return {}
    app = state.apps.get(session.app_id)
    told: Json = {"status": session.status, "title": session.title}
    return {"agent_session": told | {"agent_bot_user_ids": [app.bot_user_id] if app else []}}


def _sender(message: Message, state: WorkspaceState) -> Json:
    """Returns what marks a message as an app's (no subtype: that is for legacy bots only), or as what is left of one."""
    if message.subtype == "tombstone":
        return {"user": "USLACKBOT", "hidden": True}
    app = state.apps.get(message.app_id or "")
    if app is None:
        return {}
    sender: Json = {"bot_id": app.bot_id, "app_id": app.id, "bot_profile": bot_profile(app, state)}
    if message.author is None:
        return sender
    # Customised: a message of a bot of that name, as before there were apps.
    author = message.author
    icons = {"emoji": author.icon_emoji} if author.icon_emoji else {"image_64": author.icon_url}
    return sender | {"subtype": "bot_message", "username": author.username or app.name, "icons": icons}


def _thread(message: Message, state: WorkspaceState) -> Json:
    """Returns what a reply says of its parent, and a parent of its replies."""
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


def _attached_json(file: File, state: WorkspaceState) -> Json:
    """A file as messages have it. One of another company's people is no more than its id there: `files.info` tells the rest."""
    owner = state.users.get(file.user)
    if owner is None or not owner.stranger:
        return file_json(file, state)
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "user": file.user,
        "mode": "file_access",
        "file_access": "check_file_info",
    }


def file_json(file: File, state: WorkspaceState) -> Json:
    """A file object. Its private addresses want the token of an app that may read files."""
    address = f"{state.url}/files-pri/{state.team.id}-{file.id}/{quote(file.name)}"
    kind = file.name.rpartition(".")[2].lower() if "." in file.name else "binary"
    shared = [state.channels[channel] for channel in file.channels if channel in state.channels]
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": file.mimetype,
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": file.user,
        "user_team": state.team.id,
        "editable": False,
        "size": file.size,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": any(channel.public for channel in shared),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": address,
        "url_private_download": address.replace("/files-pri/", "/files-pri/download/", 1),
        "permalink": f"{state.url}/files/{file.user}/{file.id}/{quote(file.name)}",
        "channels": [channel.id for channel in shared if channel.public],
        "groups": [channel.id for channel in shared if channel.kind == "group"],
        "ims": [channel.id for channel in shared if channel.kind in ("im", "mpim")],
        "comments_count": 0,
        "has_rich_preview": False,
        "file_access": "visible",
    }


def view_json(view: View, state: WorkspaceState) -> Json:
    """A view as views.* answer it, and as payloads carry it: what the app gave, filled up with what Slack adds."""
    app = state.apps[view.app_id]
    given = {name: value for name, value in view.content.items() if value is not None}
    defaults: Json = {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "title": {"type": "plain_text", "text": "View Title", "emoji": True},
        "close": None,
        "submit": None,
        "clear_on_close": False,
        "notify_on_close": False,
    }
    own: Json = {
        "id": view.id,
        "team_id": state.team.id,
        "app_id": app.id,
        "bot_id": app.bot_id,
        "app_installed_team_id": state.team.id,
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "state": {"values": view.values},
    }
    return defaults | given | {"blocks": with_ids(view.content["blocks"])} | own


def with_ids(blocks: Sequence[Json]) -> list[Json]:
    """The blocks, each with a block_id: Slack gives one to those that have none."""
    return [
        {**block, "block_id": block.get("block_id") or f"b{number}"} for number, block in enumerate(blocks)
    ]


def bot_json(app: App) -> Json:
    """A bot as bots.info shows it."""
    return {
        "id": app.bot_id,
        "app_id": app.id,
        "user_id": app.bot_user_id,
        "name": app.name,
        "deleted": False,
        "updated": 0,
        "icons": {},
    }


def bot_profile(app: App, state: WorkspaceState) -> Json:
    """The same in its messages: with its workspace instead of its user."""
    return {name: value for name, value in bot_json(app).items() if name != "user_id"} | {
        "team_id": state.team.id
    }


ELSEWHERE = "T0ELSEWHERE"
"""The workspace of people from another company."""


def user_json(user: User, state: WorkspaceState) -> Json:
    """A user as users.info shows it."""
    person = not user.is_bot
    return {
        "id": user.id,
        "team_id": ELSEWHERE if user.stranger else state.team.id,
        "name": user.name,
        "real_name": user.real_name,
        "color": (user.color or "").lstrip("#"),
        "tz": "UTC",
        "tz_label": "Coordinated Universal Time",
        "tz_offset": 0,
        "deleted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_admin": person and user.admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.guest,
        "is_ultra_restricted": False,
        "is_email_confirmed": person,
        **({"is_stranger": True} if user.stranger else {}),
        "updated": 0,
        "who_can_share_contact_card": "EVERYONE",
        "profile": profile_json(user, state) | {"team": state.team.id},
    }


def profile_json(user: User, state: WorkspaceState) -> Json:
    """A user's profile as users.profile.get shows it."""
    app = state.app_of(user.id)
    first, _, last = user.real_name.partition(" ")
    profile: Json = {
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.real_name,
        "display_name_normalized": user.real_name,
        "first_name": first,
        "last_name": last,
        "title": "",
        "phone": "",
        "status_text": "",
        "status_emoji": "",
        "status_expiration": 0,
        "avatar_hash": user.id[-10:].lower(),
    }
    if user.email:
        profile["email"] = user.email
    return profile | ({"api_app_id": app.id, "bot_id": app.bot_id, "always_active": True} if app else {})


def channel_json(channel: Channel, viewer: str, state: WorkspaceState) -> Json:
    """A conversation as listings show it to `viewer`, a user id. Direct messages of two have no name."""
    common: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_im": channel.kind == "im",
        "is_org_shared": False,
        "context_team_id": state.team.id,
        "updated": channel.created * 1000,
    }
    if channel.kind == "im":
        return common | {"user": channel.other(viewer), "is_user_deleted": False, "priority": 0}
    name = channel.name or f"mpdm-{'--'.join(sorted(channel.members)).lower()}-1"
    return common | {
        "name": name,
        "name_normalized": name,
        "creator": channel.creator,
        "is_channel": channel.public,
        "is_group": channel.kind == "group",
        "is_mpim": channel.kind == "mpim",
        "is_private": not channel.public,
        "is_general": channel.name == "general",
        "is_member": viewer in channel.members,
        "is_shared": channel.shared,
        "is_ext_shared": channel.shared,
        "is_pending_ext_shared": False,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
        "previous_names": [],
    }


def created_json(channel: Channel, state: WorkspaceState) -> Json:
    """A public channel as channel_created shows it."""
    shown = channel_json(channel, channel.creator, state)
    left_out = ("is_member", "topic", "purpose", "previous_names", "updated")
    return {name: value for name, value in shown.items() if name not in left_out} | {"is_frozen": False}


def renamed_json(channel: Channel) -> Json:
    """A public channel as channel_rename shows it."""
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "created": channel.created,
        "is_channel": True,
        "is_mpim": False,
    }
