"""Markdown on a terminal: every word is there at every width, and looks like what it is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.commands.terminal import ASCII, Drawing, Signs
from bot.core.markdown.parse.parser import parse
from tests.core.markdown.documents import documents

WIDTHS = st.integers(1, 120)


def drawn(text: str, width: int = 60, signs: Signs = ASCII) -> str:
    """What can be read, line by line."""
    return "\n".join(line.plain for line in Drawing(width, signs).markdown(text))


def letters(text: str) -> str:
    """All of `text` that is letters or digits, without a gap."""
    return re.sub(r"[\W_]+", "", text)


def words_of(text: str) -> list[str]:
    """The words that `text` shows its reader, in order."""
    shown = [
        child.content
        for token in parse(text)
        for child in (token.children or [token])
        if child.type in ("text", "code_inline", "fence", "code_block")
    ]
    return re.findall(r"w\d+", " ".join(shown))


@given(documents, WIDTHS)
def test_at_every_width_every_word_is_there_and_in_order(text: str, width: int) -> None:
    shown = letters(drawn(text, width))
    at = 0
    if not re.search(r"^\s*(?:>\s*|[-*\d.]+\s+)*\|", text, re.MULTILINE):  # cells stand beside each other
        for word in words_of(text):
            at = shown.index(word, at) + len(word)
    # In a table that is too wide its header is repeated, and a cell's word may go on below its neighbour's.
    assert set(shown) >= set(letters("".join(words_of(text))))


@given(documents, st.integers(40, 120))
def test_in_a_table_as_well_no_word_is_lost(text: str, width: int) -> None:
    found = re.findall(r"w\d+", drawn(text, width))
    assert set(words_of(text)) <= set(found)


@given(documents, st.integers(30, 120))
def test_no_line_but_one_of_code_is_wider_than_the_screen(text: str, width: int) -> None:
    prose = re.sub(r"^.*(?:```|~~~)[\s\S]*", "", text, flags=re.MULTILINE)
    assert max((cell_len(line) for line in drawn(prose, width).split("\n")), default=0) <= width


@given(st.text(), WIDTHS)
def test_any_text_can_be_drawn_and_steers_no_terminal(text: str, width: int) -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", drawn(text, width))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# A *song*", "A song"),
        ("A `List<String>` and a List<String>", "A List<String> and a List<String>"),
        ("[docs](https://e.org/a) and https://e.org", "docs (https://e.org/a) and https://e.org"),
        ("- a\n  1. b\n  2. c\n\n  d\n- [x] e\n- [ ] f", "* a\n  1. b\n  2. c\n\n  d\n[x] e\n[ ] f"),
        ("> a\n>\n> > b", "| a\n|\n| | b"),
        ("```py\nx = 1\n\n\ty\n```", "    x = 1\n\n        y"),
        ("a\n\n---\n\nb", f"a\n\n{'-' * 40}\n\nb"),
        ("a\x1b[31m\tb\x1b[0m", "a    b"),
        ("@here <!channel>", "@here <!channel>"),
        ("```\n```", ""),
        ("-", "*"),
    ],
)
def test_how_it_looks(text: str, shown: str) -> None:
    assert drawn(text) == shown


def test_marks_are_styles() -> None:
    (line,) = Drawing().markdown("**a** *b* ~~c~~ `d` [e](https://e.org)")
    assert {span.style for span in line.spans} >= {"bold", "italic", "strike", "cyan", "underline"}


TABLE = "| key | value |\n|:--|--:|\n| alpha beta gamma | 12 |\n| delta | |"


def test_a_table_that_fits_has_columns() -> None:
    assert drawn(TABLE) == (
        "key               value\n----------------  -----\nalpha beta gamma     12\ndelta"
    )


def test_a_table_that_is_too_wide_breaks_its_cells() -> None:
    assert drawn(TABLE, 18).split("\n") == [
        "key          value",
        "-----------  -----",
        "alpha beta      12",
        "gamma",
        "delta",
    ]


def test_a_table_for_which_there_is_no_room_is_told_row_by_row() -> None:
    assert drawn(TABLE, 12) == "key: alpha\nbeta gamma\nvalue: 12\n\nkey: delta\nvalue:"
    assert drawn("| alphabet | betabeta |\n|--|--|", 12) == "alphabet\nbetabeta"
