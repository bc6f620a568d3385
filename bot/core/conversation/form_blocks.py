"""Builds what the App Home, forms and lines below messages are made of, as Block Kit: words that nobody formats, and fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.core.conversation.json_payload import as_payload, as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.json_payload import Payload

LONGEST_OPTION = 75
"""Characters that stand on an option (docs.slack.dev, option object)."""


class FormOption(NamedTuple):
    """Holds what can be chosen: what stands there, and what it means."""

    words: str
    value: str


def header(words: str) -> Payload:
    """Returns a headline."""
    return {"type": "header", "text": plain(words)}


def section(words: str) -> Payload:
    """Returns a paragraph."""
    return {"type": "section", "text": plain(words)}


def context(words: str) -> Payload:
    """Returns a paragraph in small letters."""
    return {"type": "context", "elements": [plain(words)]}


def plain(words: str) -> Payload:
    """Returns words as Block Kit wants them where there is no markup."""
    return {"type": "plain_text", "text": words}


def form_button(action: str, words: str) -> Payload:
    """Returns a button that is known by its `action`."""
    return {"type": "button", "action_id": action, "text": plain(words)}


def writing_field(name: str, label: str, *, hint: str, example: str, value: str, most: int) -> Payload:
    """Returns an input of several lines and `most` characters, which may be left empty. It is named so, as is its block."""
    element = {
        "type": "plain_text_input",
        "action_id": name,
        "multiline": True,
        "max_length": most,
        "placeholder": plain(example),
        **({"initial_value": value} if value else {}),
    }
    return {**_input(name, label, element), "optional": True, "hint": plain(hint)}


def choosing_field(name: str, label: str, options: Sequence[FormOption], *, value: str) -> Payload:
    """Returns a menu of which one is chosen: at first that of the `value`, or the first where there is none of it."""
    shown = {one.value: {"text": plain(one.words[:LONGEST_OPTION]), "value": one.value} for one in options}
    initial = shown.get(value, shown[options[0].value])
    element = {
        "type": "static_select",
        "action_id": name,
        "options": list(shown.values()),
        "initial_option": initial,
    }
    return _input(name, label, element)


def form_values(payload: Payload) -> Payload:
    """Returns what stands in a submitted form, by its blocks."""
    return as_payload(as_payload(as_payload(payload.get("view")).get("state")).get("values"))


def written(values: Payload, field: str) -> str:
    """Returns what somebody has written there, without the space around it and without what no database takes; "" for nothing."""
    text = as_text(as_payload(as_payload(values.get(field)).get(field)).get("value"))
    return text.replace("\0", "").encode(errors="ignore").decode().strip()


def chosen(values: Payload, field: str) -> str:
    """Returns the value of what is chosen there; "" where nothing is."""
    element = as_payload(as_payload(values.get(field)).get(field))
    return as_text(as_payload(element.get("selected_option")).get("value"))


def _input(name: str, label: str, element: Payload) -> Payload:
    return {"type": "input", "block_id": name, "label": plain(label), "element": element}
