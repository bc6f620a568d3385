"""A text that comes in pieces, and is looked at a line at a time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.markdown.parse.lines import Lines


class Marked(Lines):
    """Puts a star before each line that begins with an a; a line that is only a b may still become one."""

    undecided = re.compile("b")

    def _line(self, line: str) -> str:
        begins, self._within = not self._within, not line.endswith("\n")
        return f"*{line}" if begins and line.startswith("a") else line


@pytest.mark.parametrize(
    ("pieces", "given"),
    [
        (["a", "a\na"], ["*a", "a\n*a"]),
        (["x\nb", "a\n"], ["x\n", "ba\n"]),
        (["b\n"], ["b\n"]),
    ],
    ids=["a line begins once", "what is undecided waits", "a whole line is decided"],
)
def test_a_line_goes_on_as_it_comes(pieces: list[str], given: list[str]) -> None:
    lines = Marked()
    assert [lines.feed(piece) for piece in pieces] == given


def test_what_waits_is_given_back_in_the_end() -> None:
    lines = Marked()
    assert lines.feed("b") == ""
    assert (lines.flush(), lines.flush()) == ("b", "")


def test_the_middle_of_a_line_is_no_beginning() -> None:
    assert Marked(within=True).feed("a\na") == "a\n*a"


@given(st.lists(st.text("ab\n", max_size=5)))
def test_the_pieces_make_no_difference(pieces: list[str]) -> None:
    one, other = Marked(), Marked()
    assert "".join(map(one.feed, pieces)) + one.flush() == other.feed("".join(pieces)) + other.flush()
