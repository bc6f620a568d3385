"""Block Kit's composition objects, which blocks and elements are made of: text, options, and the question before an action.

Source: docs.slack.dev, "Composition objects".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from slack_emulator.page.html.html_helpers import text_html, unescaped
from slack_emulator.page.html.mrkdwn_html import inline_html
from slack_emulator.page.html.unchecked_json import map_of, maps_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slack_emulator.page.html.html_helpers import Names


class Option(NamedTuple):
    """One thing to choose: what is sent, what is read, the smaller words below it, and in three dots where it leads."""

    value: str
    html: str
    description: str = ""
    url: str = ""


class Group(NamedTuple):
    """Options under a common name; "" where they have none."""

    label: str
    options: Sequence[Option]


def text_object_html(text: Mapping[str, Any], names: Names) -> str:
    """Slack's `{"type": "mrkdwn" | "plain_text", "text": …}` in one run."""
    words = text_of(text.get("text"))
    if text.get("type") == "mrkdwn":
        return "<br>".join(inline_html(line, names) for line in words.split("\n")) if words else ""
    return text_html(unescaped(words))


def words_of(value: Any) -> str:
    """Returns what a text object says, or a bare string in its place, as plain words for an attribute."""
    return unescaped(text_of(value) or text_of(map_of(value).get("text")))


def text_html_of(value: Any, names: Names) -> str:
    """The same as HTML: newer blocks take a bare string where a text object may stand."""
    return text_html(text_of(value)) or text_object_html(map_of(value), names)


def option_groups(element: Mapping[str, Any], names: Names) -> list[Group]:
    """Returns what an element offers to choose from, in its groups."""
    groups = [
        Group(words_of(group.get("label")), _options(group, names))
        for group in maps_of(element.get("option_groups"))
    ]
    return groups or [Group("", _options(element, names))]


def _options(source: Mapping[str, Any], names: Names) -> list[Option]:
    return [
        Option(
            text_of(option.get("value")),
            text_object_html(map_of(option.get("text")), names),
            text_object_html(map_of(option.get("description")), names),
            text_of(option.get("url")),
        )
        for option in maps_of(source.get("options"))
    ]


def confirmation(element: Mapping[str, Any]) -> str | None:
    """The question to ask before the action is sent, as JSON for the page; None where there is none."""
    confirm = map_of(element.get("confirm"))
    if not confirm:
        return None
    asked = {name: words_of(confirm.get(name)) for name in ("title", "text", "confirm", "deny")}
    return json.dumps(asked | {"style": text_of(confirm.get("style"))}, sort_keys=True)
