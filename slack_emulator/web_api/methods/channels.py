"""conversations.*, the half that changes something: making, entering and leaving, naming, archiving."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from slack_emulator.errors import Refused
from slack_emulator.payloads.object_payloads import channel_json, created_json, renamed_json
from slack_emulator.state.changes import Told
from slack_emulator.state.directory import id_of
from slack_emulator.state.models import Channel, Message
from slack_emulator.web_api.methods.conversations import visible

if TYPE_CHECKING:
    from slack_emulator.json_values import Json
    from slack_emulator.web_api.call import Call, Method

NAME, MOST_NAME = re.compile(r"[\w-]+"), 80
MOST_TOPIC = 250
MOST_TOGETHER = 8  # people in direct messages besides the app: the page of conversations.open


def _shown(call: Call, channel: Channel) -> Json:
    return {"channel": channel_json(channel, call.app.bot_user_id, call.state)}


def _ours(call: Call, *kinds: str) -> Channel:
    """The channel named, which has to be of these kinds, open, and the app in it."""
    channel = visible(call)
    if channel.kind not in (kinds or ("channel", "group")):
        raise Refused("method_not_supported_for_channel_type")
    if call.app.bot_user_id not in channel.members:
        raise Refused("not_in_channel")
    if channel.archived:
        raise Refused("is_archived")
    return channel


def _notice(call: Call, channel: Channel, kind: str, text: str, **more: str) -> None:
    """The line Slack puts into a channel about what was done to it. `more` is what else it says, and perhaps whose doing
    it was.
    """
    user = more.pop("user", call.app.bot_user_id)
    line = Message(channel.id, "", user, text, subtype=f"channel_{kind}", notice=more)
    call.happened += call.state.post(line, call.now)


def _of_team(call: Call) -> dict[str, str]:
    return {"team": call.state.team.id}


def _announce(call: Call, kind: str, channel: Json | str) -> None:
    event: Json = {"type": kind, "channel": channel, "event_ts": call.state.next_ts(call.now)}
    if kind in ("channel_archive", "channel_unarchive"):
        event["user"] = call.app.bot_user_id
    call.happened.append(Told(event))


def create(call: Call) -> Json:
    """A new channel, with the app in it."""
    name = _name(call)
    kind = "group" if call.args.flag("is_private") else "channel"
    bot, now = call.app.bot_user_id, int(call.now)
    channel = Channel(
        id_of("C", call.state.team.id, name), name, kind, frozenset({bot}), creator=bot, created=now
    )
    call.happened += call.state.add_channel(channel)
    if channel.public:
        _announce(call, "channel_created", created_json(channel, call.state))
    return _shown(call, channel)


def _name(call: Call) -> str:
    name = call.args.text("name") or ""
    if not name:
        raise Refused("invalid_name_required")
    if len(name) > MOST_NAME:
        raise Refused("invalid_name_maxlength")
    if not NAME.fullmatch(name) or name != name.lower():
        raise Refused("invalid_name_specials")
    if any(channel.name == name for channel in call.state.channels.values()):
        raise Refused("name_taken")
    return name


def join(call: Call) -> Json:
    """Go into a public channel. Somebody who is in already is told so, with ok."""
    channel = call.channel()
    if not channel.public:
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    _enter(call, channel, call.app.bot_user_id)
    if not call.happened:
        call.warnings.append("already_in_channel")
    return _shown(call, call.state.channel(channel.id))


def _enter(call: Call, channel: Channel, user: str) -> None:
    if joined := call.state.join(channel.id, user, now=call.now):
        call.happened += joined
        inviter = {} if user == call.app.bot_user_id else {"inviter": call.app.bot_user_id}
        text = f"<@{user}> has joined the channel"
        _notice(call, channel, "join", text, user=user, **inviter, **_of_team(call))


def invite(call: Call) -> Json:
    """Bring people into a channel."""
    channel, users = _ours(call), call.args.names("users")
    if not users:
        raise Refused("no_user")
    for user in users:
        call.state.user(user)
    if call.app.bot_user_id in users:
        raise Refused("cant_invite_self")
    if not set(users) - channel.members:
        raise Refused("already_in_channel")
    for user in users:
        _enter(call, channel, user)
    return _shown(call, call.state.channel(channel.id))


def kick(call: Call) -> Json:
    """Put somebody out of a channel."""
    channel, user = _ours(call), call.args.needed("user")
    if user == call.app.bot_user_id:
        raise Refused("cant_kick_self")
    if channel.name == "general":
        raise Refused("cant_kick_from_general")
    if call.state.user(user).id not in channel.members:
        raise Refused("not_in_channel")
    _go(call, channel, user)
    return {}


def leave(call: Call) -> Json:
    """Go out of a channel. Who is not in it is told so, with ok."""
    channel = visible(call)
    if channel.kind not in ("channel", "group"):
        raise Refused("method_not_supported_for_channel_type")
    if channel.name == "general":
        raise Refused("cant_leave_general")
    if call.app.bot_user_id not in channel.members:
        return {"not_in_channel": True}
    _go(call, channel, call.app.bot_user_id)
    return {}


def _go(call: Call, channel: Channel, user: str) -> None:
    _notice(call, channel, "leave", f"<@{user}> has left the channel", user=user, **_of_team(call))
    call.happened += call.state.leave(channel.id, user, call.now)


def archive(call: Call) -> Json:
    """Close a channel: it can be read, and written to no longer."""
    channel = _ours(call)
    if channel.name == "general":
        raise Refused("cant_archive_general")
    _notice(call, channel, "archive", f"<@{call.app.bot_user_id}> archived the channel", **_of_team(call))
    call.state.put_channel(replace(channel, archived=True))
    _announce(call, "channel_archive" if channel.public else "group_archive", channel.id)
    return {}


def unarchive(call: Call) -> Json:
    """Open it again."""
    channel = visible(call)
    if not channel.archived:
        raise Refused("not_archived")
    call.state.put_channel(replace(channel, archived=False))
    _notice(
        call, channel, "unarchive", f"<@{call.app.bot_user_id}> un-archived the channel", **_of_team(call)
    )
    _announce(call, "channel_unarchive" if channel.public else "group_unarchive", channel.id)
    return {}


def rename(call: Call) -> Json:
    """Give a channel another name."""
    channel, name = _ours(call), _name(call)
    renamed = call.state.put_channel(replace(channel, name=name))
    text = f'<@{call.app.bot_user_id}> has renamed the channel from "{channel.name}" to "{name}"'
    _notice(call, channel, "name", text, name=name, old_name=channel.name, **_of_team(call))
    if channel.public:
        _announce(call, "channel_rename", renamed_json(renamed))
    return _shown(call, renamed)


def set_topic(call: Call) -> Json:
    """Sets what a channel is about."""
    channel, topic = _ours(call, "channel", "group", "mpim"), _sentence(call, "topic")
    changed = call.state.put_channel(replace(channel, topic=topic))
    _notice(call, channel, "topic", f"<@{call.app.bot_user_id}> set the channel topic: {topic}", topic=topic)
    return _shown(call, changed)


def set_purpose(call: Call) -> Json:
    """Sets what a channel is for."""
    channel, purpose = _ours(call), _sentence(call, "purpose")
    changed = call.state.put_channel(replace(channel, purpose=purpose))
    _notice(
        call,
        channel,
        "purpose",
        f"<@{call.app.bot_user_id}> set the channel description: {purpose}",
        purpose=purpose,
    )
    return _shown(call, changed)


def _sentence(call: Call, name: str) -> str:
    text = call.args.text(name)
    if text is None:
        raise Refused("invalid_arguments", f"[ERROR] missing required field: {name}")
    if len(text) > MOST_TOPIC:
        raise Refused("too_long")
    return text


def open_(call: Call) -> Json:
    """The direct messages with one person or a few; they are made where there are none."""
    if call.args.text("channel"):
        return {"channel": {"id": call.channel_inside().id}}
    users = call.args.names("users")
    if not users:
        raise Refused("users_list_not_supplied")
    if len(users) > MOST_TOGETHER:
        raise Refused("too_many_users")
    channel, happened = call.state.open_direct({call.app.bot_user_id, *users})
    call.happened += happened
    answer: Json = {} if happened else {"no_op": True, "already_open": True}
    if not call.args.flag("return_im"):
        return answer | {"channel": {"id": channel.id}}
    return answer | {"channel": _shown(call, channel)["channel"] | {"is_open": True}}


def close(call: Call) -> Json:
    """Direct messages are put out of sight, for the app alone; nothing else of them changes."""
    channel = call.channel_inside()
    if channel.kind not in ("im", "mpim"):
        raise Refused("method_not_supported_for_channel_type")
    return {}


def mark(call: Call) -> Json:
    """An app has read so far. Nobody sees that."""
    call.state.message(call.channel_inside().id, call.args.needed("ts"))
    return {}


METHODS: dict[str, Method] = {
    "conversations.archive": archive,
    "conversations.close": close,
    "conversations.create": create,
    "conversations.invite": invite,
    "conversations.join": join,
    "conversations.kick": kick,
    "conversations.leave": leave,
    "conversations.mark": mark,
    "conversations.open": open_,
    "conversations.rename": rename,
    "conversations.setPurpose": set_purpose,
    "conversations.setTopic": set_topic,
    "conversations.unarchive": unarchive,
}
