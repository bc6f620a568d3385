"""The small pieces of HTML that every way of writing a message shares: safe text, safe links, and chips for Slack's tokens.

A token is what stands in angle brackets in a message: `<@U012>`, `<#C012|general>`, `<!channel>`. Slack turns it into a mention that
pings, so the page shows it as a chip: a bot that lets a model's words through unescaped is seen to ping.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from slack_emulator.page.html.emoji import with_emoji

if TYPE_CHECKING:
    from collections.abc import Callable

Names = Mapping[str, str]
"""Names the people and channels of a message, by their id."""

TOKEN = re.compile(
    r"<(?:(?P<kind>[@#])(?P<id>[A-Z][A-Z0-9]{0,30})"
    r"|!(?P<broadcast>here|channel|everyone)"
    r"|!subteam\^(?P<group>S[A-Z0-9]{0,30})"
    r"|!date\^[^<>|]{0,200})"
    r"(?:\|(?P<label>[^<>]{0,200}))?>"
)
"""Matches what pings or names somebody; links have a pattern of their own."""

_BARE_URL = re.compile(r"https?://[^\s<>|\"]{1,2000}")
_SAFE_URL = re.compile(r"(?:https?://|mailto:)\S", re.IGNORECASE)


def text_html(text: str) -> str:
    """Plain words: escaped, shortcodes drawn, line ends kept."""
    return with_emoji(escape(text)).replace("\n", "<br>")


def unescaped(text: str) -> str:
    """Slack's three entities read back; it knows no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def is_safe_url(url: str) -> bool:
    """Only the web and mail: a `javascript:` or `data:` address never becomes a link."""
    return _SAFE_URL.match(url) is not None


def link_open(url: str, *, kind: str = "") -> str:
    """The opening tag of a link that tells the other side nothing about us. `kind` is a class of ours."""
    css = f' class="{kind}"' if kind else ""
    return f'<a{css} href="{escape(url)}" target="_blank" rel="noopener noreferrer nofollow">'


def link_html(url: str, label_html: str, *, kind: str = "") -> str:
    """A link, or only its label where the address is not safe to follow."""
    return f"{link_open(url, kind=kind)}{label_html}</a>" if is_safe_url(url) else label_html


def mention_html(user_id: str, names: Names) -> str:
    return f'<span class="chip mention" data-user="{escape(user_id)}">@{escape(names.get(user_id) or user_id)}</span>'


def channel_html(channel_id: str, names: Names, label: str = "") -> str:
    return f'<span class="chip channel">#{escape(names.get(channel_id) or label or channel_id)}</span>'


def broadcast_html(audience: str) -> str:
    return f'<span class="chip broadcast">@{escape(audience)}</span>'


def token_html(token: re.Match[str], names: Names) -> str:
    """One match of `TOKEN` as its chip; a date shows its fallback words."""
    label = token["label"] or ""
    if token["kind"] == "@":
        return mention_html(token["id"], names)
    if token["kind"] == "#":
        return channel_html(token["id"], names, label)
    if token["broadcast"]:
        return broadcast_html(token["broadcast"])
    if token["group"]:
        return broadcast_html(label.removeprefix("@") or token["group"])
    return text_html(label)


def bare_url(text: str, start: int) -> str:
    """The web address that begins at `start`, "" if none does. Slack makes links of those, too."""
    found = _BARE_URL.match(text, start)
    return _without_full_stop(found[0]) if found else ""


def _without_full_stop(url: str) -> str:
    """A sentence's own punctuation after an address is no part of it; a bracket is, if it was opened inside."""
    kept = url.rstrip(".,;:!?'*_~")
    return kept[:-1] if kept.endswith(")") and kept.count("(") < kept.count(")") else kept


def with_tokens(text: str, names: Names, plain: Callable[[str], str]) -> str:
    """The text as HTML: tokens as chips, and what lies between them by `plain`."""
    html: list[str] = []
    position = 0
    for token in TOKEN.finditer(text):
        html += [plain(text[position : token.start()]), token_html(token, names)]
        position = token.end()
    return "".join([*html, plain(text[position:])])
