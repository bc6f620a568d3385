"""Counts as Slack does how much one message holds, and how full a text makes it.

Slack counts a `markdown` block after it has escaped `&`, `<` and `>`, and turns headings, rules, tables and code into
blocks of their own, which cost something as well. Where no page of Slack's says how much, the figure is what people have
seen on the live service; each stays a little below it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import inf

from bot.core.markdown.parse.work_meter import LETTERS, spend


@dataclass(frozen=True, slots=True)
class Capacity:
    """Holds what one message holds. Every figure is the most that is taken; `inf`: it is not limited."""

    counted: float = inf  # characters: UTF-16 units, after escaping
    total: float = inf  # the same with HEADING more for each heading
    blocks: float = inf  # that Slack makes of the text
    rows: float = inf  # of all tables
    cells: float = inf  # characters in all tables
    units: float = inf  # UTF-16, as they are
    size: float = inf  # bytes of UTF-8

    def fill(self, text: str) -> float:
        """Returns how full `text` makes a message: 1.0 is full."""
        spend(len(text) / LETTERS)
        counted = self.count(text)
        if self.counted == inf:
            return max(counted / self.units, len(text.encode(errors="surrogatepass")) / self.size)
        made = _made(text)
        return max(
            0.0 if self.size == inf else len(text.encode(errors="surrogatepass")) / self.size,
            counted / self.counted,
            (counted + HEADING * made.headings) / self.total,
            made.blocks / self.blocks,
            made.rows / self.rows,
            made.cells / self.cells,
        )

    @property
    def letters(self) -> int:
        """The most characters that a text of it can have."""
        return int(min(self.counted, self.units))

    def count(self, text: str) -> int:
        """The characters of `text` as they count here."""
        units = _units(text)
        return units if self.counted == inf else units + 4 * text.count("&") + 3 * _angles(text)

    def fits(self, text: str) -> bool:
        """Tells whether one message takes `text`."""
        return len(text) <= self.letters and self.fill(text) <= 1

    def reach(self, text: str, fill: float) -> int:
        """The length of the longest beginning of `text` that makes it no fuller than `fill`: no beginning is fuller than all."""
        low, high = 0, min(len(text), int(self.letters * fill))
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.fill(text[:middle]) <= fill else (low, middle - 1)
        return low

    def narrowed(self, characters: int) -> Capacity:
        """The same for at most `characters` of text."""
        if self.counted == inf:
            return replace(self, units=min(self.units, characters))
        return replace(self, counted=min(self.counted, characters))

    def shrunk(self, by: float) -> Capacity:
        """The same with `by` of the letters: for when Slack found a text too long that should have fitted."""
        return replace(
            self,
            counted=self.counted * by,
            total=self.total * by,
            cells=self.cells * by,
            units=self.units * by,
            size=self.size * by,
        )


HEADING = 100
"""Characters that a heading costs beside its text; seen: 20 headings leave room for 10,563 characters of 13,200."""
BLOCK_ROOM = Capacity(counted=11_500, total=11_500, blocks=45, rows=100, cells=9_000)
"""A `markdown` block. Slack takes 12,000 characters (12,001: `msg_too_long`), 50 blocks, 100 rows and 10,000 characters in tables."""
STREAM_BYTES = 11_000
"""Of UTF-8 that are streamed into one message. Seen: 11,600 characters taken, then `msg_too_long` for every further call; whether
characters or bytes are counted, nobody says (CopilotKit, issue 6064 and its native-stream.ts, which turns over at the same figure)."""
TEXT_ROOM = Capacity(units=3_000, size=3_800)
"""A `text`. chat.update's page says 4,000 characters; seen: 4,000 bytes of UTF-8, counted after each address became a link."""


@dataclass(slots=True)
class _Made:
    """Holds what Slack makes of a text, beside paragraphs."""

    headings: int = 0
    blocks: int = 0
    rows: int = 0
    cells: int = 0


_INDENT = r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*"
_LINE = re.compile(
    rf"""^(?:{_INDENT}(?:(?P<fence>`{{3,}}|~{{3,}})|(?P<heading>\#{{1,6}}(?:[ \t]|$)))
    |(?P<rule>[ \t>]*(?:(?:-[ \t]*){{3,}}|(?:\*[ \t]*){{3,}}|(?:_[ \t]*){{3,}}|=+[ \t]*)$)
    |(?P<row>[^\n|]*\|[^\n]*))""",
    re.VERBOSE | re.MULTILINE,
)
_DELIMITER = re.compile(r"[ \t>]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*(?::?-+:?[ \t]*)?")


def _made(text: str) -> _Made:
    """Read line by line: it has to be quick, and a line too many that counts as something only makes a part shorter."""
    made, fence = _Made(), ""
    for line in _LINE.finditer(text):
        if not fence:
            _count(line, made)
            fence = line["fence"] or ""
        elif (line["fence"] or "").startswith(fence):
            fence = ""
    return made


def _count(line: re.Match[str], made: _Made) -> None:
    row = line["row"]
    made.headings += line["heading"] is not None
    made.blocks += row is None or bool(_DELIMITER.fullmatch(row))
    if row is not None:
        made.rows += 1
        made.cells += len(row)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _angles(text: str) -> int:
    return text.count("<") + text.count(">")
