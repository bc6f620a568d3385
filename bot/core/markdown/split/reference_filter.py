"""Where a text was cut, an address that is explained below the cut can no longer be put into the link above it.

`[docs][1]` stands as it is then in a part that is complete, and `[1]: https://example.org` would show nothing: so from the
first cut on, such a line is text.
"""

from __future__ import annotations

import re

from bot.core.markdown.parse.lines import Lines
from bot.core.markdown.parse.literal_guard import GUARD

_BEFORE = r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*"
# Not where it is indented as code is.
_DEFINITION = re.compile(rf"(?! {{4}}|\t)(?P<before>{_BEFORE})(?=\[(?!\^)[^\[\]\n]{{1,200}}\]:)")
_FENCE = re.compile(rf"{_BEFORE}(?P<mark>`{{3,}}|~{{3,}})(?P<info>[^\n]*)")
# The beginning of a line that may still become one of them.
_UNDECIDED = re.compile(rf"{_BEFORE}(?:[-*+]|\d{{1,9}}[.)]?|\[[^\[\]\n]{{0,200}}\]?|`*|~*)")


class ReferenceFilter(Lines):
    """Takes the text behind the first cut piece by piece, and gives it back with no label explained in it.

    `fence` is what closes the code that it begins in; `within` says that it begins in the middle of a line.
    """

    def __init__(self, *, fence: str = "", within: bool = False) -> None:
        super().__init__(within=within)
        self._fence = fence

    undecided = _UNDECIDED
    over = False
    """It goes on to the end of the text."""

    def _line(self, line: str) -> str:
        begins, self._within = not self._within, not line.endswith("\n")
        if not begins:
            return line
        if fence := _FENCE.match(line):
            self._pass(fence)
        elif not self._fence and (label := _DEFINITION.match(line)):
            return f"{label['before']}{GUARD}{line[label.end() :]}"
        return line

    def _pass(self, fence: re.Match[str]) -> None:
        if not self._fence:
            self._fence = fence["mark"]
        elif fence["mark"].startswith(self._fence) and not fence["info"].strip():
            self._fence = ""
