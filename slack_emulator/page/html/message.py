"""A Slack message as the HTML the local Slack's page shows: what Slack would draw, never more than that.

    blocks ──► drawing/layouts ──┬─ markdown, rich_text, tables, tasks, cards, pictures
                                 └─ elements ── choices, fields         (what people press and fill in)
    attachments ──► drawing/attachments
    text ─────────► drawing/mrkdwn        (only where no block can be drawn, as in Slack)

The result holds a few known tags and attributes and nothing of the message unescaped. Links open elsewhere and say nothing
of us; only an image that this computer serves is fetched. Any message can be drawn, however malformed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_emulator.page.html.attachments import attachments_html
from slack_emulator.page.html.layout_blocks import block_html, blocks_html
from slack_emulator.page.html.mrkdwn_html import mrkdwn_html
from slack_emulator.page.html.tags import boxed
from slack_emulator.page.html.unchecked_json import maps_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_emulator.page.html.html_helpers import Names

_SILENT = {"<hr>"}
"""Matches what has no words: alone it is no message."""


def message_html(message: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The message's body as safe HTML. `names` holds what to call people and channels, by their id."""
    names = _safe(names)
    return _said(message, names) + attachments_html(maps_of(message.get("attachments")), names)


def view_html(view: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Returns what a modal or an app's home shows, without its title and buttons."""
    return blocks_html(maps_of(view.get("blocks")), _safe(names))


def _said(message: Mapping[str, Any], names: Names) -> str:
    drawn = [block_html(block, names) for block in maps_of(message.get("blocks"))]
    if any(html and html not in _SILENT for html in drawn):
        return "".join(drawn)
    return boxed("mrkdwn", mrkdwn_html(text_of(message.get("text")), names))


def _safe(names: Mapping[str, str]) -> Names:
    return {text_of(key): text_of(name) for key, name in names.items()}
