"""Elements to fill in: text, numbers, days, times and files. Each is the browser's own field for it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from slack_emulator.page.html.composition_objects import confirmation, words_of
from slack_emulator.page.html.tags import tag
from slack_emulator.page.html.unchecked_json import int_of, list_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LONGEST = 3_000  # characters a text field takes: its page
_LATEST = 4_102_444_800  # 2100, in seconds since the epoch: what is later is no date anybody means


def _written(element: Mapping[str, Any], block_id: str, *, kind: str = "text") -> str:
    """A line of text, or a few."""
    acts = _acts(element, block_id) | {
        "minlength": int_of(element.get("min_length"), highest=_LONGEST) or None,
        "maxlength": int_of(element.get("max_length"), highest=_LONGEST) or _LONGEST,
    }
    if element.get("multiline") is True or element.get("type") == "rich_text_input":
        return tag("textarea", escape(text_of(element.get("initial_value"))), rows="4", **acts)
    return tag("input", type=kind, value=text_of(element.get("initial_value")) or None, **acts)


def _number(element: Mapping[str, Any], block_id: str) -> str:
    step = "any" if element.get("is_decimal_allowed") is True else "1"
    limits = {name: text_of(element.get(f"{name}_value")) or None for name in ("min", "max")}
    initial = text_of(element.get("initial_value")) or None
    return tag("input", type="number", step=step, value=initial, **limits, **_acts(element, block_id))


def _picked(element: Mapping[str, Any], block_id: str, *, kind: str) -> str:
    """A day or a time of day."""
    return tag(
        "input", type=kind, value=text_of(element.get(f"initial_{kind}")) or None, **_acts(element, block_id)
    )


def _moment(element: Mapping[str, Any], block_id: str) -> str:
    """Seconds since the epoch on Slack; here everybody's clock shows UTC, as their profiles say."""
    seconds = int_of(element.get("initial_date_time"), highest=_LATEST)
    value = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M") if seconds else None
    return tag("input", type="datetime-local", value=value, **_acts(element, block_id))


def _files(element: Mapping[str, Any], block_id: str) -> str:
    kinds = ",".join(f".{text_of(kind)}" for kind in list_of(element.get("filetypes")) if text_of(kind))
    most = int_of(element.get("max_files"), highest=10) or 10
    return tag("input", type="file", accept=kinds or None, multiple=most > 1, **_acts(element, block_id))


def _acts(element: Mapping[str, Any], block_id: str) -> dict[str, str | int | None]:
    placeholder = words_of(element.get("placeholder"))
    return {
        "class_": "field",
        "placeholder": placeholder or None,
        "aria_label": words_of(element.get("accessibility_label"))
        or placeholder
        or _CALLED.get(text_of(element.get("type")), "Text"),
        "data_element": text_of(element.get("action_id")),
        "data_block": block_id,
        "data_kind": text_of(element.get("type")),
        "data_confirm": confirmation(element),
    }


_CALLED = {
    "datepicker": "Date",
    "datetimepicker": "Date and time",
    "email_text_input": "E-mail",
    "file_input": "Files",
    "number_input": "Number",
    "timepicker": "Time",
    "url_text_input": "Address",
}

FIELDS: dict[str, Callable[[Mapping[str, Any], str], str]] = {
    "datepicker": partial(_picked, kind="date"),
    "datetimepicker": _moment,
    "email_text_input": partial(_written, kind="email"),
    "file_input": _files,
    "number_input": _number,
    "plain_text_input": _written,
    "rich_text_input": _written,
    "timepicker": partial(_picked, kind="time"),
    "url_text_input": partial(_written, kind="url"),
}
