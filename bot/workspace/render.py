"""A Slack message as the HTML the local Slack's page shows: what Slack would draw, never more than that.

    blocks ──┬─ markdown ──► drawing/markdown      section, context, header, image, actions ──► here
             └─ rich_text ─► drawing/rich_text
    text ────► drawing/mrkdwn        (only where no block can be drawn, as in Slack)

The result holds a few known tags and attributes and nothing of the message unescaped. Links open elsewhere and say nothing
of us; no image is fetched. Any message can be drawn, however malformed.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from bot.workspace.drawing.chips import link_html, text_html, unescaped
from bot.workspace.drawing.markdown import markdown_html
from bot.workspace.drawing.mrkdwn import inline_html, mrkdwn_html
from bot.workspace.drawing.payload import map_of, maps_of, text_of
from bot.workspace.drawing.rich_text import rich_text_html

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.workspace.drawing.chips import Names

_SILENT = {"<hr>"}
"""What has no words: alone it is no message."""


def message_html(message: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The message's body as safe HTML. `names` holds what to call people and channels, by their id."""
    names = {text_of(key): text_of(name) for key, name in names.items()}
    blocks = maps_of(message.get("blocks"))
    drawn = [block_html(block, names) for block in blocks]
    if any(html and html not in _SILENT for html in drawn):
        return "".join(drawn)
    return _boxed("mrkdwn", mrkdwn_html(text_of(message.get("text")), names))


def block_html(block: Mapping[str, Any], names: Names) -> str:
    """One block; "" if it is empty."""
    kind = text_of(block.get("type"))
    if kind == "markdown":
        return _boxed("markdown", markdown_html(text_of(block.get("text")), names))
    if kind == "rich_text":
        return _boxed("rich-text", rich_text_html(block, names))
    if kind in _LAYOUTS:
        return _LAYOUTS[kind](block, names)
    return f'<p class="unknown-block">A block of type “{escape(kind)}”, which this page cannot draw.</p>'


def _section(block: Mapping[str, Any], names: Names) -> str:
    fields = "".join(f"<li>{_text_object(field, names)}</li>" for field in maps_of(block.get("fields")))
    return (
        _boxed("section", _text_object(map_of(block.get("text")), names))
        + (f'<ul class="fields">{fields}</ul>' if fields else "")
        + _boxed("actions", _element(map_of(block.get("accessory")), names))
    )


def _header(block: Mapping[str, Any], names: Names) -> str:
    text = _text_object(map_of(block.get("text")), names)
    return f"<h3>{text}</h3>" if text else ""


def _divider(_block: Mapping[str, Any], _names: Names) -> str:
    return "<hr>"


def _context(block: Mapping[str, Any], names: Names) -> str:
    elements = [_element(element, names) for element in maps_of(block.get("elements"))]
    return _boxed("context", " ".join(f"<span>{html}</span>" for html in elements if html))


def _actions(block: Mapping[str, Any], names: Names) -> str:
    return _boxed("actions", "".join(_element(element, names) for element in maps_of(block.get("elements"))))


def _image(block: Mapping[str, Any], _names: Names) -> str:
    return _boxed("section", _image_link(block))


def _image_link(image: Mapping[str, Any]) -> str:
    url = text_of(image.get("image_url"))
    title = text_of(map_of(image.get("title")).get("text")) or text_of(image.get("alt_text")) or url
    return link_html(url, text_html(title), kind="image")


def _element(element: Mapping[str, Any], names: Names) -> str:
    """What may stand in a row: a button, an image, or text."""
    kind = element.get("type")
    if kind == "button":
        return _button(element, names)
    return _image_link(element) if kind == "image" else _text_object(element, names)


def _button(button: Mapping[str, Any], names: Names) -> str:
    label = _text_object(map_of(button.get("text")), names)
    style = text_of(button.get("style"))
    css = f"button {style}" if style in {"primary", "danger"} else "button"
    url = text_of(button.get("url"))
    if url:
        return link_html(url, label, kind=css)
    return f'<button class="{css}" type="button" disabled>{label}</button>'


def _text_object(text: Mapping[str, Any], names: Names) -> str:
    """Slack's `{"type": "mrkdwn" | "plain_text", "text": …}` in one run."""
    words = text_of(text.get("text"))
    if text.get("type") == "mrkdwn":
        return "<br>".join(inline_html(line, names) for line in words.split("\n")) if words else ""
    return text_html(unescaped(words))


def _boxed(kind: str, html: str) -> str:
    return f'<div class="{kind}">{html}</div>' if html else ""


_LAYOUTS = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "context": _context,
    "actions": _actions,
    "context_actions": _actions,
    "image": _image,
}
