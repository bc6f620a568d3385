"""`alert` and `card` blocks: words set apart from the rest. Source: docs.slack.dev, "Card block"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_emulator.page.html.composition_objects import text_html_of
from slack_emulator.page.html.elements import element_html
from slack_emulator.page.html.images import picture_html
from slack_emulator.page.html.tags import boxed, tag
from slack_emulator.page.html.unchecked_json import map_of, maps_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_emulator.page.html.html_helpers import Names

LEVELS = frozenset({"info", "warning", "error", "success"})


def alert_html(block: Mapping[str, Any], names: Names) -> str:
    """One line that should not be missed."""
    level = text_of(block.get("level"))
    css = f"alert {level}" if level in LEVELS else "alert"
    words = text_html_of(block.get("text"), names)
    return tag("div", words, class_=css, role="note") if words else ""


def card_html(block: Mapping[str, Any], names: Names) -> str:
    """An image, a title, a few words and buttons, in a frame."""
    block_id = text_of(block.get("block_id"))
    words = boxed("card-title", text_html_of(block.get("title"), names))
    words += boxed("note", text_html_of(block.get("subtitle"), names))
    words += boxed("card-body", text_html_of(block.get("body"), names))
    actions = "".join(element_html(element, names, block_id) for element in maps_of(block.get("actions")))
    return boxed(
        "card",
        picture_html(map_of(block.get("hero_image")), "hero")
        + boxed("card-words", picture_html(map_of(block.get("icon")), "small-picture") + words)
        + boxed("actions", actions),
    )
