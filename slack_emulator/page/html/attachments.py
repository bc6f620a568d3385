"""Attachments, the older way to say more than words: a bar of colour with text, fields and blocks beside it.

Source: docs.slack.dev, "Reference: secondary message attachments".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_emulator.page.html.html_helpers import link_html, text_html
from slack_emulator.page.html.images import picture_html
from slack_emulator.page.html.layout_blocks import blocks_html
from slack_emulator.page.html.mrkdwn_html import mrkdwn_html
from slack_emulator.page.html.tags import boxed, tag
from slack_emulator.page.html.unchecked_json import maps_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from slack_emulator.page.html.html_helpers import Names

COLOURS = frozenset({"good", "warning", "danger"})
"""Slack's own names; a colour of the app's choice is drawn as a plain bar, since the page's policy allows no style in HTML."""


def attachments_html(attachments: Iterable[Mapping[str, Any]], names: Names) -> str:
    """All of a message's attachments, in order."""
    return "".join(_attachment(attachment, names) for attachment in attachments)


def _attachment(attachment: Mapping[str, Any], names: Names) -> str:
    colour = text_of(attachment.get("color"))
    inner = blocks_html(maps_of(attachment.get("blocks")), names) or _legacy(attachment, names)
    before = boxed("mrkdwn", mrkdwn_html(text_of(attachment.get("pretext")), names))
    return before + boxed(f"attachment {colour}" if colour in COLOURS else "attachment", inner)


def _legacy(attachment: Mapping[str, Any], names: Names) -> str:
    url, title = text_of(attachment.get("title_link")), text_html(text_of(attachment.get("title")))
    fields = "".join(_field(field, names) for field in maps_of(attachment.get("fields")))
    drawn = (
        boxed("note", text_html(text_of(attachment.get("author_name")))),
        boxed("card-title", link_html(url, title)),
        boxed("mrkdwn", mrkdwn_html(text_of(attachment.get("text")), names)),
        boxed("fields", fields, name="ul"),
        picture_html({"image_url": attachment.get("image_url"), "alt_text": attachment.get("title")}),
        boxed("note", text_html(text_of(attachment.get("footer")))),
    )
    return "".join(drawn) or text_html(text_of(attachment.get("fallback")))


def _field(field: Mapping[str, Any], names: Names) -> str:
    title = text_html(text_of(field.get("title")))
    return tag("li", tag("strong", title) + "<br>" + mrkdwn_html(text_of(field.get("value")), names))
