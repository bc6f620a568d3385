"""Interactive elements: finding them, and what is said of their use."""

from __future__ import annotations

from typing import Any

import pytest

from slack_emulator.blocks.interactive_elements import elements, used, values_of
from slack_emulator.errors import Refused

BLOCK = {"type": "actions", "block_id": "b"}
RED, BLUE = ({"text": {"type": "plain_text", "text": name}, "value": name} for name in ("red", "blue"))
OPTIONS = {"options": [RED, BLUE]}


@pytest.mark.parametrize(
    ("element", "value", "field", "expected"),
    [
        ({"type": "static_select"} | OPTIONS, "red", "selected_option", RED),
        ({"type": "static_select"} | OPTIONS, None, "selected_option", None),
        ({"type": "radio_buttons", "option_groups": [OPTIONS]}, "blue", "selected_option", BLUE),
        ({"type": "checkboxes"} | OPTIONS, ["red", "blue"], "selected_options", [RED, BLUE]),
        (
            {"type": "external_select"},
            "x",
            "selected_option",
            {"text": {"type": "plain_text", "text": "x"}, "value": "x"},
        ),
        ({"type": "datepicker"}, "2026-11-25", "selected_date", "2026-11-25"),
        ({"type": "datetimepicker"}, "1795646731", "selected_date_time", 1795646731),
        ({"type": "users_select"}, "U1", "selected_user", "U1"),
        ({"type": "multi_users_select"}, ["U1"], "selected_users", ["U1"]),
        ({"type": "multi_users_select"}, None, "selected_users", []),
        ({"type": "plain_text_input"}, "so", "value", "so"),
    ],
)
def test_what_was_chosen_stands_where_slack_puts_it(
    element: dict[str, Any], value: object, field: str, expected: object
) -> None:
    action = used(BLOCK, element | {"action_id": "a"}, value, "3.0")
    assert action[field] == expected
    assert (action["block_id"], action["action_id"], action["action_ts"]) == ("b", "a", "3.0")


def test_an_option_that_is_not_there_cannot_be_chosen() -> None:
    with pytest.raises(Refused, match="no option with the value green"):
        used(BLOCK, {"type": "static_select"} | OPTIONS, "green", "3.0")


def test_elements_are_found_in_every_kind_of_block() -> None:
    button = {"type": "button", "action_id": "x"}
    blocks: list[dict[str, Any]] = [
        {"type": "actions", "elements": [button]},
        {"type": "section", "accessory": button},
        {"type": "input", "element": button},
        {"type": "card", "actions": [button]},
        {"type": "container", "blocks": [{"type": "actions", "elements": [button, "no element"]}]},
        {"type": "carousel", "cards": [{"type": "card", "actions": [button]}]},
        {"type": "divider"},
    ]
    found = [block["type"] for block, _ in elements(blocks)]
    assert found == ["actions", "section", "input", "card", "actions", "card"]


def test_a_view_holds_what_was_put_in_and_what_was_there_from_the_start() -> None:
    def asking(block_id: str, **element: Any) -> dict[str, Any]:
        return {"type": "input", "block_id": block_id, "element": {"action_id": f"{block_id}-in"} | element}

    blocks = [
        asking("why", type="plain_text_input"),
        asking("colour", type="static_select", initial_option=RED, **OPTIONS),
        asking("when", type="datepicker"),
        {"type": "actions", "block_id": "b", "elements": [{"type": "button", "action_id": "x"}]},
    ]
    values = values_of(blocks, {"why": "so", "when-in": "2026-11-25"})
    assert values == {
        "why": {"why-in": {"type": "plain_text_input", "value": "so"}},
        "colour": {"colour-in": {"type": "static_select", "selected_option": RED}},
        "when": {"when-in": {"type": "datepicker", "selected_date": "2026-11-25"}},
    }
