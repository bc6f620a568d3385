"""Says what an app is sent when a person presses, submits, closes, chooses or commands: the payloads, shaped like Slack's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_emulator.payloads.object_payloads import message_json, view_json
from slack_emulator.state.triggers import URL_FOR, ResponseUrl, Trigger

if TYPE_CHECKING:
    from slack_emulator.json_values import Json
    from slack_emulator.state.changes import Pressed
    from slack_emulator.state.models import App, Channel, Command, Message, Shortcut, User, View
    from slack_emulator.state.workspace import WorkspaceState

# The payloads' old "token" field, which proves nothing.
TOKEN = "local-verification-token"  # noqa: S105


def block_actions(pressed: Pressed, app: App, state: WorkspaceState, until: float, tab: str = "") -> Json:
    """A button in a message was pressed. `until` is when the trigger id ends, and what it opens stands in the `tab` of a browser, here and
    below. Of an ephemeral message Slack tells the place only (docs.slack.dev, block_actions payload)."""
    message = pressed.message
    channel = state.channel(message.channel)
    user = state.user(pressed.user)
    where = {"message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": pressed.ephemeral}
    shown = {} if pressed.ephemeral else {"message": message_json(message, state)}
    thread: Json = {"thread_ts": message.thread_ts} if message.thread_ts else {}
    return _core("block_actions", app, user, state) | {
        "container": {"type": "message"} | where | thread,
        "trigger_id": state.tickets.trigger(Trigger(app.id, user.id, until, tab=tab)),
        "channel": _channel(channel),
        **shown,
        "state": {"values": {}},
        "response_url": response_url(app, user, state, message=message, now=float(pressed.ts)),
        "actions": [pressed.action],
    }


def view_actions(
    view: View, action: Json, app: App, state: WorkspaceState, until: float, tab: str = ""
) -> Json:
    """A button in a view was pressed."""
    user = state.user(view.user)
    return _core("block_actions", app, user, state) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": state.tickets.trigger(Trigger(app.id, user.id, until, view.id, tab or view.tab)),
        "view": view_json(view, state),
        "actions": [action],
    }


def view_submission(view: View, app: App, state: WorkspaceState, until: float, tab: str = "") -> Json:
    """A modal was submitted."""
    user = state.user(view.user)
    return _core("view_submission", app, user, state) | {
        "trigger_id": state.tickets.trigger(Trigger(app.id, user.id, until, view.id, tab or view.tab)),
        "view": view_json(view, state),
        "response_urls": [],
    }


def view_closed(view: View, app: App, state: WorkspaceState, *, cleared: bool) -> Json:
    """A modal was closed; sent to apps that asked for it."""
    core = _core("view_closed", app, state.user(view.user), state)
    return core | {"view": view_json(view, state), "is_cleared": cleared}


def block_suggestion(
    view: View, block_id: str, action_id: str, value: str, *, app: App, state: WorkspaceState
) -> Json:
    """Somebody types into a select whose options its app knows."""
    return _core("block_suggestion", app, state.user(view.user), state) | {
        "container": {"type": "view", "view_id": view.id},
        "view": view_json(view, state),
        "block_id": block_id,
        "action_id": action_id,
        "value": value,
    }


def shortcut(chosen: Shortcut, app: App, user: User, state: WorkspaceState, *, ts: str, until: float) -> Json:
    """A global shortcut was chosen."""
    core = _core("shortcut", app, user, state)
    return core | {
        "user": {"id": user.id, "username": user.name, "team_id": state.team.id},
        "callback_id": chosen.callback_id,
        "trigger_id": state.tickets.trigger(Trigger(app.id, user.id, until)),
        "action_ts": ts,
    }


def message_action(
    chosen: Shortcut, message: Message, app: App, user: User, state: WorkspaceState, *, ts: str, until: float
) -> Json:
    """A shortcut in a message's menu was chosen."""
    core = _core("message_action", app, user, state)
    return shortcut(chosen, app, user, state, ts=ts, until=until) | {
        "type": "message_action",
        "user": core["user"],
        "message_ts": message.ts,
        "channel": _channel(state.channel(message.channel)),
        "message": message_json(message, state),
        "response_url": response_url(app, user, state, message=message, now=float(ts)),
    }


def command(
    typed: Command,
    text: str,
    app: App,
    user: User,
    channel: Channel,
    state: WorkspaceState,
    *,
    now: float,
    until: float,
    tab: str = "",
) -> Json:
    """A slash command, as its form has it."""
    url = ResponseUrl(app.id, user.id, channel.id, now + URL_FOR)
    return {
        "token": TOKEN,
        "team_id": state.team.id,
        "team_domain": state.team.domain,
        "channel_id": channel.id,
        "channel_name": _channel(channel)["name"],
        "user_id": user.id,
        "user_name": user.name,
        "command": typed.name,
        "text": text,
        "api_app_id": app.id,
        "is_enterprise_install": "false",
        "response_url": f"{state.url}/commands/{state.tickets.url(url)}",
        "trigger_id": state.tickets.trigger(Trigger(app.id, user.id, until, tab=tab)),
    }


def response_url(app: App, user: User, state: WorkspaceState, *, message: Message, now: float) -> str:
    """Returns where an app may answer what was done to a message."""
    url = ResponseUrl(app.id, user.id, message.channel, now + URL_FOR, message.ts, message.thread_ts)
    return f"{state.url}/actions/{state.tickets.url(url)}"


def _core(kind: str, app: App, user: User, state: WorkspaceState) -> Json:
    team = state.team
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": team.id},
        "api_app_id": app.id,
        "token": TOKEN,
        "team": {"id": team.id, "domain": team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _channel(channel: Channel) -> Json:
    names = {"im": "directmessage", "group": "privategroup", "mpim": "privategroup"}
    return {"id": channel.id, "name": channel.name or names[channel.kind]}
