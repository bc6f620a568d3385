"""Words in lines of a width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from bot.commands.line_wrap import LEAST, fold, visible, wrap

TEXTS = st.text("ab  漢é\u0301\n👨\u200d👩-", max_size=80)


@given(TEXTS, st.integers(1, 40))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    lines = wrap(Text(text), width)
    assert "".join("".join(line.plain for line in lines).split()) == "".join(text.split())
    assert all(cell_len(line.plain) <= max(width, LEAST) for line in lines)


@given(TEXTS.map(lambda text: text.replace("\n", "")), st.integers(2, 40))
def test_a_folded_line_is_the_line(text: str, width: int) -> None:
    lines = fold(Text(text), width)
    assert "".join(line.plain for line in lines) == text
    assert all(cell_len(line.plain) <= width for line in lines)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three", ["one two", "three"]),
        ("a b\nc", ["a b", "c"]),
        ("a abcdefghijkl", ["a abcdef", "ghijkl"]),
        ("", [""]),
    ],
)
def test_where_lines_are_broken(text: str, lines: list[str]) -> None:
    assert [line.plain for line in wrap(Text(text), 8)] == lines


def test_a_control_character_is_a_sign_for_it() -> None:
    assert visible("a\x1b\x07\x7f\x9b\r\tb\n") == "a\u241b\u2407\u2421\ufffd\u240d\tb\n"
