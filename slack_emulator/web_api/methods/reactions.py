"""reactions.*: emoji under messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from slack_emulator.errors import Refused
from slack_emulator.payloads.object_payloads import message_json
from slack_emulator.web_api.call import page_of

if TYPE_CHECKING:
    from slack_emulator.json_values import Json
    from slack_emulator.web_api.call import Call, Method

NAME = re.compile(r"[\w+'-]+(?:::skin-tone-[2-6])?")


def add(call: Call) -> Json:
    """An emoji under a message."""
    channel, ts, name = _reaction(call)
    call.happened += call.state.react(channel, ts, name, by=call.app.bot_user_id, now=call.now)
    return {}


def remove(call: Call) -> Json:
    """Take one's own emoji back."""
    channel, ts, name = _reaction(call)
    call.happened += call.state.unreact(channel, ts, name, by=call.app.bot_user_id, now=call.now)
    return {}


def _reaction(call: Call) -> tuple[str, str, str]:
    name = (call.args.text("name") or "").strip(":")
    if not NAME.fullmatch(name):
        raise Refused("invalid_name")
    return call.channel_inside().id, call.args.needed("timestamp"), name


def get(call: Call) -> Json:
    """A message with its reactions."""
    channel = call.channel_inside()
    message = call.state.message(channel.id, call.args.needed("timestamp"))
    return {"type": "message", "channel": channel.id, "message": message_json(message, call.state)}


def list_(call: Call) -> Json:
    """Returns what a user (the app's bot where none is named) has reacted to, newest first."""
    user = call.args.text("user") or call.app.bot_user_id
    reacted = [
        message
        for message in call.state.messages()
        if any(user in reaction.users for reaction in message.reactions)
    ]
    reacted.sort(key=lambda message: message.ts, reverse=True)
    shown, metadata = page_of(reacted, lambda message: message.ts, call, default=100, most=1000)
    items = [
        {"type": "message", "channel": each.channel, "message": message_json(each, call.state)}
        for each in shown
    ]
    return {"items": items} | metadata


METHODS: dict[str, Method] = {
    "reactions.add": add,
    "reactions.get": get,
    "reactions.list": list_,
    "reactions.remove": remove,
}
