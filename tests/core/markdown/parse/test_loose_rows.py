"""Rows that are shown as lines of words."""

from __future__ import annotations

import pytest

from bot.core.markdown.parse.loose_rows import HEADER_SIGN, ROWS_SIGN, cells
from bot.core.markdown.render.message_text import mrkdwn, plain, slack_markdown
from bot.core.markdown.stream.healing import heal

BELOW_HEADER = f"{HEADER_SIGN}k | **v** |\n|---|---|\n| a | b\\|c |\n|  |  |\nd | # e"


@pytest.mark.parametrize(
    ("row", "divided"),
    [
        ("| a | b c |", ["a", "b c"]),
        ("a|b", ["a", "b"]),
        ("|  | a\\|b ||", ["", "a\\|b", ""]),
        ("a |", ["a"]),
        ("", []),
    ],
)
def test_a_row_has_cells(row: str, divided: list[str]) -> None:
    assert [row[start:end] for start, end in cells(row)] == divided


def test_rows_are_lines_of_words_and_the_line_below_their_header_is_not_shown() -> None:
    assert slack_markdown(BELOW_HEADER) == "k · **v**\na · b|c\nd · # e"
    assert mrkdwn(BELOW_HEADER) == "k · *v*\na · b|c\nd · # e"
    assert plain(BELOW_HEADER) == "k · v\na · b|c\nd · # e"


def test_rows_without_their_header_may_look_like_the_line_below_one() -> None:
    assert plain(f"{ROWS_SIGN}a |\n| - | - |") == "a\n- · -"
    assert plain(f"{ROWS_SIGN}|  |") == ""


@pytest.mark.parametrize(
    ("behind", "shown"),
    [
        ("\n\nb", "a\n\nb"),
        ("\n> b", "a\n\n&gt; b"),
        ("\n# b", "a\n\nb"),
        ("\n```\nb\n```", "a\n\nb"),
        ("\n    b", "a\n\nb"),
    ],
)
def test_they_end_where_a_table_does(behind: str, shown: str) -> None:
    assert plain(f"{ROWS_SIGN}a |{behind}") == shown.replace("&gt; ", "")


def test_they_end_with_the_item_or_the_quote_that_they_are_in() -> None:
    assert plain(f"- {ROWS_SIGN}a |\n  | b |\nc") == "• a\n  b\n\nc"
    assert plain(f"> {ROWS_SIGN}a |\n> | b |\n\nc") == "a\nb\n\nc"
    assert plain(f"word\n{ROWS_SIGN}a |") == "word\n\na"


def test_a_row_that_is_not_whole_is_held_back_alone() -> None:
    assert heal(f"{ROWS_SIGN}a | b |\n| c") == f"{ROWS_SIGN}a | b |\n"
    assert heal(f"{HEADER_SIGN}a | b |\n|--") == f"{HEADER_SIGN}a | b |\n"
