"""Where a text may be cut, and what both sides need."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from bot.core.markdown.parse.literal_guard import GUARD, HEADING_GUARD
from bot.core.markdown.split.cut_points import Sheet, closed_below, closing
from bot.core.markdown.split.prose_breaks import Rank


def never_wide(header: str) -> bool:
    return False


def halves(text: str, rank: Rank) -> list[tuple[str, str]]:
    """What is before and behind each place of `rank`, with what closes the one and opens the other."""
    sheet = Sheet(text, never_wide)
    places = [*sheet.between_blocks(), *sheet.inside_blocks(0, len(text), letters=True)]
    return [(place.head(text), place.opening + text[place.at :]) for place in places if place.rank is rank]


TABLE = "| k | v |\n|---|---|\n| a | b |\n| c | d |"


@pytest.mark.parametrize(
    ("text", "rank", "first", "second"),
    [
        ("a\n\n# b", Rank.HEADING, "a", "# b"),
        ("a\n\n\nb", Rank.BLOCK, "a", "b"),
        ("- a\n- b", Rank.ITEM, "- a", "- b"),
        ("[^1]: a\n\n    b", Rank.BLOCK, "[^1]: a", "b"),
        ("> [^1]: a\n>\n>     b", Rank.NESTED, "> [^1]: a", "> b"),
        ("a\n--- b", Rank.WORD, f"a\n{GUARD}---{GUARD}", "b"),
        ("k | v\n---|---\na b | c", Rank.WORD, "k | v\n---|---\n| a", "k | v\n---|---\n| b | c"),
        ("a b\n===", Rank.BEHIND, "a\n===", f"{HEADING_GUARD}b\n==="),
        ("1. a\n1. b", Rank.ITEM, "1. a", "2. b"),
        (TABLE, Rank.ROW, "| k | v |\n|---|---|\n| a | b |", "| k | v |\n|---|---|\n| c | d |"),
        ("~~~py\na\n\nb\n~~~", Rank.ROW, "~~~py\na\n~~~", "~~~py\nb\n~~~"),
        ("- a\n\n  b", Rank.NESTED, "- a", "  b"),
        ("> a\n>\n> b", Rank.NESTED, "> a", "> b"),
        ("```py\na\nb\n```", Rank.LINE, "```py\na\n```", "```py\nb\n```"),
        ("1. ```py\n   a\n   b\n   ```", Rank.LINE, "1. ```py\n   a\n   ```", "```py\n   b\n   ```"),
        ("    a\n    b", Rank.LINE, "    a", "    b"),
        ("    a\n    >\n\nb", Rank.BLOCK, "    a\n    >", "b"),
        ("One. Two", Rank.SENTENCE, "One.", "Two"),
        ("> a\n> b", Rank.BREAK, "> a", "> b"),
        ("**a b**", Rank.WORD, "**a**", "**b**"),
        ("- [ ] a b", Rank.WORD, "- [ ] a", "b"),
        ("## a *b c*", Rank.BEHIND, "## a", "## *b c*"),
        ("# a\n\nb", Rank.BEHIND, "# a", "b"),
        ("```\na b\n```", Rank.BEHIND, "```\na \n```", "```\nb\n```"),
        ("> ```\n> a b\n> ```", Rank.BEHIND, "> ```\n> a \n> ```", "> ```\n> b\n> ```"),
    ],
)
def test_both_sides_of_a_place_are_whole(text: str, rank: Rank, first: str, second: str) -> None:
    assert halves(text, rank)[0] == (first, second)


def test_a_row_goes_on_in_the_column_that_it_was_cut_in() -> None:
    header = "| k | v |\n|---|---|\n"
    assert halves(f"{header}| a | b c |", Rank.WORD)[-1] == (
        f"{header}| a | b",
        f"{header}| | c |",
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# a\n", id="a heading alone"),
        pytest.param("| k | v |\n|---|---|\n| a | b |", id="a header and its only row"),
        pytest.param("```\na\n```", id="a fence and its only line"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_cannot_stand_alone_is_not_cut(text: str) -> None:
    assert Sheet(text, never_wide).between_blocks() == []


@pytest.mark.parametrize(
    ("text", "index", "end"),
    [
        ("one two three", 9, 7),
        ("one two three", 7, 7),
        ("one", 2, 0),
        ("a\n\nb\n\nc", 5, 4),
        ("```\na\nb\n```", 6, 5),
    ],
)
def test_the_last_place_before_an_index_is_found(text: str, index: int, end: int) -> None:
    assert Sheet(text, never_wide).last_before(index).end == end


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("```py\nx", "\n```"), ("~~~~\nx\n", "\n~~~~"), ("```\nx\n```", ""), ("```", "\n```"), ("x", ""), ("", ""),
        ("- ```\n  x", ""), ("```\nx\n```\n\n    y", ""),
    ],
)  # fmt: skip
def test_what_closes_code_is_known(text: str, closed: str) -> None:
    assert closing(text) == closed


@pytest.mark.parametrize(
    ("text", "closing"),
    [
        ("so **bo", "**"),
        ("done.", ""),
        ("", ""),
        ("```py\nx = 1", "\n```"),
        ("````\n```", "\n````"),
        ("```", "\n```"),
        ("~~~\nx\n~~~", ""),
        ("```\nx\n``` y", "\n```"),
        ("> ```\n> x", ""),
        ("- a\n  ```\n  x", ""),
    ],
)
def test_what_stays_open_below_a_text_is_closed(text: str, closing: str) -> None:
    assert closed_below(text) == closing
    assert "<hr" in MarkdownIt().render(f"{text}{closing}\n\n---\n")
