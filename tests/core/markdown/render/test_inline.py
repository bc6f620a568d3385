"""Runs written out with marks around them."""

from __future__ import annotations

import pytest

from bot.core.markdown.parse.spans import Mark, Run
from bot.core.markdown.render.canonical import Canonical
from bot.core.markdown.render.inline import first_char, last_char, write

BOLD, ITALIC, STRIKE, LINK = Mark("strong"), Mark("em"), Mark("s"), Mark("link", "https://e.org")


@pytest.mark.parametrize(
    ("runs", "markdown"),
    [
        ([Run("a "), Run("b", (BOLD,)), Run(" c")], "a **b** c"),
        ([Run("a ", (BOLD,)), Run("b", (BOLD, ITALIC))], "**a *b***"),
        ([Run("a", (LINK, BOLD)), Run("b", (LINK,))], "[**a**b](https://e.org)"),
        ([Run("a", (BOLD, LINK))], "**[a](https://e.org)**"),
        ([Run("a!"), Run("b", (LINK,))], "a\\![b](https://e.org)"),
        ([Run("a~"), Run("b", (STRIKE,)), Run("~c")], "a\\~~~b~~\\~c"),
        ([Run("~a~", (STRIKE,))], "~~\\~a\\~~~"),
        ([], ""),
    ],
)
def test_neighbours_share_the_marks_they_have_in_common(runs: list[Run], markdown: str) -> None:
    assert write(runs, Canonical()) == markdown


@pytest.mark.parametrize(
    ("run", "first", "last"),
    [
        (Run("ab"), "a", "b"),
        (Run("ab", code=True), "`", "`"),
        (Run("ab", (LINK,)), "[", ")"),
        (Run("ab", (BOLD,)), "a", "b"),
        (Run("ab", (STRIKE, LINK)), "~", "~"),
    ],
)
def test_what_a_run_is_written_with_first_and_last(run: Run, first: str, last: str) -> None:
    assert (first_char(run, 0), last_char(run, 0)) == (first, last)
