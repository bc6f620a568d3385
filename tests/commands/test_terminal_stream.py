"""An answer on a terminal while it grows."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.terminal import ASCII, Drawing
from bot.commands.terminal_stream import Unrolling
from tests.core.markdown.documents import documents

DRAWING = Drawing(40, ASCII)


def unrolled(*pieces: str) -> tuple[list[str], list[str]]:
    """What was finished while the text came in `pieces`, and what was drawn at its end."""
    growing = Unrolling(DRAWING)
    finished = [line.plain for piece in pieces for line in growing.feed(piece)]
    growing.open_end()
    return finished, [line.plain for line in growing.close()]


def at_once(text: str) -> list[str]:
    return [line.plain for line in DRAWING.markdown(text)]


@given(documents, st.integers(1, 30))
def test_in_whatever_pieces_it_comes_it_ends_as_if_it_had_come_at_once(text: str, size: int) -> None:
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    finished, rest = unrolled(*pieces)
    assert finished + rest == at_once(text)


@given(st.text("ab#*-`>1. \r\n|[]:~", max_size=80), st.integers(1, 5))
def test_no_letter_of_any_text_is_lost(text: str, size: int) -> None:
    finished, rest = unrolled(*(text[at : at + size] for at in range(0, len(text), size)))
    shown = "".join(finished + rest)
    wanted = "".join(at_once(text))
    assert len(re.findall("[ab]", shown)) >= len(re.findall("[ab]", wanted)) - text.count("[")


@pytest.mark.parametrize(
    ("text", "finished", "rest"),
    [
        ("one\n\ntwo\n", ["one"], ["", "two"]),
        ("1. a\n1. b\n1. c\n", ["1. a", "2. b"], ["3. c"]),
        ("```\na\n\nb\nc", ["    a", "", "    b"], ["    c"]),
        ("```\na\n```\nd\n\ne\n", ["    a", "", "d"], ["", "e"]),
        ("# head\ntext\n", ["head"], ["", "text"]),
        ("| a |\n|---|\n| b |\n", [], ["a", "-", "b"]),
        ("a\r", [], ["a"]),
        ("", [], []),
    ],
)
def test_what_is_finished(text: str, finished: list[str], rest: list[str]) -> None:
    assert unrolled(*text) == (finished, rest)


def test_what_is_half_written_looks_as_if_it_were_whole() -> None:
    growing = Unrolling(DRAWING)
    growing.feed("This is **bo")
    (line,) = growing.open_end()
    assert line.plain == "This is bo"


def test_a_link_explained_above_is_known_below() -> None:
    finished, rest = unrolled("[a]: https://e.org\n\n", "one\n\n", "[a]\n")
    assert (finished, rest) == (["one"], ["", "a (https://e.org)"])
