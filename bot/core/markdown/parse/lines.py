"""A text that comes in pieces, and is looked at a line at a time."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import ClassVar

from bot.core.markdown.parse.work_meter import spend

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class Lines(ABC):
    """Takes a text piece by piece, and gives it back with something done to its lines.

    `within` says that the first piece goes on in the middle of a line. What of a line has come goes on at once, unless it
    is `undecided`: the beginning of one that does not tell yet what it is.
    """

    undecided: ClassVar[re.Pattern[str]]

    def __init__(self, *, within: bool = False) -> None:
        self._within = within
        self._held = ""

    def feed(self, text: str) -> str:
        """More of the text; what comes out may lag behind by the beginning of a line."""
        pieces = _LINE.findall(self._held + text)
        self._held = ""
        goes_on = self._within and len(pieces) == 1
        if pieces and not goes_on and self.undecided.fullmatch(pieces[-1]):
            self._held = pieces.pop()
        spend(len(pieces))
        return "".join(map(self._line, pieces))

    def flush(self) -> str:
        """Nothing more comes: what was held back."""
        held, self._held = self._held, ""
        return self._line(held) if held else ""

    @abstractmethod
    def _line(self, line: str) -> str:
        """Returns what becomes of a line, or of the rest of one where we are `_within` it; it says whether we are behind it."""
