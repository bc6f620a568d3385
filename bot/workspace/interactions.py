"""Buttons in an app's message: finding the one pressed, and the block_actions payload its app is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from bot.workspace.errors import Refused
from bot.workspace.narrow import as_list, as_object
from bot.workspace.shapes import message_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.workspace.records import App, Json, Message, Pressed
    from bot.workspace.state import State

# What a press adds to the action, by kind of element; feedback_buttons bring the value of the half that was pressed.
CARRIED = ("text", "value", "icon")


def action_of(message: Message, action_id: str, value: str | None, ts: str) -> Json:
    """The action object of the element with that id; `value` says which of two feedback buttons it was."""
    for block, element in _elements(message):
        if element.get("action_id") == action_id:
            carried = {name: element[name] for name in CARRIED if name in element}
            core = {
                "type": element["type"],
                "action_id": action_id,
                "action_ts": ts,
                "block_id": block.get("block_id", ""),
            }
            return core | carried | ({"value": value} if value is not None else {})
    raise Refused("action_not_found", f"the message has no button with the action_id {action_id}")


def _elements(message: Message) -> Iterator[tuple[Json, Json]]:
    """Every element that can be pressed, with the block it is in."""
    for block in message.blocks or ():
        candidates = [*(as_list(block.get("elements")) or ()), block.get("accessory")]
        for element in map(as_object, candidates):
            if element is not None and "type" in element:
                yield block, element


def block_actions(pressed: Pressed, app: App, state: State) -> Json:
    """The payload of an "interactive" envelope, or of the form field of the same name."""
    message, team, user = pressed.message, state.team, state.user(pressed.user)
    channel = state.channel(message.channel)
    return {
        "type": "block_actions",
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": team.id},
        "api_app_id": app.id,
        "token": "local-verification-token",
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": False,
        }
        | ({"thread_ts": message.thread_ts} if message.thread_ts else {}),
        "trigger_id": f"{pressed.ts}.{uuid4().hex}",
        "team": {"id": team.id, "domain": team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": channel.id, "name": channel.name or "directmessage"},
        "message": message_json(message, state),
        "state": {"values": {}},
        "response_url": f"https://hooks.slack.invalid/actions/{team.id}/{uuid4().hex}",
        "actions": [pressed.action],
    }
