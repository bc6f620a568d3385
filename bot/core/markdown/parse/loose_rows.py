"""Rows of a table that are shown as lines of words, because its header leaves too little room in a message.

A table that is cut has its header again in each part. Where the header alone fills half of a message that cannot be, and a
header or half a row without the line between them is no table any more: its bars would be shown. A sign before such rows
says what they are. It shows nothing, and is gone once the text has been read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core.markdown.parse.literal_guard import GUARD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock

ROWS_SIGN = GUARD * 3
"""Before rows of a table whose header is in an earlier part."""
HEADER_SIGN = GUARD * 4
"""Before a table's header, or the rest of it, below which is the line that tells the two from each other."""

_SIGN = re.compile(rf"{GUARD}{{3,4}}")
_PIPE = re.compile(r"(?<!\\)\|")
_DELIMITERS = re.compile(r"[-:| \t]*")


def install(markdown: MarkdownIt) -> None:
    """Before all other blocks; words may stand right above, as above a table."""
    markdown.block.ruler.before("guarded", "loose_rows", _loose_rows, {"alt": ["paragraph", "reference"]})


def cells(row: str) -> list[tuple[int, int]]:
    """Returns where each cell of `row` begins and ends, space around it left out; as markdown-it divides a table's row."""
    start, found = 0, list[tuple[int, int]]()
    for pipe in (*_PIPE.finditer(row), None):
        end = pipe.start() if pipe else len(row)
        found.append((start, end))
        start = pipe.end() if pipe else end
    if found and found[0] == (0, 0):
        found.pop(0)
    if found and found[-1] == (len(row), len(row)):
        found.pop()
    return [_stripped(row, start, end) for start, end in found]


def _stripped(row: str, start: int, end: int) -> tuple[int, int]:
    words = row[start:end].strip()
    at = row.index(words, start) if words else end
    return at, at + len(words)


def _loose_rows(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    at = state.bMarks[start] + state.tShift[start]
    sign = None if state.is_code_block(start) else _SIGN.match(state.src, at)
    if sign is None or silent:
        return sign is not None
    table, body = state.push("table_open", "table", 1), state.push("tbody_open", "tbody", 1)
    table.meta = {"loose": sign[0]}
    last = start
    for number, row in _rows(state, start, end, sign[0]):
        if row is not None:
            _push_row(state, number, row)
        last = number
    state.push("tbody_close", "tbody", -1)
    state.push("table_close", "table", -1)
    table.map = body.map = [start, last + 1]
    state.line = last + 1
    return True


def _rows(state: StateBlock, start: int, end: int, sign: str) -> Iterator[tuple[int, str | None]]:
    """The lines from `start` on that go on with rows, and their numbers; None for the one below a header.

    A table ends where a quote would.
    """
    others = state.md.block.ruler.getRules("blockquote")
    yield start, _line(state, start).removeprefix(sign).strip()
    number = start + 1
    while number < end and state.sCount[number] >= state.blkIndent and not state.is_code_block(number):
        line = _line(state, number)
        if not line or any(rule(state, number, end, True) for rule in others):
            return
        is_delimiter = sign == HEADER_SIGN and number == start + 1 and _DELIMITERS.fullmatch(line)
        yield number, None if is_delimiter else line
        number += 1


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].strip()


def _push_row(state: StateBlock, number: int, row: str) -> None:
    state.push("tr_open", "tr", 1).map = [number, number + 1]
    for start, end in cells(row):
        state.push("td_open", "td", 1)
        words = state.push("inline", "", 0)
        words.map, words.content, words.children = (
            [number, number + 1],
            row[start:end].replace("\\|", "|"),
            [],
        )
        state.push("td_close", "td", -1)
    state.push("tr_close", "tr", -1)
