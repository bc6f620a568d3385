"""The interactive elements of blocks: finding one, and what Slack says of it when a person uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_emulator.errors import Refused
from slack_emulator.json_values import as_list, as_objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from slack_emulator.json_values import Json
    from slack_emulator.state.models import Message

# What using an element adds to the action, by its type: the field that holds what was chosen or put in.
FIELDS = {
    "channels_select": "selected_channel",
    "checkboxes": "selected_options",
    "conversations_select": "selected_conversation",
    "datepicker": "selected_date",
    "datetimepicker": "selected_date_time",
    "email_text_input": "value",
    "external_select": "selected_option",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
    "multi_external_select": "selected_options",
    "multi_static_select": "selected_options",
    "multi_users_select": "selected_users",
    "number_input": "value",
    "overflow": "selected_option",
    "plain_text_input": "value",
    "radio_buttons": "selected_option",
    "static_select": "selected_option",
    "timepicker": "selected_time",
    "url_text_input": "value",
    "users_select": "selected_user",
}
CARRIED = ("text", "value", "icon")  # what a button brings of its own


def action_of(message: Message, action_id: str, value: object, ts: str) -> Json:
    """The action object of a message's element with that id, used by a person: see `used`."""
    for block, element in elements(message.blocks or ()):
        if element.get("action_id") == action_id:
            return used(block, element, value, ts)
    raise Refused("action_not_found", f"the message has no button with the action_id {action_id}")


def used(block: Json, element: Json, value: object, ts: str) -> Json:
    """The action object of an element. `value` is what was chosen (an option by its value) or typed, a list where there
    may be several; None for a button, which brings its own.
    """
    core: Json = {
        "type": element["type"],
        "action_id": element.get("action_id", ""),
        "action_ts": ts,
        "block_id": block.get("block_id", ""),
    }
    if element["type"] in FIELDS:
        return core | {FIELDS[element["type"]]: chosen(element, value)}
    carried = {name: element[name] for name in CARRIED if name in element}
    return core | carried | ({"value": value} if value is not None else {})


def chosen(element: Json, value: object) -> object:
    """Returns what a person chose, as the payload has it: an option whole, a time as a number, everything else as it is."""
    field = FIELDS[element["type"]]
    if field == "selected_option":
        return _option(element, value)
    if field == "selected_options":
        return [_option(element, each) for each in as_list(value) or ()]
    if field == "selected_date_time" and value is not None:
        return int(str(value))
    return as_list(value) or [] if field.endswith("s") else value


def _option(element: Json, value: object) -> Json | None:
    """The option of that value; a select that asks its app for them knows none by itself."""
    if value is None:
        return None
    groups = [group.get("options") for group in as_objects(element.get("option_groups"))]
    for option in (each for options in (element.get("options"), *groups) for each in as_objects(options)):
        if option.get("value") == value:
            return option
    if element["type"] in ("external_select", "multi_external_select"):
        return {"text": {"type": "plain_text", "text": str(value)}, "value": value}
    raise Refused("invalid_option", f"the element has no option with the value {value}")


def elements(blocks: Iterable[Json]) -> Iterator[tuple[Json, Json]]:
    """Every element that can be used, with the block it is in; those of blocks inside others too."""
    for block in blocks:
        several = [*as_objects(block.get("elements")), *as_objects(block.get("actions"))]
        for element in [*several, *as_objects([block.get("accessory"), block.get("element")])]:
            if "type" in element:
                yield block, element
        yield from elements([*as_objects(block.get("blocks")), *as_objects(block.get("cards"))])


def values_of(blocks: Iterable[Json], given: Mapping[str, object]) -> Json:
    """`state.values` of a view: what was put into each input, by block_id and action_id. `given` names an input by its
    block_id or its action_id; the others keep their initial values.
    """
    values: Json = {}
    for block, element in elements(blocks):
        if block.get("type") != "input" or element["type"] not in FIELDS:
            continue
        block_id, action_id = block["block_id"], element.get("action_id", "")
        name = next((each for each in (block_id, action_id) if each in given), None)
        field = FIELDS[element["type"]]
        put_in = element.get(f"initial_{_plain(field)}") if name is None else chosen(element, given[name])
        values.setdefault(block_id, {})[action_id] = {"type": element["type"], field: put_in}
    return values


def _plain(field: str) -> str:
    """ "selected_option" is "initial_option" at first."""
    return field.removeprefix("selected_")
