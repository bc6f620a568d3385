"""A model's Markdown as markdown-it tokens, by the one parser that everything here agrees on.

CommonMark with tables, strike-through and task lists, and what models write besides: formulas, bare addresses, `<br>`, and
emphasis that touches Chinese, Japanese or Korean. Raw HTML is text. What differs from CommonMark is in `syntax_rules`,
`emphasis` and `formulas`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from markdown_it.rules_core import StateCore, inline, text_join

from bot.core.markdown.parse import emphasis as marks
from bot.core.markdown.parse import formulas, loose_rows
from bot.core.markdown.parse import literal_guard as guard
from bot.core.markdown.parse import syntax_rules as rules
from bot.core.markdown.parse.metered_parser import MOST_BLOCKS, MOST_WORDS, Metered, plain_words
from bot.core.markdown.parse.work_meter import TooCostly

if TYPE_CHECKING:
    from markdown_it.token import Token

Environment = dict[str, Any]
"""markdown-it's: what a text defines for the rest of it, its `references`. Ours is `plainly`: the first line of each block
whose words are shown as they are written, because they cost too much now or when there were fewer of them."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")
# What a terminal is told: to colour text, to name its window, to go somewhere.
_TERMINAL = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*(?:[@-~]|\Z)|\][^\x07\x1b\n]{0,500}(?:\x07|\x1b\\|\Z)|[ -/]*[0-Z^-~]?)"
)
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
UNFINISHED = re.compile(r"(?:\r|\x1b(?:\[[0-?]{0,50}[ -/]{0,9}|\][^\x07\x1b\n]{0,500}\x1b?|[ -/]{0,9})?)\Z")
"""The end of a text that, with what comes next, is one line end, or nothing that is shown."""


def parse(text: str, environment: Environment | None = None) -> list[Token]:
    """The blocks of `text`; those that hold words have them, parsed, as `children`. Any text is Markdown: it never fails.

    A block's `map` is the lines it stands on, the first and the one after the last.
    """
    return parse_by(_MARKDOWN, text, {} if environment is None else environment)


def parse_by(markdown: Metered, text: str, environment: Environment) -> list[Token]:
    """As `parse`, by a parser of one's own. Blocks and words that it would take too long to read have no markup."""
    tokens: list[Token] = []
    markdown.block.parse(clean(text), markdown, environment, tokens)
    for token in tokens:
        if token.type == "inline":
            _read_words(markdown, token, environment)
    return tokens


def parse_blocks(text: str, environment: Environment | None = None) -> list[Token]:
    """As `parse`, without looking into the words: much the cheaper, where only the blocks matter."""
    tokens: list[Token] = []
    _MARKDOWN.block.parse(clean(text), _MARKDOWN, {} if environment is None else environment, tokens)
    return tokens


def _read_words(markdown: Metered, token: Token, environment: Environment) -> None:
    state, line = StateCore("", markdown, environment, [token]), (token.map or [0])[0]
    plainly: set[int] = environment.setdefault("plainly", set())
    if token.meta.get("plain") or line in plainly:
        token.children = plain_words(token.content)
        return
    try:
        inline(state)
        text_join(state)
    except TooCostly:
        plainly.add(line)
        token.children = plain_words(token.content)


def clean(text: str) -> str:
    """One kind of line end, and only characters that can be sent and seen: half a surrogate pair has no UTF-8."""
    text = _CONTROL.sub("", _TERMINAL.sub("", text)) if _CONTROL.search(text) else text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    return _SURROGATE.sub("\ufffd", text)


def build_parser(*, blocks: float = MOST_BLOCKS, words: float = MOST_WORDS) -> Metered:
    """A parser with all our rules. A text's `blocks`, and the `words` of each, may cost so many steps."""
    # Beyond `maxNesting` markdown-it drops text, so `syntax_rules` stops lists and quotes before.
    options = {"html": False, "tasklists": True, "maxNesting": 2 * rules.DEEPEST}
    markdown = Metered(options, blocks=blocks, words=words)
    markdown.enable(["table", "strikethrough"])
    marks.install(markdown)
    formulas.install(markdown)
    rules.install(markdown)
    guard.install(markdown)
    loose_rows.install(markdown)
    return markdown


_MARKDOWN = build_parser()
