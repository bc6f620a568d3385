"""A sign that keeps words the words of a paragraph, whatever they look like where a line begins or ends.

A paragraph that is cut inside has halves that may look like something else by themselves: `> 5` that goes on behind the cut
would be a quote, `---` that ends before it would make a heading of what is above. A GUARD before or behind such words says
that they are no such thing. It shows nothing, and is gone once the text has been read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it import rules_block

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock

GUARD = "\u2060"
"""A word joiner: it is no white space, so that no block but a paragraph begins with it."""
HEADING_GUARD = GUARD * 2
"""The same before words that a line of `=` or `-` below them makes a heading."""

_AT_EDGES = re.compile(rf"^[ \t]*{GUARD}+|{GUARD}+\Z", re.MULTILINE)
# What may begin something else than words, marks of emphasis before a letter apart.
_BEGINS = re.compile(r"(?!(?:\*{1,3}|_{1,3}|~~)[^\W_])(?:[!-/:-@\[-`{-~]|\d{1,9}[.)])")
# What makes something else of the line above.
_BELOW = re.compile(r"\||^=+[ \t]*$", re.MULTILINE)


class Guards:
    """The guards that the `words` of a paragraph need where it is cut inside."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._below = max((found.start() for found in _BELOW.finditer(words)), default=-1)

    def before(self, at: int) -> str:
        """Returns what must stand before the words from `at` on, if they are to begin a line: a GUARD or ""."""
        return GUARD if at <= self._below or _BEGINS.match(self._words, at) else ""

    def inside(self, end: int) -> tuple[int, ...]:
        """Returns where in the words up to `end` a guard is needed: before the first line or the last, the last one first."""
        edges = sorted({0, self.line_before(end)}, reverse=True)
        return tuple(at for at in edges if self.before(at))

    def behind_heading(self, end: int) -> str:
        """Returns what must stand behind the words up to `end`, if they are a heading's: `#` there would be its decoration."""
        return GUARD if self._words[end - 1] == "#" else ""

    def line_before(self, end: int) -> int:
        """Returns where the line begins that `end` is in."""
        return self._words.rfind("\n", 0, end) + 1


def install(markdown: MarkdownIt) -> None:
    """Before all other blocks."""
    blocks = markdown.block.ruler
    blocks.before("table", "guarded", _guarded)
    blocks.at("paragraph", _paragraph)
    blocks.at("heading", _heading, {"alt": ["paragraph", "reference", "blockquote"]})


def _guarded(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    at = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not state.src.startswith(GUARD, at):
        return False
    if state.src.startswith(HEADING_GUARD, at) and rules_block.lheading(state, start, end, silent):
        return _unguard(state)
    return _paragraph(state, start, end, silent)


def _paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return rules_block.paragraph(state, start, end, silent) and _unguard(state)


def _heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return rules_block.heading(state, start, end, silent) and (silent or _unguard(state))


def _unguard(state: StateBlock) -> bool:
    """The words that were just read, without their guards."""
    words = state.tokens[-2]
    if GUARD in words.content:
        words.content = _AT_EDGES.sub("", words.content)
    return True
