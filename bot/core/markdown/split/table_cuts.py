"""Says where a table may be cut: between its rows, and where a row is longer than a message, between its cells and their words.

Behind the cut it has its header again, and a row goes on in the same column. Where the header leaves no room for that
(`is_wide`), what is behind the cut is rows without one, as words (`loose_rows`); a header that is cut itself is words in both parts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core.markdown.parse.literal_guard import GUARD
from bot.core.markdown.parse.loose_rows import HEADER_SIGN, ROWS_SIGN, cells
from bot.core.markdown.split.container_filter import Quote, inside, quoted
from bot.core.markdown.split.cut_place import CutPoint
from bot.core.markdown.split.prose_breaks import Prose, Rank, graphemes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.core.markdown.split.container_filter import Containers
    from bot.core.markdown.split.outline import OutlineBlock


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: its `text`, which begins at index `base` of the whole text, and what stands before it in the next part."""

    block: OutlineBlock
    text: str
    base: int
    opening: str  # before a further row
    goes_on: str  # before the rest of this one
    guards: tuple[tuple[int, str], ...]

    @property
    def filled(self) -> list[tuple[int, tuple[int, int]]]:
        """The cells that have words in them, with their columns."""
        return [(column, cell) for column, cell in enumerate(cells(self.text)) if cell[0] < cell[1]]

    def before(self, column: int) -> str:
        """Returns what stands in the next part before words that go on in `column`."""
        return self.goes_on if GUARD in self.goes_on else f"{self.goes_on}|{' |' * column} "


class TableCuts:
    """The cuts in the tables among `blocks`, which are made of `lines`, each of which begins at one of `starts`.

    `is_wide` tells of a header with a row of one letter a cell that it leaves too little room for others.
    """

    def __init__(
        self,
        blocks: Sequence[OutlineBlock],
        lines: Sequence[str],
        starts: Sequence[int],
        is_wide: Callable[[str], bool],
    ) -> None:
        self._tables = [block for block in blocks if block.kind == "table"]
        self._lines, self._starts, self._is_wide = lines, starts, is_wide
        self._rows = [block for block in blocks if block.kind == "tr"]
        firsts = {table.first for table in self._tables}
        self._header_row = {row.first: row for row in self._rows if row.first in firsts}
        self._wide: dict[int, bool] = {}

    def before(self, row: OutlineBlock) -> Iterator[CutPoint]:
        """The place before `row`, if there is one."""
        table = self._table(row)
        above = row.first - table.first
        is_loose = self._is_loose(table)
        if above == 0 or (above == 2 and not is_loose):
            return
        found = self._row(row)
        below_header = above == 2 and table.token.meta.get("loose") != ROWS_SIGN
        last = row.first - (2 if below_header else 1)
        end = self._starts[last] + len(self._lines[last].rstrip())
        if not is_loose:
            at = self._starts[row.first]
            yield CutPoint(Rank.ROW, end, at, "", found.opening, row.around, in_table=True)
        else:
            guards = self._row(self._header_row[table.first]).guards if below_header else ()
            yield CutPoint(Rank.ROW, end, found.base, "", found.opening, row.around, True, True, guards)

    def through(self, row: OutlineBlock, *, letters: bool, wholes: bool) -> Iterator[CutPoint]:
        """The places in `row`; in a header only where it is as wide as that."""
        table = self._table(row)
        if row.first == table.first and not self._is_loose(table):
            return
        found, end = self._row(row), -1
        for column, (start, stop) in found.filled:
            if end >= 0:
                yield self._point(found, column, Rank.BREAK, end, start)
            end = stop
            cell = found.text[start:stop]
            for gap in Prose(cell).gaps(letters=letters, wholes=wholes):
                if cell[gap.end - 1] != "\\" and cell[gap.at] != "|":
                    point = self._point(found, column, gap.rank, start + gap.end, start + gap.at)
                    yield replace(point, closing=gap.closing, opening=point.opening + gap.opening)

    def anywhere(self, at: int) -> CutPoint | None:
        """The last place in a row up to `at`, or else its first, whatever it cuts through; None where there is no row."""
        for row in self._rows:
            if self._starts[row.first] <= at < self._end(row):
                found = self._row(row)
                points = [*self._letters(found)]
                return max(
                    (one for one in points if one.end <= at), key=_end, default=points[0] if points else None
                )
        return None

    def _letters(self, row: _Row) -> Iterator[CutPoint]:
        last = -1
        for column, (start, stop) in row.filled:
            if last >= 0:
                yield self._point(row, column, Rank.LETTER, last, start)
            last = stop
            for letter in graphemes(row.text[start:stop]):
                if row.text[start + letter - 1] != "\\":
                    yield self._point(row, column, Rank.LETTER, start + letter, start + letter)

    def _end(self, row: OutlineBlock) -> int:
        """Returns where `row` ends, and below a header the line that belongs to it."""
        table = self._table(row)
        return self._starts[row.first + 1 + (row.first == table.first and not table.token.meta)]

    # ---- what stands on both sides

    def _point(self, row: _Row, column: int, rank: Rank, end: int, at: int) -> CutPoint:
        return CutPoint(
            rank,
            row.base + end,
            row.base + at,
            "",
            row.before(column),
            row.block.around,
            True,
            True,
            row.guards,
        )

    def _row(self, row: OutlineBlock) -> _Row:
        table = self._table(row)
        line = inside(self._lines[row.first], row.around, row.first).strip()
        text = line.lstrip(GUARD).strip()
        base = self._starts[row.first] + self._lines[row.first].rstrip().rindex(text)
        quotes, above = quoted(row.around), row.first - table.first
        if not self._is_loose(table):
            header = "".join(f"{quotes}{one}\n" for one in self._header(table))
            # Half a row may look like something else than one, unless a bar begins it.
            guards = () if text.startswith("|") else ((base, "| "),)
            return _Row(row, text, base, header, f"{header}{quotes}", guards)
        rows, sign = f"{quotes}{ROWS_SIGN}", table.token.meta.get("loose", "")
        if above == 0 and sign != ROWS_SIGN:
            return _Row(
                row, text, base, rows, f"{quotes}{HEADER_SIGN}", () if sign else ((base, HEADER_SIGN),)
            )
        return _Row(row, text, base, rows, rows, () if sign or text.startswith("|") else ((base, "| "),))

    def _is_loose(self, table: OutlineBlock) -> bool:
        """Tells whether `table` does not have its header again behind a cut."""
        if table.token.meta:
            return True
        if table.first not in self._wide:
            self._wide[table.first] = self._is_wide(_least(self._header(table), table.around))
        return self._wide[table.first]

    def _header(self, table: OutlineBlock) -> list[str]:
        lines = range(table.first, table.first + 2)
        return [inside(self._lines[number], table.around, number) for number in lines]

    def _table(self, row: OutlineBlock) -> OutlineBlock:
        return next(table for table in reversed(self._tables) if table.first <= row.first)


def _least(header: list[str], containers: Containers) -> str:
    """A table with `header` and a single letter in each cell, inside of `containers`."""
    lines = [*header, "|" + " x |" * len(cells(header[0].strip()))]
    for container in reversed(containers):
        first, further = ("> ", "> ") if isinstance(container, Quote) else ("- ", "  ")
        lines = [first + lines[0], *(further + line for line in lines[1:])]
    return "\n".join(lines)


def _end(place: CutPoint) -> int:
    return place.end
