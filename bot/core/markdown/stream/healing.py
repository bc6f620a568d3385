"""Half an answer, made to look like the beginning of a whole one.

What is clearly open is closed: bold words, code. What the next delta may still change is held back: half a link, a `-`
that may be an item or a line, the header of a table that has no line under it yet. So what a reader sees only grows. It
concerns the last block alone, and of that what is not decided: a paragraph that ended with its stars open has stars.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.markdown.parse.parser import clean, parse_blocks
from bot.core.markdown.stream.undecided import LONGEST_ADDRESS, LONGEST_LABEL, find

if TYPE_CHECKING:
    from collections.abc import Collection

    from markdown_it.token import Token

_JOINER = "\u200d"  # joins emoji into one: half of a family would be shown as another
_MOST_LINES = 8  # that held words may leave empty one after the other; a text with more is made to be slow

LONGEST_LINE = 300  # characters; a longer one has long been decided

_LEAVES = {"inline", "fence", "code_block", "formula", "hr", "list_item_open"}
_CONTAINER = r"(?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])))*[ \t]*"
# What a line may begin with and be something else with the next character: a marker, a heading, a checkbox, a line
# across or under a heading, the line under a table's header, a fence.
_UNDECIDED = re.compile(
    rf"""(?=[^\n]{{0,{LONGEST_LINE}}}\Z){_CONTAINER}
    (?:[-*+]|\d{{1,9}}[.)]?|\#{{1,6}}|\[(?:[ xX]\]?)?|=+|[*_][*_ \t]*|[-|:][-|:\ \t]*|`{{1,2}}|~+)?
    [ \t]*""",
    re.VERBOSE,
)
# A link's address that is explained: a link above changes with each letter.
_DEFINITION = re.compile(
    rf"""{_CONTAINER}\[(?!\^)[^\[\]\n]{{1,{LONGEST_LABEL}}}\]:[ \t]*(?:\S{{1,{LONGEST_ADDRESS}}}
    (?:[ \t]+(?:"[^"]{{0,{LONGEST_LABEL}}}"?|'[^']{{0,{LONGEST_LABEL}}}'?|\([^)]{{0,{LONGEST_LABEL}}}\)?)?)?)?[ \t]*""",
    re.VERBOSE,
)
_ROW = re.compile(rf"{_CONTAINER}\|")
_FENCE_END = re.compile(r"[ \t>]*(`+|~+)[ \t]*")
_HEADING_END = re.compile(r"(?<=[ \t])#+[ \t]*\Z")


@dataclass(frozen=True, slots=True)
class _Tail:
    """A `text`, its `lines`, and its last block: the token that has its words or code, the token that opened it, and, where
    it is a cell, the table's first line.
    """

    text: str
    lines: list[str]
    leaf: Token | None
    opener: Token | None
    table: int | None

    @property
    def end(self) -> int:
        """The line after the last block."""
        return (self.leaf.map or [0, 0])[1] if self.leaf else 0

    @property
    def complete(self) -> int:
        """Returns how many lines have ended."""
        return len(self.lines) - 1

    @property
    def touches_end(self) -> bool:
        """Tells whether the last block goes on to the last line that has anything on it."""
        return self.end >= len(self.lines) - (not self.lines[-1].strip(" \t"))

    def before(self, line: int) -> str:
        """The text up to `line`."""
        return "".join(f"{one}\n" for one in self.lines[:line])


def heal(text: str, *, plainly: Collection[int] = (), close: bool = True) -> str:
    """`text`, which is going to go on, as what of it can be shown now. Markdown to be rendered like any other.

    Words that begin on one of the lines `plainly` have no markup, so there is nothing in them to be closed. Where marks are not to
    be closed, for now, what is behind an open one is held back as well.
    """
    tail = _hold_line(_tail(clean(text).rstrip(_JOINER)))
    for _ in range(_MOST_LINES):
        shown, closers = _hold_words(tail, plainly, close=close)
        emptied = shown != tail.text and _UNDECIDED.fullmatch(shown, shown.rfind("\n") + 1)
        if not emptied:
            return shown + closers
        tail = _tail(shown[: shown.rfind("\n") + 1])
    return tail.text


def broken_off(text: str) -> str:
    """`text`, which nothing follows though it was not finished: with its open marks closed, and without those around nothing."""
    text = clean(text)
    tail = _tail(text)
    leaf = tail.leaf
    if leaf is None or leaf.type != "inline" or leaf.meta.get("plain") or _is_final(tail):
        return text
    text, words = text.rstrip(), leaf.content
    if not text.endswith(words[words.rfind("\n") + 1 :]):
        return text
    found = find(words)
    empty = words[found.end :]
    return (text if empty.strip("*_~` \t\n") else text.removesuffix(empty).rstrip()) + found.closers


def _tail(text: str) -> _Tail:
    tokens, lines = parse_blocks(text), text.split("\n")
    at = next((at for at in reversed(range(len(tokens))) if tokens[at].type in _LEAVES), None)
    if at is None:
        return _Tail(text, lines, None, None, None)
    opener = tokens[at - 1] if at else None
    if opener is None or opener.type not in ("th_open", "td_open"):
        return _Tail(text, lines, tokens[at], opener, None)
    table = next(token for token in reversed(tokens[:at]) if token.type == "table_open")
    # Rows that are no table any more have no header to be held with.
    first = -2 if table.meta else (table.map or [0])[0]
    return _Tail(text, lines, tokens[at], opener, first)


def _hold_line(tail: _Tail) -> _Tail:
    """The text without the lines at its end that may still become something else."""
    kind = tail.leaf.type if tail.leaf and tail.touches_end else ""
    if kind == "fence":
        return _hold_fence(tail)
    if kind == "code_block":
        return tail
    if not tail.lines[-1].strip(" \t"):
        return _hold_header(tail)
    if kind == "inline" and tail.table is not None:
        # The row under the header says how many cells there are, so it is held with it.
        return _tail(tail.before(tail.table if tail.complete == tail.table + 1 else tail.complete))
    if any(undecided.fullmatch(tail.lines[-1]) for undecided in (_UNDECIDED, _DEFINITION)) or _ROW.match(
        tail.lines[-1]
    ):
        return _hold_header(_tail(tail.before(tail.complete)))
    return tail


def _hold_header(tail: _Tail) -> _Tail:
    """The text, whose last line has ended, without it where it may be a table's header."""
    words = tail.leaf and tail.leaf.type == "inline" and tail.table is None
    if words and tail.end == tail.complete and _ROW.match(tail.lines[tail.end - 1]):
        return _tail(tail.before(tail.end - 1))
    return tail


def _hold_fence(tail: _Tail) -> _Tail:
    """The text, whose last block is code, without a fence that shows nothing yet, and without half of one that closes it."""
    fence = tail.leaf
    assert fence is not None
    assert fence.map is not None
    start, end = fence.map
    # One line for the fence that opens; a further one is the fence that closes.
    if len(fence.content.removesuffix("\n").split("\n")) < end - start - 1:
        return tail
    body, last, text = fence.content, tail.lines[-1], tail.text
    if (match := _FENCE_END.fullmatch(last)) and match[1][0] == fence.markup[0] and tail.complete > start:
        text, body = tail.before(tail.complete), body.rstrip().rstrip(fence.markup[0])
    if body.strip():
        return _tail(text.rstrip())
    # The line that opens is shown with the first line of code: an empty box says nothing. Once it is whole, what is above
    # is final, as an empty line would make it.
    return _tail(tail.before(start) + ("\n" if tail.complete > start else ""))


def _hold_words(tail: _Tail, plainly: Collection[int], *, close: bool) -> tuple[str, str]:
    """The text without the words at its end that may still change, and what closes the marks that are open then."""
    leaf = tail.leaf
    if leaf is None or leaf.type != "inline" or tail.table is not None or _is_final(tail):
        return tail.text, ""
    if leaf.meta.get("plain") or (leaf.map or [0])[0] in plainly:
        return tail.text, ""
    found = find(leaf.content + ("\n" if tail.complete >= tail.end else ""))
    end, closers = (found.end, found.closers) if close else (found.decided, "")
    if end >= len(leaf.content) and not closers:
        return tail.text, ""
    return _until(tail, leaf.content, end=end), closers


def _is_final(tail: _Tail) -> bool:
    """Tells whether nothing can be added to the last words: a heading ends with its line, a paragraph with an empty one."""
    heading = tail.opener is not None and tail.opener.type == "heading_open"
    return tail.end < tail.complete + heading


def _until(tail: _Tail, content: str, *, end: int) -> str:
    """The text up to `end` in the words `content` of its last block, which have lost what stands before each line."""
    line = tail.end - 1 - content.count("\n", end)
    source = tail.lines[line]
    if line == tail.end - 1 and not (source := source.rstrip()).endswith(content[-1:]):
        source = _HEADING_END.sub("", source).rstrip()
    line_end = content.find("\n", end)
    from_end = (len(content) if line_end < 0 else line_end) - end
    return tail.before(line) + source[: len(source) - from_end]
