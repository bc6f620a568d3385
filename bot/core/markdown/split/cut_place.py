"""A place where a text is cut in two, and what both sides need to be whole by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.markdown.split.container_filter import Containers
    from bot.core.markdown.split.prose_breaks import Rank


@dataclass(frozen=True, slots=True)
class CutPoint:
    """Somewhere to cut: the part is the text up to `end`, with `closing` behind it; the rest is `opening`, and the text from
    `at` on without the containers `around` it."""

    rank: Rank
    end: int
    at: int
    closing: str = ""
    opening: str = ""
    around: Containers = ()
    within: bool = False  # `at` is not the beginning of a line
    in_table: bool = False  # what goes on there is a row, not words
    guards: tuple[tuple[int, str], ...] = ()  # what is put into the part, and where: the last one first

    def head(self, text: str) -> str:
        """The part that ends here."""
        head = text[: self.end] + self.closing
        for at, guard in self.guards:
            head = head[:at] + guard + head[at:]
        return head
