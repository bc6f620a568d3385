"""A model's Markdown as markdown-it tokens, by the one parser that everything here agrees on.

CommonMark with tables, strike-through and task lists, and what models write besides: formulas, bare addresses, `<br>`, and
emphasis that touches Chinese, Japanese or Korean. Raw HTML is text. What differs from CommonMark is in `rules`, `marks` and
`formulas`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

from bot.core.markdown import formulas, marks, rules

if TYPE_CHECKING:
    from markdown_it.token import Token

Environment = dict[str, Any]
"""markdown-it's: what a text defines for the rest of it, its `references`."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def parse(text: str, environment: Environment | None = None) -> list[Token]:
    """The blocks of `text`; those that hold words have them, parsed, as `children`. Any text is Markdown: it never fails.

    A block's `map` is the lines it stands on, the first and the one after the last.
    """
    return _MARKDOWN.parse(clean(text), {} if environment is None else environment)


def parse_blocks(text: str, environment: Environment | None = None) -> list[Token]:
    """As `parse`, without looking into the words: much the cheaper, where only the blocks matter."""
    tokens: list[Token] = []
    _MARKDOWN.block.parse(clean(text), _MARKDOWN, {} if environment is None else environment, tokens)
    return tokens


def clean(text: str) -> str:
    """One kind of line end, and only characters that can be sent: half a surrogate pair has no UTF-8."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    return _SURROGATE.sub("\ufffd", text)


def build_parser() -> MarkdownIt:
    """A parser with all our rules."""
    # Beyond `maxNesting` markdown-it drops text, so `rules.shallow` stops lists and quotes before.
    markdown = MarkdownIt("commonmark", {"html": False, "tasklists": True, "maxNesting": 2 * rules.DEEPEST})
    markdown.enable(["table", "strikethrough"])
    marks.install(markdown)
    formulas.install(markdown)
    rules.install(markdown)
    return markdown


_MARKDOWN = build_parser()
