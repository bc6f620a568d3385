"""A text as the blocks it is made of."""

from __future__ import annotations

import pytest

from bot.core.markdown.parse.parser import parse_blocks
from bot.core.markdown.split.container_filter import Item, Quote
from bot.core.markdown.split.outline import OutlineBlock, outline


def blocks(text: str, kind: str = "") -> list[OutlineBlock]:
    return [block for block in outline(parse_blocks(text), text.split("\n")) if kind in ("", block.kind)]


def test_every_block_is_there_with_its_lines() -> None:
    text = "# A\n\nb\nc\n\n| k |\n|---|\n| v |\n\n```\nx\n```\n"
    found = [(block.kind, block.first, block.end) for block in blocks(text)]
    assert found == [
        ("heading", 0, 1), ("paragraph", 2, 4), ("table", 5, 8), ("tr", 5, 6), ("tr", 7, 8), ("fence", 9, 12)
    ]  # fmt: skip


def test_a_block_knows_what_is_before_it_in_the_same_container() -> None:
    assert [block.behind for block in blocks("# A\n\n- b\n\n  c\n- d\n")] == [
        "", "heading", "", "", "paragraph", "list_item", ""
    ]  # fmt: skip


def test_a_block_knows_what_is_around_it() -> None:
    (code,) = blocks("> 3. a\n>\n>    - ```\n>      x\n>      ```\n", "fence")
    assert code.around == (Quote(), Item(3, 0, following=4, sign="."), Item(2, 2, sign="-"))


def test_items_have_the_numbers_that_are_shown() -> None:
    assert [block.number for block in blocks("7. a\n1. b\n1. c\n\n- d\n", "list_item")] == [7, 8, 9, None]
    assert [block.number for block in blocks("0. a\n1. b\n", "list_item")] == [0, 1]


@pytest.mark.parametrize(
    ("text", "indent"),
    [("- a", 2), ("-   a", 4), ("-\n  a", 2), ("-      code", 2), ("10) a", 4), ("-\ta", 4)],
)
def test_where_an_items_text_begins_is_told_by_its_first_line(text: str, indent: int) -> None:
    (item,) = blocks(text)[-1].around
    assert isinstance(item, Item)
    assert item.indent == indent
