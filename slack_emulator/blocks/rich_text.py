"""The rich_text blocks Slack makes of a message that came as plain text.

Only what people's messages hold: mentions, links, inline styles, fenced code and quotes. Styles do not nest.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from slack_emulator.blocks.typed_text import unescape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from slack_emulator.json_values import Json

_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_QUOTE = re.compile(r"((?:^&gt; ?.*(?:\n|$))+)", re.MULTILINE)
_INLINE = re.compile(
    r"<@(?P<user>[UW]\w+)(?:\|[^>]*)?>"
    r"|<#(?P<channel>[CDG]\w+)(?:\|[^>]*)?>"
    r"|<!(?P<range>here|channel|everyone)(?:\|[^>]*)?>"
    r"|<(?P<url>(?:https?|mailto):[^|>]+)(?:\|(?P<label>[^>]*))?>"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?<!\w)\*(?P<bold>\S(?:[^*\n]*\S)?)\*(?!\w)"
    r"|(?<!\w)_(?P<italic>\S(?:[^_\n]*\S)?)_(?!\w)"
    r"|(?<!\w)~(?P<strike>\S(?:[^~\n]*\S)?)~(?!\w)"
)


def rich_text(text: str) -> list[Json]:
    """`text` in Slack's mrkdwn -> one rich_text block; none for an empty text."""
    elements = [element for part in _parts(text, _FENCE, _preformatted, _quoted) for element in part]
    if not elements:
        return []
    block_id = hashlib.blake2s(text.encode("utf-8", "surrogatepass"), digest_size=3).hexdigest()
    return [{"type": "rich_text", "block_id": block_id, "elements": elements}]


def _parts(
    text: str,
    pattern: re.Pattern[str],
    inside: Callable[[str], list[Json]],
    outside: Callable[[str], list[Json]],
) -> Iterator[list[Json]]:
    """What the pattern's group holds goes through `inside`, the text between through `outside`."""
    end = 0
    for match in pattern.finditer(text):
        if between := text[end : match.start()]:
            yield outside(between)
        yield inside(match[1])
        end = match.end()
    if rest := text[end:]:
        yield outside(rest)


def _preformatted(text: str) -> list[Json]:
    return [{"type": "rich_text_preformatted", "border": 0, "elements": [_text(text)]}]


def _quoted(text: str) -> list[Json]:
    return [element for part in _parts(text, _QUOTE, _quote, _section) for element in part]


def _quote(text: str) -> list[Json]:
    lines = [re.sub(r"^&gt; ?", "", line) for line in text.rstrip("\n").split("\n")]
    return [{"type": "rich_text_quote", "elements": list(_inline("\n".join(lines)))}]


def _section(text: str) -> list[Json]:
    return [{"type": "rich_text_section", "elements": list(_inline(text))}]


def _inline(text: str) -> Iterator[Json]:
    end = 0
    for match in _INLINE.finditer(text):
        if between := text[end : match.start()]:
            yield _text(between)
        yield _token(match)
        end = match.end()
    if rest := text[end:]:
        yield _text(rest)


def _token(match: re.Match[str]) -> Json:
    kind = match.lastgroup or ""
    value = match[kind]
    match kind:
        case "user":
            return {"type": "user", "user_id": value}
        case "channel":
            return {"type": "channel", "channel_id": value}
        case "range":
            return {"type": "broadcast", "range": value}
        case "url":
            return {"type": "link", "url": unescape(value)}
        case "label":
            return {"type": "link", "url": unescape(match["url"]), "text": unescape(value)}
        case _:
            return _text(value, {kind: True})


def _text(text: str, style: dict[str, bool] | None = None) -> Json:
    element: dict[str, Any] = {"type": "text", "text": unescape(text)}
    return element | ({"style": style} if style else {})
