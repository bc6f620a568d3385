"""chat.startStream, appendStream and stopStream: a message that grows by what is added to it.

    startStream ──► in_progress ──stopStream──► completed ◄──chat.update──┐
                         ├──five minutes──► over: only chat.update mends it ┤
                         └──a person stops it──► stopped_by_user ───────────┘

Not modelled, because no page of Slack's says how it works: who besides the recipient sees the message grow. Here everybody
does. Which events apps are sent meanwhile is on no page either: a message, then its changes, unless a reading says no.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from slack_emulator.errors import Refused
from slack_emulator.payloads.object_payloads import message_json
from slack_emulator.state.models import COMPLETED, IN_PROGRESS, Message, streaming
from slack_emulator.web_api.message_arguments import author_of, metadata_of
from slack_emulator.web_api.methods.chat import posted
from slack_emulator.web_api.methods.sessions import ACTIVE, PROCESSING, STATUSES, let
from slack_emulator.web_api.stream_chunks import added, grown

if TYPE_CHECKING:
    from slack_emulator.json_values import Json
    from slack_emulator.state.models import Channel
    from slack_emulator.web_api.call import Call, Method

MODES = ("timeline", "plan")


def start(call: Call) -> Json:
    """Post a reply that will grow. It may be empty still: Slack's SDK starts short answers so."""
    channel, thread_ts = call.channel_inside(), call.args.text("thread_ts")
    if not thread_ts or thread_ts == "0":  # only Slack's code sessions stream outside a thread
        raise Refused("invalid_thread_ts")
    if (mode := call.args.text("task_display_mode") or "timeline") not in MODES:
        raise Refused(
            "invalid_arguments", "[ERROR] must be timeline or plan [json-pointer:/task_display_mode]"
        )
    _check_recipient(call, channel)
    draft = Message(
        channel=channel.id,
        ts="",
        user=call.app.bot_user_id,
        text="",
        thread_ts=thread_ts,
        app_id=call.app.id,
        streaming_state=IN_PROGRESS,
        author=author_of(call.args, call.app),
        plan=mode == "plan",
    )
    message = posted(call, grown(draft, added(call), call.state.readings))
    if call.app.agent:
        let(call, thread_ts, PROCESSING)
    return {"channel": channel.id, "ts": message.ts}


def append(call: Call) -> Json:
    """Add to a message that is being streamed."""
    message, more = _in_progress(call), added(call)
    if not more:
        raise Refused("no_text")
    call.happened += call.state.rewrite(grown(message, more, call.state.readings), call.now)
    return {"channel": message.channel, "ts": message.ts}


def stop(call: Call) -> Json:
    """Add what is left, and end the stream. `blocks` go below everything else."""
    below = call.args.objects("blocks", "invalid_blocks_format") or ()
    status = call.args.text("session_status") or ACTIVE
    if status not in STATUSES:
        raise Refused("invalid_session_status")
    more: list[Json] = [*added(call), *({"type": "blocks", "blocks": [block]} for block in below)]
    message = grown(_in_progress(call), more, call.state.readings)
    if not message.blocks:
        raise Refused("no_text")
    message = replace(message, streaming_state=COMPLETED, metadata=metadata_of(call.args) or message.metadata)
    call.happened += call.state.rewrite(message, call.now)
    if call.app.agent and message.thread_ts:
        let(call, message.thread_ts, status)
    shown = message_json(message, call.state)
    return {"channel": message.channel, "ts": message.ts, "message": shown}


def _check_recipient(call: Call, channel: Channel) -> None:
    """In a channel Slack has to be told who sees the message grow."""
    team, user = call.args.text("recipient_team_id"), call.args.text("recipient_user_id")
    wanted = channel.kind != "im" or call.state.readings.recipient_in_direct_messages
    if wanted and not team:
        raise Refused("missing_recipient_team_id")
    if wanted and not user:
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
    if message.stopped:
        raise Refused("stopped_by_user")
    if not streaming(message, call.now, life=call.state.readings.stream_life):
        raise Refused("message_not_in_streaming_state")
    return message


METHODS: dict[str, Method] = {
    "chat.appendStream": append,
    "chat.startStream": start,
    "chat.stopStream": stop,
}
