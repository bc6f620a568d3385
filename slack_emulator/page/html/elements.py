"""Block Kit's elements: what stands in a row, and what people press, choose and fill in.

Whatever acts carries its own `data-element` (action_id) and `data-block` (block_id); the page's acting.js reads them.
Fields are the browser's own, so that keyboard, telephone and screen reader know them.
Source: docs.slack.dev, "Block elements".
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from slack_emulator.page.html.choices import CHOICES
from slack_emulator.page.html.composition_objects import confirmation, text_object_html, words_of
from slack_emulator.page.html.html_helpers import is_safe_url
from slack_emulator.page.html.images import picture_html
from slack_emulator.page.html.inputs import FIELDS
from slack_emulator.page.html.tags import tag
from slack_emulator.page.html.unchecked_json import list_of, map_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_emulator.page.html.html_helpers import Names

STYLES = frozenset({"primary", "danger"})


def element_html(element: Mapping[str, Any], names: Names, block_id: str = "") -> str:
    """One element of a row; "" if it is empty or of no known kind."""
    kind = text_of(element.get("type"))
    if kind in _DRAWN:
        return _DRAWN[kind](element, names, block_id)
    if kind in FIELDS:
        return FIELDS[kind](element, block_id)
    return CHOICES[kind](element, names, block_id) if kind in CHOICES else ""


def _text(element: Mapping[str, Any], names: Names, _block_id: str) -> str:
    return text_object_html(element, names)


def _picture(element: Mapping[str, Any], _names: Names, _block_id: str) -> str:
    return picture_html(element)


def _button(button: Mapping[str, Any], names: Names, block_id: str) -> str:
    """A button with an address is a link that tells the app, too."""
    style, url = text_of(button.get("style")), text_of(button.get("url"))
    acts: dict[str, str | None] = {
        "class_": f"button {style}" if style in STYLES else "button",
        "aria_label": words_of(button.get("accessibility_label")) or None,
        "data_element": text_of(button.get("action_id")),
        "data_block": block_id,
        "data_confirm": confirmation(button),
    }
    label = text_object_html(map_of(button.get("text")), names)
    if is_safe_url(url):
        return tag("a", label, href=url, target="_blank", rel="noopener noreferrer nofollow", **acts)
    return tag("button", label, type="button", **acts)


def _feedback(element: Mapping[str, Any], _names: Names, block_id: str) -> str:
    """Thumbs up and thumbs down; which of the two was pressed is the action's value."""
    return "".join(_thumb(element, way, block_id) for way in ("positive", "negative"))


def _thumb(element: Mapping[str, Any], way: str, block_id: str) -> str:
    half = map_of(element.get(f"{way}_button"))
    if not half:
        return ""
    said = words_of(half.get("text"))
    return tag(
        "button",
        class_=f"sign thumb-{way}",
        type="button",
        title=said or None,
        aria_label=words_of(half.get("accessibility_label")) or said or way,
        aria_pressed="false",
        data_element=text_of(element.get("action_id")),
        data_block=block_id,
        data_value=text_of(half.get("value")),
    )


def _icon_button(button: Mapping[str, Any], _names: Names, block_id: str) -> str:
    """`data-only` names the people it is for, where it is not for everybody."""
    icon, said = text_of(button.get("icon")), words_of(button.get("text"))
    only = " ".join(text_of(user) for user in list_of(button.get("visible_to_user_ids")))
    return tag(
        "button",
        "" if icon == "trash" else escape(said),
        class_="sign icon-trash" if icon == "trash" else "button small",
        type="button",
        title=said or None,
        aria_label=words_of(button.get("accessibility_label")) or said or icon,
        data_element=text_of(button.get("action_id")),
        data_block=block_id,
        data_confirm=confirmation(button),
        data_only=only or None,
    )


_DRAWN: dict[str, Callable[[Mapping[str, Any], Names, str], str]] = {
    "button": _button,
    "feedback_buttons": _feedback,
    "icon_button": _icon_button,
    "image": _picture,
    "mrkdwn": _text,
    "plain_text": _text,
    "workflow_button": _button,
}
