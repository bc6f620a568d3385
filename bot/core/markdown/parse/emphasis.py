"""`*`, `_` and `~~`, read so that they also work beside Chinese, Japanese and Korean.

CommonMark decides by the characters around a mark whether it may open or close, and counts on spaces between words: in
`**「重要」**な点` the second `**` would not close, as punctuation stands before it and a letter after. Scripts that write
no spaces get the exception that github.com/tats-u/markdown-cjk-friendly describes: their punctuation counts as letters,
and beside one of their characters a mark needs no space.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from unicodedata import east_asian_width

from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline.state_inline import Delimiter

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline


class Flanks(NamedTuple):
    """Holds what a run of marks may do, by the characters beside it."""

    opens: bool
    closes: bool


def install(markdown: MarkdownIt) -> None:
    """In place of markdown-it's own two rules; what pairs the marks up is still markdown-it's."""
    markdown.inline.ruler.at("strikethrough", _strike)
    markdown.inline.ruler.at("emphasis", _emphasis)


def flanks(before: str, after: str, *, marker: str, cjk: bool = True) -> Flanks:
    """Returns what a run of `marker` may do between the characters `before` and `after`; a text's edge is a space.

    Without `cjk`, by CommonMark's letter: as Slack reads it.
    """
    wide_before, wide_after = cjk and is_wide(before), cjk and is_wide(after)
    punctuation_before, punctuation_after = is_punctuation(before), is_punctuation(after)
    left = not is_space(after) and (
        not punctuation_after or wide_after or wide_before or is_space(before) or punctuation_before
    )
    right = not is_space(before) and (
        not punctuation_before or wide_before or wide_after or is_space(after) or punctuation_after
    )
    if marker != "_":
        return Flanks(left, right)
    return Flanks(left and (not right or punctuation_before), right and (not left or punctuation_after))


def is_space(char: str) -> bool:
    """Tells whether CommonMark calls it whitespace."""
    return isWhiteSpace(ord(char)) or char == "\n"


def is_punctuation(char: str) -> bool:
    """Tells whether CommonMark calls it punctuation: symbols and emoji are, too."""
    return isMdAsciiPunct(ord(char)) or isPunctChar(char)


def is_wide(char: str) -> bool:
    """Tells whether it is of a script that writes no spaces around words; its punctuation is wide as well."""
    return char >= "\u1100" and east_asian_width(char) in "WFH"


def _emphasis(state: StateInline, silent: bool) -> bool:
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    return _push(state, marker, size=1, length=_run(state))


def _strike(state: StateInline, silent: bool) -> bool:
    marker = state.src[state.pos]
    if silent or marker != "~" or (length := _run(state)) < 2:
        return False
    if length % 2:
        state.push("text", "", 0).content = marker
    # No "rule of three" for strike-through: a length of 0 says so.
    return _push(state, marker, size=2, length=0)


def _run(state: StateInline) -> int:
    """Returns how often the character at hand is repeated."""
    marker, end = state.src[state.pos], state.pos
    while end < state.posMax and state.src[end] == marker:
        end += 1
    return end - state.pos


def _push(state: StateInline, marker: str, *, size: int, length: int) -> bool:
    """The run at hand as delimiters of `size` characters each."""
    run, start = _run(state), state.pos
    before = state.src[start - 1] if start > 0 else " "
    after = state.src[start + run] if start + run < state.posMax else " "
    opens, closes = flanks(before, after, marker=marker)
    # Open marks are closed in an unfinished text, but `2*3` is arithmetic, and `target="_blank"` HTML.
    within = _is_word(before) and _is_word(after) and (run == 1 or before.isdigit())
    within = within or state.src[max(0, start - 2) : start] in ('="', "='")
    for number in range(run // size):
        token = state.push("text", "", 0)
        token.content = marker * size
        token.meta = {"at": start + number * size, "within": within}
        state.delimiters.append(
            Delimiter(ord(marker), length, len(state.tokens) - 1, end=-1, open=opens, close=closes)
        )
    state.pos += run
    return True


def _is_word(char: str) -> bool:
    return char.isascii() and char.isalnum()
