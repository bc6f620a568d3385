"""views.*: modals, and the app's home. And blocks.validate, which looks at blocks and shows nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_emulator.blocks.block_kit import block_flaws
from slack_emulator.blocks.message_limits import check_blocks
from slack_emulator.errors import Refused
from slack_emulator.json_values import as_objects
from slack_emulator.payloads.object_payloads import view_json
from slack_emulator.state.changes import ViewShown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_emulator.json_values import Json
    from slack_emulator.state.models import View
    from slack_emulator.state.triggers import Trigger
    from slack_emulator.web_api.call import Call, Method


def _content(call: Call) -> Json:
    view = call.args.object("view", "invalid_arguments")
    if view is None:
        raise Refused("invalid_arguments", "[ERROR] missing required field: view [json-pointer:/view]")
    return {name: value for name, value in view.items() if value is not None}


def _shown(call: Call, view: View) -> Json:
    call.happened.append(ViewShown(view, view.user))
    return {"view": view_json(view, call.state)}


def _trigger(call: Call) -> Trigger:
    name = call.args.text("trigger_id") or call.args.text("interactivity_pointer")
    if not name:
        raise Refused("invalid_arguments", "[ERROR] missing required field: trigger_id")
    return call.state.tickets.exchange(name, call.app.id, call.now)


def open_(call: Call) -> Json:
    """Open a modal in front of the person whose doing the trigger id came from."""
    content, trigger = _content(call), _trigger(call)
    return _shown(call, call.state.views.show(call.app.id, trigger.user, content, tab=trigger.tab))


def push(call: Call) -> Json:
    """Put another modal on top of the one that the trigger id came from."""
    content, trigger = _content(call), _trigger(call)
    below = call.state.views.below(trigger)
    if below is None:
        raise Refused("not_found")
    return _shown(call, call.state.views.show(call.app.id, trigger.user, content, on=below))


def update(call: Call) -> Json:
    """Give a view a new content."""
    args = call.args
    view_id, external_id = args.text("view_id"), args.text("external_id")
    if not (view_id or external_id):
        raise Refused("invalid_arguments", "[ERROR] view_id or external_id is needed")
    old = call.state.views.named(call.app.id, view_id=view_id, external_id=external_id)
    return _shown(call, call.state.views.update(old, _content(call), hash_=args.text("hash")))


def publish(call: Call) -> Json:
    """Let one person see that in the app's home."""
    user = call.state.user(call.args.needed("user_id"))
    view = call.state.views.publish(call.app.id, user.id, _content(call), hash_=call.args.text("hash"))
    return _shown(call, view)


def validate(call: Call) -> Json:
    """Tells whether Slack takes the blocks of a message or a view, and what is wrong with them. No token is needed."""
    for name in ("message", "view"):
        if (around := call.args.object(name, "invalid_arguments")) is not None:
            _validate(as_objects(around.get("blocks")), call)
            return {}
    blocks = call.args.objects("blocks", "invalid_blocks_format")
    if blocks is None:
        raise Refused("invalid_arguments", "[ERROR] one of blocks, message and view is needed")
    _validate(blocks, call)
    return {}


def _validate(blocks: Sequence[Json], call: Call) -> None:
    flaws = [
        {"code": "invalid", "message": flaw.words, "pointer": flaw.pointer} for flaw in block_flaws(blocks)
    ]
    if flaws:
        raise Refused("invalid_blocks", errors=flaws)
    check_blocks(blocks, call.state.readings)


METHODS: dict[str, Method] = {
    "blocks.validate": validate,
    "views.open": open_,
    "views.publish": publish,
    "views.push": push,
    "views.update": update,
}
