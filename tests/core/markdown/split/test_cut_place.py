"""A place where a text is cut in two."""

from __future__ import annotations

from bot.core.markdown.split.cut_place import CutPoint
from bot.core.markdown.split.prose_breaks import Rank


def test_what_is_before_it_has_its_guards_and_is_closed() -> None:
    place = CutPoint(Rank.WORD, 5, 6, "**", guards=((2, "+"), (0, "-")))
    assert place.head("a **b c**") == "-a +**b**"
