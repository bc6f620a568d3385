"""agents.sessions.* and assistant.threads.*: what a thread with an agent shows besides its messages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from slack_emulator.errors import Refused
from slack_emulator.state.changes import PromptsSet
from slack_emulator.state.models import Session, Status

if TYPE_CHECKING:
    from slack_emulator.json_values import Json
    from slack_emulator.web_api.call import Call, Method

STATUS_FOR = 120.0  # seconds a status line stays by itself: the page of assistant.threads.setStatus
PROCESSING_FOR = 3600.0
"""Seconds until a session that is "processing" is "active" again: the guide to agent sessions."""
ACTIVE, PROCESSING = "active", "processing"
STATUSES = (ACTIVE, PROCESSING, "suspended", "closed")
LOADING_MESSAGES, LOADING_TEXT = 10, 50
PROMPTS = 4
TITLE = 200
UNSTOPPABLE = "missing_agent_session_stopped_event_subscription"


def set_status(call: Call) -> Json:
    """The line "<App> is thinking…" under a thread; "" takes it away."""
    thread_ts = call.args.needed("thread_ts")
    text = call.args.text("status")
    if text is None:
        raise Refused("invalid_arguments", "[ERROR] missing required field: status")
    loading = call.args.names("loading_messages")
    if len(loading) > LOADING_MESSAGES or any(len(each) > LOADING_TEXT for each in loading):
        raise Refused(
            "invalid_arguments",
            "[ERROR] no more than 10 items of 50 characters allowed [json-pointer:/loading_messages]",
        )
    channel = call.channel_inside("channel_id")
    status = Status(channel.id, thread_ts, call.app.bot_user_id, text, call.now + STATUS_FOR)
    call.happened += call.state.set_status(status)
    return {}


def set_session_status(call: Call) -> Json:
    """A session that is processing shows "is working…"; any other state shows nothing."""
    thread_ts, status = _thread(call), call.args.needed("status")
    if not call.app.agent:
        raise Refused("feature_disabled")
    if status not in STATUSES:
        raise Refused("invalid_status")
    if (user := call.args.text("initiator_user_id")) is not None:
        call.state.user(user)
    if status == PROCESSING and "agent_session_stopped" not in call.app.subscriptions:
        call.warnings.append(UNSTOPPABLE)  # and there is no button to stop it with
    session = let(call, thread_ts, status, title=call.args.text("title"))
    return {"status": status, "agent_status": status, "title": session.title}


def _thread(call: Call) -> str:
    thread_ts = call.args.text("thread_ts")
    if not thread_ts:
        raise Refused("thread_ts_required")
    return thread_ts


def let(call: Call, thread_ts: str, status: str, *, title: str | None = None) -> Session:
    """Let the session in a thread have that status; it is made where there is none."""
    channel = call.channel_inside("channel_id" if "channel_id" in call.args else "channel")
    old = call.state.sessions.get((channel.id, thread_ts)) or Session(
        channel.id, thread_ts, call.app.id, status
    )
    new = replace(old, status=status, title=old.title if title is None else title[:TITLE])
    new = replace(new, until=call.now + PROCESSING_FOR)
    call.happened += call.state.set_session(new, call.now)
    return new


def rename(call: Call) -> Json:
    """Give a session another title."""
    channel, thread_ts, title = call.channel_inside("channel_id"), _thread(call), call.args.needed("title")
    session = call.state.sessions.get((channel.id, thread_ts))
    if session is None:
        raise Refused("session_not_found")
    if session.app_id != call.app.id:
        raise Refused("not_authorized")
    if len(title) > TITLE:
        raise Refused(
            "invalid_arguments", f"[ERROR] must be less than {TITLE + 1} characters [json-pointer:/title]"
        )
    call.happened += call.state.set_session(replace(session, title=title), call.now)
    return {"title": title}


def set_title(call: Call) -> Json:
    """Sets what the thread is called in the app's list of threads."""
    title, thread_ts = call.args.needed("title"), call.args.needed("thread_ts")
    channel = call.channel_inside("channel_id")
    old = call.state.sessions.get((channel.id, thread_ts))
    let(call, thread_ts, old.status if old else ACTIVE, title=title)
    return {}


def set_prompts(call: Call) -> Json:
    """Up to four things to ask, shown at the top of the direct messages or of a thread in them."""
    channel = call.channel_inside("channel_id")
    if not call.app.agent:
        raise Refused("not_agent_app")
    prompts = call.args.objects("prompts", "invalid_arguments") or ()
    if not 1 <= len(prompts) <= PROMPTS or any(
        not (each.get("title") and each.get("message")) for each in prompts
    ):
        raise Refused(
            "invalid_arguments",
            "[ERROR] 1 to 4 prompts, each with a title and a message [json-pointer:/prompts]",
        )
    thread_ts = call.args.text("thread_ts") or ""
    call.state.prompts[channel.id, thread_ts] = prompts
    call.happened.append(PromptsSet(channel.id, thread_ts, prompts))
    return {}


METHODS: dict[str, Method] = {
    "agents.sessions.rename": rename,
    "agents.sessions.setStatus": set_session_status,
    "assistant.threads.setStatus": set_status,
    "assistant.threads.setSuggestedPrompts": set_prompts,
    "assistant.threads.setTitle": set_title,
}
