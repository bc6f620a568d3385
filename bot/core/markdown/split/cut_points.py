"""Finds where a text may be cut into parts, and what both sides of a cut need to be whole by themselves."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from bot.core.markdown.parse.fence_info import info_words
from bot.core.markdown.parse.literal_guard import GUARD, HEADING_GUARD, Guards
from bot.core.markdown.parse.parser import parse_blocks
from bot.core.markdown.parse.work_meter import paced
from bot.core.markdown.split.container_filter import behind, inside, quoted
from bot.core.markdown.split.cut_place import CutPoint
from bot.core.markdown.split.outline import OutlineBlock, outline
from bot.core.markdown.split.prose_breaks import Prose, Rank, graphemes
from bot.core.markdown.split.table_cuts import TableCuts
from bot.core.markdown.stream.healing import broken_off

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.core.markdown.split.prose_breaks import Gap


class Sheet:
    """A text, and where it may be cut. `is_wide` tells of a table with short cells that it leaves others no room."""

    def __init__(self, text: str, is_wide: Callable[[str], bool]) -> None:
        self.text = text
        self._lines = text.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in self._lines)]
        self._blocks = outline(parse_blocks(text), self._lines)
        self._inside: dict[
            tuple[int, bool, bool], list[CutPoint]
        ] = {}  # of blocks that were asked for: it takes time
        self._signs = {
            number
            for block in self._blocks
            if block.kind == "code_block"
            for number in range(block.first, block.end)
            if inside(self._lines[number], block.around, number).strip()
        }  # lines of code that look like a quote's empty ones
        self._tables = TableCuts(self._blocks, self._lines, self._starts, is_wide)

    def between_blocks(self) -> list[CutPoint]:
        """All places at the beginning of a line that are not in the middle of running words."""
        return [place for block in self._blocks for place in self._of(block)]

    def inside_blocks(
        self, start: int, end: int, *, letters: bool = False, wholes: bool = False
    ) -> list[CutPoint]:
        """The places between the words of the blocks that have some text from `start` to `end`.

        Between any two `letters`, and within a line of code, only where that is asked for; so in what is better left whole.
        """
        places: list[CutPoint] = []
        for number, block in enumerate(self._blocks):
            if self._starts[block.first] < end and self._starts[block.end] > start:
                if (key := (number, letters, wholes)) not in self._inside:
                    self._inside[key] = list(paced(self._within(block, letters=letters, wholes=wholes)))
                places += self._inside[key]
        return places

    def last_before(self, index: int) -> CutPoint:
        """The last place, between words or better, that ends at `index` or before; the very beginning if there is none."""
        places = [*self.between_blocks(), *self.inside_blocks(max(0, index - 1), index + 1)]
        ended = [place for place in places if place.end <= index and place.rank < Rank.BEHIND]
        return max(ended, key=lambda place: place.end, default=CutPoint(Rank.BLOCK, 0, 0))

    def anywhere(self, at: int) -> CutPoint:
        """A place at `at` or before, whatever it cuts through; in a table's row a later one where it has to be."""
        return self._tables.anywhere(at) or CutPoint(Rank.LETTER, at, at, within=True)

    # ---- between blocks, items, rows, and lines of code

    def _of(self, block: OutlineBlock) -> Iterator[CutPoint]:
        if block.kind in ("fence", "code_block"):
            yield from self._code_lines(block)
        if block.kind == "tr":
            yield from self._tables.before(block)
        elif block.behind:
            yield self._start(block)

    def _start(self, block: OutlineBlock) -> CutPoint:
        at = self._starts[block.first]
        end = self._end_before(block.first)
        number = self._renumbered(block)
        if block.kind == "paragraph" and self._is_indented(block):
            opening, at = (
                quoted(block.around),
                at + len(self._lines[block.first]) - len(self._first_words(block)),
            )
            return CutPoint(_rank(block), end, at, "", opening, block.around, within=True)
        if number is None:
            return CutPoint(_rank(block), end, at, around=block.around)
        digits = re.compile(r"\d+").search(self.text, at)
        assert digits is not None
        opening = quoted(block.around) + number
        return CutPoint(_rank(block), end, digits.end(), opening=opening, around=block.around, within=True)

    def _is_indented(self, block: OutlineBlock) -> bool:
        """Tells whether the words go on with a footnote above: alone they would be code."""
        return inside(self._lines[block.first], block.around, block.first).startswith(("    ", "\t"))

    def _first_words(self, block: OutlineBlock) -> str:
        return inside(self._lines[block.first], block.around, block.first).lstrip()

    def _end_before(self, line: int) -> int:
        """Returns where the text before line number `line` ends, empty lines left out."""
        last = next(
            (n for n in range(line - 1, -1, -1) if self._lines[n].strip(" \t>") or n in self._signs), 0
        )
        return self._starts[last] + len(self._lines[last].rstrip())

    def _renumbered(self, block: OutlineBlock) -> str | None:
        """The number of an item that is written with another one: only the first of a list's numbers counts."""
        number = "" if block.number is None else str(block.number)
        return number if number and number != block.token.info.lstrip("0") else None

    def _code_lines(self, block: OutlineBlock) -> Iterator[CutPoint]:
        first, end = self._code(block)
        closing, opening = self._fence(block)
        filled = [n for n in range(first, end) if inside(self._lines[n], block.around, n).strip()]
        if filled and self._info_words(block):
            filled.insert(0, block.first)
        for before, line in pairwise(filled):
            rank = Rank.ROW if line > before + 1 else Rank.LINE
            last = self._starts[before] + len(self._lines[before])
            yield CutPoint(rank, last, self._starts[line], closing, opening, block.around)

    def _code(self, block: OutlineBlock) -> tuple[int, int]:
        """The first line of a block's code, and the one behind its last."""
        if block.kind == "code_block":
            return block.first, block.end
        return block.first + 1, block.first + 1 + _lines_of_code(block)

    def _fence(self, block: OutlineBlock) -> tuple[str, str]:
        """Returns what closes a block of code behind a line of it, and what opens it again before the next."""
        if block.kind == "code_block":
            return "", ""
        opener = inside(self._lines[block.first], block.around, block.first)
        if self._info_words(block):
            opener = opener[: _behind_marks(opener, block)]  # its words are read above
        return f"\n{self._outside(block)}{block.token.markup}", f"{quoted(block.around)}{opener}\n"

    def _info_words(self, block: OutlineBlock) -> str:
        """Returns the words of the answer that stand on the line which opens the code."""
        return info_words(block.token.info, block.token.content) if block.kind == "fence" else ""

    def _outside(self, block: OutlineBlock) -> str:
        """Returns what stands before a further line of `block`, because of the lists and quotes that it is in."""
        line = self._lines[block.first]
        opener = inside(line, block.around, block.first)
        return re.sub(r"[^>\s]", " ", line[: len(line) - len(opener.lstrip())])

    # ---- inside words and lines of code

    def _within(self, block: OutlineBlock, *, letters: bool, wholes: bool) -> Iterator[CutPoint]:
        if block.kind in ("paragraph", "heading"):
            yield from self._between_words(block, letters=letters, wholes=wholes)
        elif block.kind == "tr":
            yield from self._tables.through(block, letters=letters, wholes=wholes)
        elif letters and block.kind in ("fence", "code_block"):
            yield from self._through_lines(block)

    def _between_words(self, block: OutlineBlock, *, letters: bool, wholes: bool) -> Iterator[CutPoint]:
        words = self._words(block)
        starts = [0, *accumulate(len(line) + 1 for line in words)]

        def offset(index: int) -> int:
            line = bisect_right(starts, index) - 1
            return self._starts[block.first + line + 1] - 1 - len(words[line]) + index - starts[line]

        text = "\n".join(words).rstrip()
        if block.kind == "heading":
            text = _HEADING_END.sub("", text)
        guards = Guards(text)
        for gap in Prose(text).gaps(letters=letters, wholes=wholes):
            closing, opening, worst = self._halves(block, gap, guards)
            edges = guards.inside(gap.end) if block.kind == "paragraph" else ()
            yield CutPoint(
                max(gap.rank, worst),
                offset(gap.end),
                offset(gap.at),
                gap.closing + closing,
                quoted(block.around) + opening + gap.opening,
                block.around,
                within=True,
                guards=tuple((offset(at), GUARD) for at in edges),
            )

    def _words(self, block: OutlineBlock) -> list[str]:
        """The lines of a paragraph or heading, without what stands before their words."""
        lines = [inside(self._lines[n], block.around, n) for n in range(block.first, block.end)]
        words = [line.lstrip().lstrip(GUARD) for line in lines]
        mark = _HEADING.match(words[0]) if "#" in block.token.markup else _TASK.match(words[0])
        words[0] = words[0][mark.end() :] if mark else words[0]
        return words[:-1] if _is_underlined(block) else words

    def _halves(self, block: OutlineBlock, gap: Gap, guards: Guards) -> tuple[str, str, Rank]:
        """Returns what stands behind the half of a block's words before `gap`, and before the other; and how good a place it is."""
        if _is_underlined(block):
            return f"\n{self._outside(block)}{block.token.markup * 3}", HEADING_GUARD, Rank.BEHIND
        if block.kind == "heading":
            return guards.behind_heading(gap.end), f"{block.token.markup} ", Rank.BEHIND
        whole = GUARD if gap.opening.endswith(_WHOLES) else ""  # alone on a line a formula is a block
        before, behind = guards.before(guards.line_before(gap.end)), guards.before(gap.at)
        return before or whole, behind or whole, Rank.HEADING

    def _through_lines(self, block: OutlineBlock) -> Iterator[CutPoint]:
        first, last = self._code(block)
        closing, opening = self._fence(block)
        opening += quoted(block.around) + ("" if block.kind == "fence" else INDENT)
        above = self._info_words(block)
        for number in range(block.first if above else first, last):
            line = inside(self._lines[number], block.around, number)
            if number < first:
                line = line[_behind_marks(line, block) :].lstrip()
            base = self._starts[number] + len(self._lines[number]) - len(line)
            for rank, at in _in_code(line):
                if block.kind == "code_block" and not behind(line[:at], len(INDENT)):
                    continue  # that is not its code yet
                yield CutPoint(rank, base + at, base + at, closing, opening, block.around, within=True)


INDENT = "    "
"""Of a line of code without fences."""

_WHOLES = ("$", "[", "(", "`")
_HEADING = re.compile(r"#{1,6}[ \t]+")
_HEADING_END = re.compile(r"[ \t]+#+[ \t]*\Z")
_TASK = re.compile(r"\[[ xX]\]\s+")


def _behind_marks(opener: str, block: OutlineBlock) -> int:
    """Returns where on the line that opens a block of code its marks end."""
    return opener.index(block.token.markup) + len(block.token.markup)


def _is_underlined(block: OutlineBlock) -> bool:
    return block.kind == "heading" and "#" not in block.token.markup


def _in_code(line: str) -> Iterator[tuple[Rank, int]]:
    """The places in a line of code: all of it has to be there again when the halves are put together."""
    for letter in graphemes(line):
        yield (Rank.BEHIND if line[letter - 1].isspace() else Rank.LETTER), letter


def _rank(block: OutlineBlock) -> Rank:
    if block.behind == "heading":
        return Rank.BEHIND  # it would stand alone at the end of the part
    if block.around:
        return Rank.NESTED
    if block.kind == "list_item":
        return Rank.ITEM
    return Rank.HEADING if block.kind == "heading" else Rank.BLOCK


def closing(text: str) -> str:
    """Returns what closes the block of code that `text` ends in, so that what is written below is not code; "" where it does
    not."""
    blocks = outline(parse_blocks(text), text.split("\n"))
    last = blocks[-1] if blocks else None
    if last is None or last.kind != "fence" or last.around:
        return ""
    is_open = last.end - last.first == 1 + _lines_of_code(last)
    return f"\n{last.token.markup}" if is_open else ""


def closed_below(text: str) -> str:
    """Returns what has to be written below `text`, which was not finished, so that what follows in a block of its own is none of
    its code or bold words: "" where nothing has to be."""
    whole = broken_off(text)
    marks = whole[len(text) :] if whole.startswith(text) else ""
    return marks + closing(text)


def _lines_of_code(block: OutlineBlock) -> int:
    code = block.token.content
    return code.count("\n") + (not code.endswith("\n") and bool(code))
