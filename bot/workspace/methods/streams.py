"""chat.startStream, appendStream and stopStream: a message that grows by what is added to it.

    startStream ──► in_progress ──stopStream──► completed ◄──chat.update──┐
                         └──five minutes──► over: only chat.update mends it ┘

Not modelled, because no page of Slack's says how it works: who besides the recipient sees the message grow (here everybody
does), and which events apps are sent meanwhile (here a message, then its changes). `task_update` and `plan_update` are
refused like a chunk of no known type, since the page could not draw them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.workspace.composer import escape
from bot.workspace.errors import Refused
from bot.workspace.records import COMPLETED, IN_PROGRESS, Json, Message, Posted, streaming
from bot.workspace.shapes import message_json
from bot.workspace.sizes import check_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.workspace.calls import Call, Method
    from bot.workspace.records import Channel


def start(call: Call) -> Json:
    """Post a reply that will grow. It may be empty still: Slack's SDK starts short answers so."""
    channel, thread_ts = call.channel_inside(), call.args.text("thread_ts")
    if not thread_ts or thread_ts == "0":  # only Slack's code sessions stream outside a thread
        raise Refused("invalid_thread_ts")
    _check_recipient(call, channel)
    draft = Message(
        channel=channel.id,
        ts="",
        user=call.app.bot_user_id,
        text="",
        thread_ts=thread_ts,
        app_id=call.app.id,
        streaming_state=IN_PROGRESS,
    )
    happened = call.state.post(_grown(draft, _added(call)), call.now)
    call.happened += happened
    message = next(each.message for each in happened if isinstance(each, Posted))
    return {"channel": channel.id, "ts": message.ts}


def append(call: Call) -> Json:
    """Add to a message that is being streamed."""
    message, more = _in_progress(call), _added(call)
    if not more:
        raise Refused("no_text")
    call.happened += call.state.rewrite(_grown(message, more), call.now)
    return {"channel": message.channel, "ts": message.ts}


def stop(call: Call) -> Json:
    """Add what is left, and end the stream. `blocks` go below everything else."""
    below = call.args.objects("blocks", "invalid_blocks_format") or ()
    message = _grown(_in_progress(call), [*_added(call), *below])
    if not message.blocks:
        raise Refused("no_text")
    metadata = call.args.object("metadata", "invalid_metadata_format")
    message = replace(message, streaming_state=COMPLETED, metadata=metadata or message.metadata)
    call.happened += call.state.rewrite(message, call.now)
    shown = message_json(message, call.state)
    return {"channel": message.channel, "ts": message.ts, "message": shown}


def _check_recipient(call: Call, channel: Channel) -> None:
    """In a channel Slack has to be told who sees the message grow."""
    team, user = call.args.text("recipient_team_id"), call.args.text("recipient_user_id")
    if channel.kind != "im" and not team:
        raise Refused("missing_recipient_team_id")
    if channel.kind != "im" and not user:
        raise Refused("missing_recipient_user_id")
    if team and team != call.state.team.id:
        raise Refused("team_not_found")
    if user:
        call.state.user(user)


def _in_progress(call: Call) -> Message:
    """The message meant, which has to be one's own and still growing."""
    message = call.state.message(call.channel_inside().id, call.args.needed("ts"))
    if message.app_id != call.app.id:
        raise Refused("message_not_owned_by_app")
    if not streaming(message, call.now):
        raise Refused("message_not_in_streaming_state")
    return message


def _added(call: Call) -> list[Json]:
    """What the call adds, as blocks: its `markdown_text`, or what its chunks hold."""
    markdown, chunks = call.args.text("markdown_text"), call.args.objects("chunks", "invalid_chunks")
    if markdown and chunks:
        raise Refused("cannot_provide_both_markdown_text_and_chunks")
    if markdown:
        chunks = ({"type": "markdown_text", "text": markdown},)
    return [block for index, chunk in enumerate(chunks or ()) for block in _blocks(chunk, index)]


def _blocks(chunk: Json, index: int) -> list[Json]:
    match chunk:
        case {"type": "markdown_text", "text": str(text)}:
            return [{"type": "markdown", "text": text}] if text else []
        case {"type": "blocks", "blocks": [*blocks]} if all(isinstance(block, dict) for block in blocks):
            return blocks
        case _:
            flaw = f"[ERROR] unsupported chunk: {chunk.get('type')} [json-pointer:/chunks/{index}]"
            raise Refused("invalid_chunks", flaw)


def _grown(message: Message, more: Sequence[Json]) -> Message:
    """The message with more below it. Text goes on where text ended: a word cut in two by chunks is one word.

    `msg_too_long` once all its text is more than one markdown block takes: 12,000 characters in the whole of a stream
    is what was seen on the live service, and is on none of Slack's pages.
    """
    check_blocks(more)
    blocks = list(message.blocks or ())
    for block in more:
        if block["type"] == "markdown" and blocks and blocks[-1]["type"] == "markdown":
            blocks[-1] = {"type": "markdown", "text": f"{blocks[-1]['text']}{block['text']}"}
        else:
            blocks.append(block)
    check_blocks(blocks)
    text = "\n".join(escape(block["text"]) for block in blocks if block["type"] == "markdown")
    return replace(message, text=text, blocks=tuple(blocks) or None)


METHODS: dict[str, Method] = {
    "chat.appendStream": append,
    "chat.startStream": start,
    "chat.stopStream": stop,
}
