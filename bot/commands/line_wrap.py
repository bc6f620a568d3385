"""Styled words in lines of a width, of which none is ever lost: what does not fit goes on in the next line."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

import regex
from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text

LEAST = 8  # columns: below it lines grow wider than they may, and the terminal breaks them

_WORD = regex.compile(r"\S+\s*|\s+")
_CHARACTER = regex.compile(r"\X")
_CONTROL = {
    **{code: 0x2400 + code for code in range(32) if code not in (9, 10)},
    127: 0x2421,
    **dict.fromkeys(range(128, 160), 0xFFFD),
}


def visible(text: str) -> str:
    """`text` with a sign for each character that would move the cursor, or tell a terminal to do something."""
    return text.translate(_CONTROL)


def wrap(text: Text, width: int) -> list[Text]:
    """`text` in lines no wider than `width`, broken between words, and inside one only where it fills more than a line."""
    width = max(width, LEAST)
    wrapped: list[Text] = []
    for line in text.split("\n", allow_blank=True) or [text]:
        for piece in line.divide(list(_breaks(line.plain, width))):
            piece.rstrip()
            wrapped.append(piece)
    return wrapped


def fold(text: Text, width: int) -> list[Text]:
    """`text`, one line, as a terminal of that `width` breaks it by itself: anywhere."""
    offsets, column, at = list[int](), 0, 0
    for character in _CHARACTER.findall(text.plain):
        size = cell_len(character)
        if column and column + size > width:
            offsets.append(at)
            column = 0
        column, at = column + size, at + len(character)
    return list(text.divide(offsets))


def _breaks(plain: str, width: int) -> Iterator[int]:
    column = 0
    for match in _WORD.finditer(plain):
        word = match[0].rstrip()
        size = cell_len(word)
        if size > width:
            characters = _CHARACTER.findall(word)
            starts = accumulate((len(one) for one in characters), initial=match.start())
            for (start, _), character in zip(pairwise(starts), characters, strict=True):
                if column and column + cell_len(character) > width:
                    yield start
                    column = 0
                column += cell_len(character)
        else:
            if column and column + size > width:
                yield match.start()
                column = 0
            column += size
        column += len(match[0]) - len(word)
