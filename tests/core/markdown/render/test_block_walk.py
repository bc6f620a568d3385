"""The walk over blocks that all ways of writing share."""

from __future__ import annotations

import pytest

from bot.core.markdown.parse.block_tree import tree
from bot.core.markdown.parse.parser import parse
from bot.core.markdown.parse.spans import Span
from bot.core.markdown.render.block_walk import LAST_NUMBER, Above, first_number, on_one_line
from bot.core.markdown.render.canonical import Canonical
from bot.core.markdown.render.plain import Plain


def test_what_comes_after_a_list_knows_how_it_ended() -> None:
    assert Canonical().write(tree(parse("3. a\n4. b")))[1] == Above("ordered_list", ".", 4)
    assert Canonical().write(tree(parse("- a\n\nb")))[1] == Above("paragraph")


def test_the_items_of_a_list_can_go_on_from_a_number() -> None:
    items = tree(parse("1. a\n1. b"))[0]
    assert Canonical().items(items, marker=")", number=7) == "7) a\n8) b"
    assert first_number(items) == 1


def test_a_number_that_is_too_long_is_no_list_marker() -> None:
    assert Canonical().blocks(tree(parse("999999999. a\n1. b"))) == f"{LAST_NUMBER}. a\n{LAST_NUMBER}. b"


@pytest.mark.parametrize("text", ["#", "> ", "```\n```", "[a]: b", "&nbsp;", "<br>", ">\n> #"])
def test_what_shows_nothing_is_left_out(text: str) -> None:
    assert Canonical().blocks(tree(parse(f"a\n\n{text}\n\nb"))) == "a\n\nb"


def test_a_table_keeps_a_cell_for_each_column_that_has_one_behind_it() -> None:
    assert Plain().blocks(tree(parse("| a | b |\n|---|---|\n| c |\n| | d |"))) == "a | b\nc\n- | d"


def test_words_have_room_for_one_line_where_there_is_no_more() -> None:
    assert on_one_line([Span("a\nb")]) == [Span("a b")]
