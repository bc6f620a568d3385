"""Where a text that does not fit one message is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.markdown.pages import cut, fits, reopened


@pytest.mark.parametrize(
    ("text", "limit", "part"),
    [
        ("one two three.\n\nfour five six", 26, "one two three.\n\n"),
        ("one two three.\nfour five six", 26, "one two three.\n"),
        ("One two three. Four five six", 26, "One two three. "),
        ("one two three four five", 15, "one two three "),
        ("a" * 30, 20, "a" * 20),
        ("some words before\n## Heading\nand words after it", 130, "some words before\n"),
    ],
    ids=["blank line", "line", "sentence", "word", "letter", "heading"],
)
def test_the_best_place_in_the_second_half_is_taken(text: str, limit: int, part: str) -> None:
    assert text[: cut(text, limit)] == part


@pytest.mark.parametrize(
    ("text", "size"), [("abc", 3), ("a&b", 7), ("<>", 8), ("🧋", 2), ("# Big\n", 106), ("漢字", 2)]
)
def test_a_text_is_counted_as_slack_counts_it(text: str, size: int) -> None:
    assert fits(text, size)
    assert not fits(text, size - 1)


def test_code_goes_on_under_its_language() -> None:
    assert reopened("```py\nx = 1\n", "y = 2") == "```py\ny = 2"
    assert reopened("words ", "more") == "more"


def test_a_block_that_was_cut_just_before_its_end_is_not_opened_again() -> None:
    assert reopened("```py\nx = 1\n", "```\nand so on") == "and so on"
    assert reopened("```py\nx = 1\n", "```") == ""
    assert reopened("~~~~\nx = 1\n", "~~~\ny") == "~~~~\n~~~\ny"


@given(st.text(" \n.#`<&ab🧋", min_size=60, max_size=400), st.integers(10, 50))
def test_what_comes_before_the_cut_fits(text: str, limit: int) -> None:
    end = cut(text, limit)
    assert end >= 1
    assert end == 1 or fits(text[:end], limit)
