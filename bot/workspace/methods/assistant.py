"""assistant.threads.*, agents.sessions.* and reactions.*: the small signs around an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.workspace.errors import Refused
from bot.workspace.records import Status

if TYPE_CHECKING:
    from bot.workspace.calls import Call, Method
    from bot.workspace.records import Json

STATUS_FOR = 120.0  # seconds a status line stays by itself: the page of assistant.threads.setStatus
PROCESSING_FOR = (
    3600.0  # seconds until a session that is "processing" is "active" again: the guide to agent sessions
)
SESSION_STATUSES = ("active", "processing", "suspended", "closed")
LOADING_MESSAGES = 10
PROMPTS = 4
TITLE = 200


def set_status(call: Call) -> Json:
    """The line "<App> is thinking…" under a thread; "" takes it away."""
    thread_ts = call.args.needed("thread_ts")
    text = call.args.text("status")
    if text is None:
        raise Refused("invalid_arguments", "[ERROR] missing required field: status")
    if len(call.args.names("loading_messages")) > LOADING_MESSAGES:
        raise Refused(
            "invalid_arguments", "[ERROR] no more than 10 items allowed [json-pointer:/loading_messages]"
        )
    return _set(call, thread_ts, text, STATUS_FOR)


def set_session_status(call: Call) -> Json:
    """A session that is processing shows "is working…"; any other state shows nothing."""
    thread_ts, status = call.args.needed("thread_ts"), call.args.needed("status")
    if status not in SESSION_STATUSES:
        raise Refused("invalid_status")
    title = call.args.text("title") or call.state.titles.get((call.channel("channel_id").id, thread_ts), "")
    shown = "is working…" if status == "processing" else ""
    return _set(call, thread_ts, shown, PROCESSING_FOR) | {
        "status": status,
        "agent_status": status,
        "title": title,
    }


def _set(call: Call, thread_ts: str, text: str, seconds: float) -> Json:
    channel = call.channel_inside("channel_id")
    status = Status(channel.id, thread_ts, call.app.bot_user_id, text, call.now + seconds)
    call.happened += call.state.set_status(status)
    return {}


def set_title(call: Call) -> Json:
    """What the thread is called in the app's list of threads."""
    title = call.args.needed("title")
    channel = call.channel_inside("channel_id")
    call.state.titles[channel.id, call.args.needed("thread_ts")] = title[:TITLE]
    return {}


def set_prompts(call: Call) -> Json:
    """Up to four things to ask; they are checked, and not shown."""
    call.channel_inside("channel_id")
    prompts = call.args.objects("prompts", "invalid_arguments") or ()
    if not 1 <= len(prompts) <= PROMPTS or any(
        not (each.get("title") and each.get("message")) for each in prompts
    ):
        raise Refused(
            "invalid_arguments",
            "[ERROR] 1 to 4 prompts, each with a title and a message [json-pointer:/prompts]",
        )
    return {}


def add_reaction(call: Call) -> Json:
    """An emoji under a message."""
    channel, ts, name = _reaction(call)
    call.happened += call.state.react(channel, ts, name, by=call.app.bot_user_id, now=call.now)
    return {}


def remove_reaction(call: Call) -> Json:
    """Take one's own emoji back."""
    channel, ts, name = _reaction(call)
    call.happened += call.state.unreact(channel, ts, name, by=call.app.bot_user_id, now=call.now)
    return {}


def _reaction(call: Call) -> tuple[str, str, str]:
    name = (call.args.text("name") or "").strip(":")
    if not name:
        raise Refused("invalid_name")
    return call.channel_inside().id, call.args.needed("timestamp"), name


METHODS: dict[str, Method] = {
    "agents.sessions.setStatus": set_session_status,
    "assistant.threads.setStatus": set_status,
    "assistant.threads.setSuggestedPrompts": set_prompts,
    "assistant.threads.setTitle": set_title,
    "reactions.add": add_reaction,
    "reactions.remove": remove_reaction,
}
