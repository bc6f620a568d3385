"""chat.*: posting, changing and deleting messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.workspace.composer import escape
from bot.workspace.errors import Refused
from bot.workspace.records import Change, Channel, Json, Message, Posted, Whispered
from bot.workspace.shapes import message_json
from bot.workspace.sizes import POST_TEXT, check_blocks, check_markdown_text, check_update_text

if TYPE_CHECKING:
    from bot.workspace.calls import Call, Method


@dataclass(frozen=True, slots=True)
class Content:
    """What a call wants a message to hold, checked; None for what the call leaves out."""

    text: str | None
    blocks: tuple[Json, ...] | None
    attachments: tuple[Json, ...] | None
    metadata: Json | None

    @property
    def empty(self) -> bool:
        return not (self.text or self.blocks or self.attachments)


def content(call: Call) -> Content:
    """Read and check a message's content. `markdown_text` excludes text and blocks, and is kept as a markdown block."""
    args = call.args
    text, blocks = args.text("text"), args.objects("blocks", "invalid_blocks_format")
    if markdown := args.text("markdown_text"):
        if text or blocks:
            raise Refused("markdown_text_conflict")
        check_markdown_text(markdown)
        text, blocks = escape(markdown), ({"type": "markdown", "text": markdown},)
    else:
        check_blocks(blocks or ())
    return Content(
        text,
        blocks,
        args.objects("attachments", "invalid_attachments"),
        args.object("metadata", "invalid_metadata_format"),
    )


def post_message(call: Call) -> Json:
    """Post to a channel, a thread (`thread_ts`), or a person (a user id, which opens the direct messages)."""
    channel = _addressed(call)
    parts = content(call)
    if parts.empty:
        raise Refused("no_text")
    happened = call.state.post(_draft(call, channel, parts), call.now)
    call.happened += happened
    message = next(each.message for each in happened if isinstance(each, Posted))
    return {
        "channel": channel.id,
        "ts": message.ts,
        "message": message_json(message, call.state),
    } | _cut_warning(parts)


def _addressed(call: Call) -> Channel:
    """The channel meant: by its id, its name with a #, or the user at the other end."""
    wanted = call.args.needed("channel")
    named = next(
        (c for c in call.state.channels.values() if c.name and wanted in (c.name, f"#{c.name}")), None
    )
    channel = named or call.state.direct(call.app.bot_user_id, wanted) or call.state.channel(wanted)
    if call.app.bot_user_id in channel.members:
        return channel
    raise Refused("channel_not_found" if channel.kind == "im" else "not_in_channel")


def _draft(call: Call, channel: Channel, parts: Content) -> Message:
    return Message(
        channel=channel.id,
        ts="",
        user=call.app.bot_user_id,
        text=(parts.text or "")[:POST_TEXT],
        thread_ts=call.args.text("thread_ts"),
        broadcast=call.args.flag("reply_broadcast"),
        blocks=parts.blocks or None,
        attachments=parts.attachments or (),
        metadata=parts.metadata,
        app_id=call.app.id,
    )


def _cut_warning(parts: Content) -> Json:
    if len(parts.text or "") <= POST_TEXT:
        return {}
    return {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}


def update(call: Call) -> Json:
    """Change one's own message. What the call leaves out follows Slack's rules: see `state.changed`."""
    args = call.args
    channel, ts = args.needed("channel"), args.needed("ts")
    call.state.message(channel, ts)
    parts = content(call)
    if parts.text is not None and "markdown_text" not in args:
        check_update_text(parts.text)
    change = Change(parts.text, parts.blocks, parts.attachments, parts.metadata)
    if change == Change() or (parts.empty and parts.text is not None):
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
    parts = content(call)
    if parts.empty:
        raise Refused("no_text")
    happened = call.state.whisper(_draft(call, channel, parts), user, call.now)
    call.happened += happened
    return {"message_ts": next(each.message.ts for each in happened if isinstance(each, Whispered))}


def get_permalink(call: Call) -> Json:
    """The message's address."""
    message = call.state.message(call.args.needed("channel"), call.args.needed("message_ts"))
    name = f"p{message.ts.replace('.', '')}"
    address = f"https://{call.state.team.domain}.slack.invalid/archives/{message.channel}/{name}"
    thread = f"?thread_ts={message.thread_ts}&cid={message.channel}" if message.thread_ts else ""
    return {"channel": message.channel, "permalink": address + thread}


METHODS: dict[str, Method] = {
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
    "chat.postEphemeral": post_ephemeral,
    "chat.postMessage": post_message,
    "chat.update": update,
}
