"""Elements to choose with: menus, checkboxes, radio buttons, and the three dots."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from slack_emulator.page.html.composition_objects import Group, Option, confirmation, option_groups, words_of
from slack_emulator.page.html.html_helpers import is_safe_url
from slack_emulator.page.html.tags import boxed, tag
from slack_emulator.page.html.unchecked_json import list_of, map_of, maps_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_emulator.page.html.html_helpers import Names

_WHO = {"users": "UW", "channels": "C", "conversations": "CGUW"}
"""The first letters of the ids a menu offers whose options are the workspace's own."""


def _menu(element: Mapping[str, Any], names: Names, block_id: str) -> str:
    """One of several: the browser's own menu."""
    placeholder = words_of(element.get("placeholder")) or "Choose one"
    chosen = _initially(element)
    options = tag("option", escape(placeholder), value="", selected=not chosen)
    options += "".join(_menu_group(group, chosen) for group in _offered(element, names))
    return tag("select", options, aria_label=_called(element, placeholder), **_acts(element, block_id))


def _menu_group(group: Group, chosen: frozenset[str]) -> str:
    options = "".join(
        tag("option", option.html, value=option.value, selected=option.value in chosen)
        for option in group.options
    )
    return tag("optgroup", options, label=group.label) if group.label else options


def _many(element: Mapping[str, Any], names: Names, block_id: str) -> str:
    """Several of many: a list that opens, with a box for each."""
    placeholder = words_of(element.get("placeholder")) or "Choose some"
    rows = "".join(_group(group, "checkbox", element) for group in _offered(element, names))
    listed = _form(rows, "group", placeholder, element, block_id)
    return tag("details", tag("summary", escape(placeholder), class_="button") + listed, class_="many")


def _boxes(element: Mapping[str, Any], names: Names, block_id: str, *, kind: str, role: str) -> str:
    rows = "".join(_group(group, kind, element) for group in option_groups(element, names))
    return _form(rows, role, "Options", element, block_id)


def _form(rows: str, role: str, called: str, element: Mapping[str, Any], block_id: str) -> str:
    """A form of their own: radio buttons of one name in two messages would else be one group."""
    group = tag("div", rows, class_="choices", role=role, aria_label=_called(element, called))
    return tag("form", group, **_acts(element, block_id, kind="choosing"))


def _group(group: Group, kind: str, element: Mapping[str, Any]) -> str:
    chosen = _initially(element)
    head = boxed("group-label", escape(group.label), name="p")
    return head + "".join(_row(option, kind, is_chosen=option.value in chosen) for option in group.options)


def _row(option: Option, kind: str, *, is_chosen: bool) -> str:
    box = tag("input", type=kind, name="option", value=option.value, checked=is_chosen)
    words = tag("span", option.html + boxed("description", option.description, name="span"))
    return tag("label", box + words, class_="choice")


def _overflow(element: Mapping[str, Any], names: Names, block_id: str) -> str:
    """The three dots: a few buttons, and links, behind one."""
    acts = _acts(element, block_id, kind="menu-item")
    buttons = "".join(
        _item(option, acts) for group in option_groups(element, names) for option in group.options
    )
    dots = tag("summary", "⋯", class_="sign", aria_label="More")
    return tag("details", dots + boxed("popup", buttons), class_="overflow")


def _item(option: Option, acts: Mapping[str, str | None]) -> str:
    if is_safe_url(option.url):
        away = {"href": option.url, "target": "_blank", "rel": "noopener noreferrer nofollow"}
        return tag("a", option.html, data_value=option.value, **away, **acts)
    return tag("button", option.html, type="button", data_value=option.value, **acts)


def _offered(element: Mapping[str, Any], names: Names) -> list[Group]:
    """A menu of people or channels has no options of its own."""
    source = text_of(element.get("type")).removeprefix("multi_").removesuffix("_select")
    if source not in _WHO:
        # What only the app knows is asked of it as somebody types on Slack; here it shows what it was given.
        return option_groups(element, names) if source != "external" else [Group("", _given(element, names))]
    ids = sorted((name, key) for key, name in names.items() if key[:1] in _WHO[source])
    return [Group("", [Option(key, escape(name)) for name, key in ids if key])]


def _given(element: Mapping[str, Any], names: Names) -> list[Option]:
    initial = [map_of(element.get("initial_option")), *maps_of(element.get("initial_options"))]
    return [
        option
        for group in option_groups({"options": initial}, names)
        for option in group.options
        if option.value
    ]


def _initially(element: Mapping[str, Any]) -> frozenset[str]:
    """The values chosen before anybody has."""
    options = [map_of(element.get("initial_option")), *maps_of(element.get("initial_options"))]
    values = [option.get("value") for option in options]
    for source in ("user", "channel", "conversation"):
        values += [element.get(f"initial_{source}"), *list_of(element.get(f"initial_{source}s"))]
    return frozenset(text_of(value) for value in values) - {""}


def _called(element: Mapping[str, Any], otherwise: str) -> str:
    return words_of(element.get("accessibility_label")) or otherwise


def _acts(element: Mapping[str, Any], block_id: str, *, kind: str = "field") -> dict[str, str | None]:
    return {
        "class_": kind,
        "data_element": text_of(element.get("action_id")),
        "data_block": block_id,
        "data_kind": text_of(element.get("type")),
        "data_confirm": confirmation(element),
    }


CHOICES: dict[str, Callable[[Mapping[str, Any], Names, str], str]] = {
    "checkboxes": partial(_boxes, kind="checkbox", role="group"),
    "overflow": _overflow,
    "radio_buttons": partial(_boxes, kind="radio", role="radiogroup"),
    **{f"{source}_select": _menu for source in ("static", "external", *_WHO)},
    **{f"multi_{source}_select": _many for source in ("static", "external", *_WHO)},
}
