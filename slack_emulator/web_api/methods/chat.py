"""chat.*: posting, changing and deleting messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_emulator.blocks.message_limits import POST_TEXT, check_update_text
from slack_emulator.errors import Refused
from slack_emulator.payloads.object_payloads import message_json
from slack_emulator.state.changes import Posted, Whispered
from slack_emulator.state.directory import id_of
from slack_emulator.state.models import Message, MessageEdit, Scheduled
from slack_emulator.web_api.call import page_of
from slack_emulator.web_api.message_arguments import content_of, draft

if TYPE_CHECKING:
    from slack_emulator.json_values import Json
    from slack_emulator.state.models import Channel
    from slack_emulator.web_api.call import Call, Method

FARTHEST = 120 * 24 * 3600  # seconds ahead that a message may be scheduled: the method's page


def post_message(call: Call) -> Json:
    """Post to a channel, a thread (`thread_ts`), or a person (a user id, which opens the direct messages)."""
    message = posted(call, wanted(call))
    return {"channel": message.channel, "ts": message.ts, "message": message_json(message, call.state)}


def wanted(call: Call) -> Message:
    """The message a call wants to post; refused where it cannot be."""
    channel, parts = _addressed(call), content_of(call.args, call.state.readings)
    if parts.empty:
        raise Refused("no_text")
    if len(parts.text or "") > POST_TEXT:
        call.warnings.append("message_truncated")
    return draft(call.args, parts, call.app, channel=channel.id)


def posted(call: Call, message: Message) -> Message:
    """Post it; answers it as it is now."""
    happened = call.state.post(message, call.now)
    call.happened += happened
    return next(each.message for each in happened if isinstance(each, Posted))


def me_message(call: Call) -> Json:
    """A /me message: what the app does, in italics."""
    channel, text = _addressed(call), call.args.text("text")
    if not text:
        raise Refused("no_text")
    drafted = Message(channel.id, "", call.app.bot_user_id, text, subtype="me_message", notice={})
    return {"channel": channel.id, "ts": posted(call, drafted).ts}


def schedule(call: Call) -> Json:
    """Post later: at `post_at`, within 120 days."""
    message, at = wanted(call), call.args.needed("post_at")
    if not at.isdigit():
        raise Refused("invalid_time")
    if int(at) <= call.now:
        raise Refused("time_in_past")
    if int(at) > call.now + FARTHEST:
        raise Refused("time_too_far")
    later = Scheduled(id_of("Q", message.channel, call.state.next_ts(call.now)), message, int(at))
    call.state.pending.add(later)
    shown: Json = {"text": message.text, "type": "delayed_message", "bot_id": call.app.bot_id}
    return _planned(later) | {"scheduled_message_id": later.id, "message": shown}


def _planned(later: Scheduled) -> Json:
    return {"channel": later.draft.channel, "post_at": later.post_at}


def scheduled(call: Call) -> Json:
    """Returns what the app has scheduled, soonest first; or in one channel."""
    channel = call.args.text("channel")
    own = call.state.pending.scheduled_by(call.app.id)
    later = [each for each in own if channel in (None, each.draft.channel)]
    shown, metadata = page_of(later, lambda each: each.id, call, default=100, most=100)
    listed = [_listed(each) for each in shown]
    return {"scheduled_messages": listed} | metadata


def _listed(later: Scheduled) -> Json:
    return {
        "id": later.id,
        "channel_id": later.draft.channel,
        "post_at": later.post_at,
        "text": later.draft.text,
    }


def unschedule(call: Call) -> Json:
    """Do not post what was scheduled."""
    wanted_id, channel = call.args.needed("scheduled_message_id"), call.args.needed("channel")
    own = call.state.pending.scheduled_by(call.app.id)
    if (wanted_id, channel) not in [(each.id, each.draft.channel) for each in own]:
        raise Refused("invalid_scheduled_message_id")
    call.state.pending.cancel(wanted_id)
    return {}


def _addressed(call: Call) -> Channel:
    """The channel meant: by its id, its name with a #, or the user at the other end."""
    wanted = call.args.needed("channel")
    named = next(
        (c for c in call.state.channels.values() if c.name and wanted in (c.name, f"#{c.name}")), None
    )
    channel = named or _direct(call, wanted) or call.state.channel(wanted)
    if channel.archived:
        raise Refused("is_archived")
    # A public channel the app is not in may be posted to with a scope of its own.
    if call.app.bot_user_id in channel.members or (channel.public and "chat:write.public" in call.app.scopes):
        return channel
    raise Refused("not_in_channel" if channel.public else "channel_not_found")


def _direct(call: Call, user: str) -> Channel | None:
    """The direct messages with that user, where `user` is one."""
    if user not in call.state.users:
        return None
    channel, happened = call.state.open_direct({call.app.bot_user_id, user})
    call.happened += happened
    return channel


def update(call: Call) -> Json:
    """Change one's own message. What the call leaves out follows Slack's rules: see `state.changed`."""
    args = call.args
    channel, ts = args.needed("channel"), args.needed("ts")
    call.state.message(channel, ts)
    parts = content_of(args, call.state.readings)
    if parts.text is not None and "markdown_text" not in args:
        check_update_text(parts.text, call.state.readings)
    change = MessageEdit(parts.text, parts.blocks, parts.attachments, parts.metadata)
    if change == MessageEdit() or (parts.empty and parts.text is not None):
        raise Refused("no_text")
    call.happened += call.state.update(channel, ts, change, by=call.app.bot_user_id, now=call.now)
    message = call.state.message(channel, ts)
    shown = message_json(message, call.state)
    return {"channel": channel, "ts": ts, "text": message.text, "message": shown}


def delete(call: Call) -> Json:
    """Delete one's own message."""
    channel, ts = call.args.needed("channel"), call.args.needed("ts")
    call.happened += call.state.delete(channel, ts, by=call.app.bot_user_id, now=call.now)
    return {"channel": channel, "ts": ts}


def post_ephemeral(call: Call) -> Json:
    """Show one person something that is kept nowhere."""
    channel, user = _addressed(call), call.args.needed("user")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    happened = call.state.whisper(wanted(call), user, call.now)
    call.happened += happened
    return {"message_ts": next(each.message.ts for each in happened if isinstance(each, Whispered))}


def get_permalink(call: Call) -> Json:
    """The message's address."""
    message = call.state.message(call.args.needed("channel"), call.args.needed("message_ts"))
    address = f"{call.state.url}/archives/{message.channel}/p{message.ts.replace('.', '')}"
    thread = f"?thread_ts={message.thread_ts}&cid={message.channel}" if message.thread_ts else ""
    return {"channel": message.channel, "permalink": address + thread}


METHODS: dict[str, Method] = {
    "chat.delete": delete,
    "chat.deleteScheduledMessage": unschedule,
    "chat.getPermalink": get_permalink,
    "chat.meMessage": me_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.postMessage": post_message,
    "chat.scheduleMessage": schedule,
    "chat.scheduledMessages.list": scheduled,
    "chat.update": update,
}
