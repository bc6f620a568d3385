"""Runs written out with marks around them."""

from __future__ import annotations

import pytest

from bot.core.markdown.parse.spans import Mark, Span
from bot.core.markdown.render.canonical import Canonical
from bot.core.markdown.render.inline import first_char, last_char, write

BOLD, ITALIC, STRIKE, LINK = Mark("strong"), Mark("em"), Mark("s"), Mark("link", "https://e.org")


@pytest.mark.parametrize(
    ("runs", "markdown"),
    [
        ([Span("a "), Span("b", (BOLD,)), Span(" c")], "a **b** c"),
        ([Span("a ", (BOLD,)), Span("b", (BOLD, ITALIC))], "**a *b***"),
        ([Span("a", (LINK, BOLD)), Span("b", (LINK,))], "[**a**b](https://e.org)"),
        ([Span("a", (BOLD, LINK))], "**[a](https://e.org)**"),
        ([Span("a!"), Span("b", (LINK,))], "a\\![b](https://e.org)"),
        ([Span("a~"), Span("b", (STRIKE,)), Span("~c")], "a\\~~~b~~\\~c"),
        ([Span("~a~", (STRIKE,))], "~~\\~a\\~~~"),
        ([], ""),
    ],
)
def test_neighbours_share_the_marks_they_have_in_common(runs: list[Span], markdown: str) -> None:
    assert write(runs, Canonical()) == markdown


@pytest.mark.parametrize(
    ("run", "first", "last"),
    [
        (Span("ab"), "a", "b"),
        (Span("ab", code=True), "`", "`"),
        (Span("ab", (LINK,)), "[", ")"),
        (Span("ab", (BOLD,)), "a", "b"),
        (Span("ab", (STRIKE, LINK)), "~", "~"),
    ],
)
def test_what_a_run_is_written_with_first_and_last(run: Span, first: str, last: str) -> None:
    assert (first_char(run, 0), last_char(run, 0)) == (first, last)
