"""A table as lines of characters that are all equally wide."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import category, east_asian_width

from bot.core.markdown.parse.work_meter import paced, spend

if TYPE_CHECKING:
    from collections.abc import Sequence

_INVISIBLE = {"Mn", "Me", "Cf"}
_STEPS = 0.5  # that a cell takes to be measured or padded, besides its letters
_READ = 30  # letters that are measured in the time of a step


def width(text: str) -> int:
    """Returns how many columns `text` takes: two for a Chinese character, none for an accent."""
    spend(len(text) / _READ)
    return sum(0 if category(c) in _INVISIBLE else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def aligned(rows: Sequence[Sequence[str]], alignments: Sequence[str]) -> list[str]:
    """`rows`, the first of which is the header, with a line below it and every column as wide as its widest cell."""
    sizes = [[width(cell) for cell in row] for row in paced(rows, _STEPS * len(rows[0]))]
    widths = [max(column) for column in zip(*sizes, strict=True)]
    lines = [
        "  ".join(
            _padded(cell, size, side) for cell, size, side in zip(row, widths, alignments, strict=True)
        ).rstrip()
        for row in paced(rows, _STEPS * len(rows[0]))
    ]
    return [lines[0], "  ".join("-" * size for size in widths), *lines[1:]]


def _padded(cell: str, size: int, side: str) -> str:
    room = size - width(cell)
    left = {"right": room, "center": room // 2}.get(side, 0)
    return " " * left + cell + " " * (room - left)
