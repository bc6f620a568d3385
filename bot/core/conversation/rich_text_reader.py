"""A `rich_text` block in words: what Slack makes of all that people type, and of much that apps say.

It is written as mrkdwn first, with everything escaped, and read like any other text of Slack's, so that a mention or a link
reads alike wherever it stands. Source: docs.slack.dev, "Rich text block".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.conversation.json_payload import as_payload, as_payloads, as_text
from bot.core.conversation.slack_text import date_text, escape_text, plain_text

if TYPE_CHECKING:
    from bot.core.conversation.json_payload import Payload

DEEPEST_INDENT = 8  # of a list: what Slack allows


@dataclass(frozen=True, slots=True)
class Notation:
    """The signs that stand for a style."""

    signs: tuple[tuple[str, str], ...]  # by the style's name, the innermost first
    bullet: str
    label_first: bool  # a link is `[label](address)`


SLACK = Notation((("code", "`"), ("strike", "~"), ("italic", "_"), ("bold", "*")), "•", label_first=False)
"""As people type in Slack, and as it says the same words in a message's `text`."""
MARKDOWN = Notation((("code", "`"), ("strike", "~~"), ("italic", "*"), ("bold", "**")), "-", label_first=True)
"""As models write."""


def rich_text_words(block: Payload, *, bot_user: str = "", notation: Notation = SLACK) -> str:
    """The words of the block, line by line; "" where it has none. Our own mention is left out."""
    lines = [_element(element, notation) for element in as_payloads(block.get("elements"))]
    return plain_text("\n".join(lines), bot_user=bot_user)


def _element(element: Payload, notation: Notation) -> str:
    kind = element.get("type")
    if kind == "rich_text_list":
        return _list(element, notation)
    if kind == "rich_text_preformatted":
        code = "".join(escape_text(_bare(leaf)) for leaf in as_payloads(element.get("elements")))
        code = code.removesuffix("\n")
        return f"```{escape_text(as_text(element.get('language')))}\n{code}\n```" if code else ""
    words = _leaves(element, notation).removesuffix("\n")
    if kind == "rich_text_quote":
        return "\n".join(f"&gt; {line}" for line in words.split("\n"))
    return words


def _list(element: Payload, notation: Notation) -> str:
    indent = "    " * _number(element.get("indent"), DEEPEST_INDENT)
    first = 1 + _number(element.get("offset"), 999_999)
    ordered = element.get("style") == "ordered"
    items = as_payloads(element.get("elements"))
    return "\n".join(
        f"{indent}{f'{number}.' if ordered else notation.bullet} {_leaves(item, notation)}"
        for number, item in enumerate(items, first)
    )


def _number(value: object, most: int) -> int:
    return max(0, min(value, most)) if isinstance(value, int) else 0


def _leaves(element: Payload, notation: Notation) -> str:
    return "".join(
        _styled(_leaf(leaf, notation), as_payload(leaf.get("style")), notation)
        for leaf in as_payloads(element.get("elements"))
    )


def _styled(words: str, style: Payload, notation: Notation) -> str:
    """`words` between the signs of their styles, which stand at letters and not at white space."""
    bare = words.strip()
    if not bare:
        return words
    before, _, after = words.partition(bare)
    for name, sign in notation.signs:
        if style.get(name) is True:
            bare = f"{sign}{bare}{sign}"
    return before + bare + after


def _leaf(leaf: Payload, notation: Notation) -> str:
    """A leaf as mrkdwn."""
    match leaf.get("type"):
        case "user":
            return f"<@{_token(leaf.get('user_id'))}>"
        case "channel":
            return f"<#{_token(leaf.get('channel_id'))}>"
        case "usergroup":
            return f"<!subteam^{_token(leaf.get('usergroup_id'))}>"
        case "broadcast":
            return f"<!{_token(leaf.get('range'))}>"
        case "date":
            return escape_text(as_text(leaf.get("fallback")) or date_text(as_text(leaf.get("timestamp"))))
        case "link":
            return _link(leaf, notation)
        case "emoji":
            return _emoji(leaf)
        case _:
            return escape_text(_bare(leaf))


def _bare(leaf: Payload) -> str:
    """Returns what a leaf says without any markup: text, or a colour, a team, an address."""
    return next(filter(None, (as_text(leaf.get(name)) for name in ("text", "value", "team_id", "url"))), "")


def _token(value: object) -> str:
    """A piece of a token between `<` and `>`, which no sign of its own may end."""
    return escape_text(as_text(value)).replace("|", "%7C")


def _link(leaf: Payload, notation: Notation) -> str:
    url, label = as_text(leaf.get("url")), as_text(leaf.get("text"))
    if notation.label_first and label and label != url:
        return escape_text(f"[{label}]({url})")
    return f"<{_token(url)}|{escape_text(label)}>" if ":" in url else escape_text(label or url)


def _emoji(leaf: Payload) -> str:
    """The signs themselves where Slack tells them, in hexadecimal with a hyphen between two; else the emoji's name."""
    try:
        return "".join(chr(int(code, 16)) for code in as_text(leaf.get("unicode")).split("-"))
    except (ValueError, OverflowError):
        return f":{escape_text(as_text(leaf.get('name')))}:"
