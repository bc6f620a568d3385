"""A table on a terminal: in columns where they fit, with cells broken in lines where need be, or else row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from bot.commands.line_wrap import LEAST, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP = 2  # columns between two


def drawn_table(rows: Sequence[Sequence[Text]], sides: Sequence[str], *, width: int, rule: str) -> list[Text]:
    """`rows`, the first of which is the header, in lines of `width`; `sides` says how each column is aligned."""
    header, *body = rows
    for cell in header:
        cell.stylize_before("bold")
    widths = _fitted([max(cell_len(row[at].plain) for row in rows) for at in range(len(header))], width)
    if widths is None:
        return _records(header, body, width)
    line = Text((" " * GAP).join(rule * size for size in widths), "dim")
    drawn = [_row(row, widths, sides) for row in rows]
    return [*drawn[0], line, *(one for row in drawn[1:] for one in row)]


def _fitted(widths: list[int], width: int) -> list[int] | None:
    """`widths`, of which the widest are narrowed alike until all fit in `width`; None where they would become too narrow."""
    room = width - GAP * (len(widths) - 1)
    if sum(min(size, LEAST) for size in widths) > room:
        return None
    most = max(widths)
    while sum(min(size, most) for size in widths) > room:
        most -= 1
    spare = room - sum(min(size, most) for size in widths)
    fitted: list[int] = []
    for size in widths:
        # What is left when all have the same goes to the first of those that want more.
        wider = spare > 0 and size > most
        spare -= wider
        fitted.append(min(size, most) + wider)
    return fitted


def _row(row: Sequence[Text], widths: Sequence[int], sides: Sequence[str]) -> list[Text]:
    cells = [
        wrap(cell, size) if cell_len(cell.plain) > size else [cell]
        for cell, size in zip(row, widths, strict=True)
    ]
    lines: list[Text] = []
    for at in range(max(map(len, cells))):
        pieces = [cell[at] if at < len(cell) else Text() for cell in cells]
        padded = [_padded(*one) for one in zip(pieces, widths, sides, strict=True)]
        line = Text(" " * GAP).join(padded)
        line.rstrip()
        lines.append(line)
    return lines


def _padded(cell: Text, size: int, side: str) -> Text:
    room = max(0, size - cell_len(cell.plain))
    left = {"right": room, "center": room // 2}.get(side, 0)
    return Text(" " * left) + cell + Text(" " * (room - left))


def _records(header: Sequence[Text], body: Sequence[Sequence[Text]], width: int) -> list[Text]:
    """Each row as lines of `name: value`, below an empty one."""
    if not body:
        return [line for name in header for line in wrap(name, width)]
    lines: list[Text] = []
    for row in body:
        lines += [Text()] if lines else []
        for name, value in zip(header, row, strict=True):
            if value.plain.strip() or name.plain.strip():
                lines += wrap(name + Text(": ") + value if name.plain.strip() else value, width)
    return lines
