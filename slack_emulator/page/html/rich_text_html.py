"""A `rich_text` block as safe HTML: what Slack makes of a person's message, and the one kind of block in which text is only text.

A nested list is a sibling with an `indent`, not a child, as Slack sends it.
Source: docs.slack.dev, "Rich text block".
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from slack_emulator.page.html.emoji import EMOJI
from slack_emulator.page.html.html_helpers import (
    broadcast_html,
    channel_html,
    link_html,
    mention_html,
    text_html,
)
from slack_emulator.page.html.markdown_html import code_html
from slack_emulator.page.html.unchecked_json import int_of, map_of, maps_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_emulator.page.html.html_helpers import Names

_STYLES = {"code": "code", "strike": "s", "italic": "em", "bold": "strong"}
"""Innermost first."""


def rich_text_html(block: Mapping[str, Any], names: Names) -> str:
    """The whole block as HTML."""
    return "".join(_part_html(part, names) for part in maps_of(block.get("elements")))


def _part_html(part: Mapping[str, Any], names: Names) -> str:
    kind = part.get("type")
    if kind == "rich_text_list":
        return _list_html(part, names)
    if kind == "rich_text_preformatted":
        code = "".join(text_of(leaf.get("text") or leaf.get("url")) for leaf in maps_of(part.get("elements")))
        return code_html(escape(code), text_of(part.get("language")))
    inner = _leaves_html(part, names)
    return f"<blockquote>{inner}</blockquote>" if kind == "rich_text_quote" else f"<p>{inner}</p>"


def _list_html(part: Mapping[str, Any], names: Names) -> str:
    items = "".join(f"<li>{_leaves_html(item, names)}</li>" for item in maps_of(part.get("elements")))
    indent = f'class="indent-{int_of(part.get("indent"), highest=8)}"'  # Slack allows 8 levels.
    if part.get("style") != "ordered":
        return f"<ul {indent}>{items}</ul>"
    return f'<ol {indent} start="{1 + int_of(part.get("offset"), highest=999_999)}">{items}</ol>'


def _leaves_html(part: Mapping[str, Any], names: Names) -> str:
    return "".join(
        _styled(_leaf_html(leaf, names), map_of(leaf.get("style"))) for leaf in maps_of(part.get("elements"))
    )


def _styled(html: str, style: Mapping[str, Any]) -> str:
    for name, tag in _STYLES.items():
        if style.get(name) is True:
            html = f"<{tag}>{html}</{tag}>"
    return html


def _leaf_html(leaf: Mapping[str, Any], names: Names) -> str:
    kind = text_of(leaf.get("type"))
    if kind == "link":
        url = text_of(leaf.get("url"))
        return link_html(url, text_html(text_of(leaf.get("text")) or url))
    if kind == "emoji":
        name = text_of(leaf.get("name"))
        return EMOJI.get(name) or escape(f":{name}:")
    return _named_html(kind, leaf, names) or text_html(text_of(leaf.get("text")))


def _named_html(kind: str, leaf: Mapping[str, Any], names: Names) -> str:
    """The leaves that stand for somebody or some place; "" for any other."""
    if kind == "user":
        return mention_html(text_of(leaf.get("user_id")), names)
    if kind == "channel":
        return channel_html(text_of(leaf.get("channel_id")), names)
    if kind in {"broadcast", "usergroup"}:
        return broadcast_html(text_of(leaf.get("range")) or text_of(leaf.get("usergroup_id")))
    return escape(text_of(leaf.get("fallback") or leaf.get("value")))  # A date, a colour.
