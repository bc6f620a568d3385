"""How a text goes on without the list items and quotes that it began in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.markdown.parse.literal_guard import GUARD
from bot.core.markdown.split.container_filter import ContainerFilter, Item, Quote, behind, inside, quoted

BULLET = Item(2, 0)
NUMBER = Item(3, 0, following=4, sign=".")


def freed(text: str, *containers: Item | Quote, within: bool = False) -> str:
    margin = ContainerFilter(containers, within=within)
    return margin.feed(text) + margin.flush()


@pytest.mark.parametrize(
    ("text", "containers", "rest"),
    [
        ("  - b\n  - c\n", [BULLET], "- b\n- c\n"),
        ("  b\n\n  c\n- next\n  - stays\n", [BULLET], "b\n\nc\n- next\n  - stays\n"),
        ("> b\n>   c\nover\n> d\n", [Quote()], "> b\n>   c\nover\n> d\n"),
        (">   - b\n>   - c\n", [Quote(), Item(2, 0)], "> - b\n> - c\n"),
        ("  > b\n  > c\n", [BULLET, Quote()], "> b\n> c\n"),
        ("\tb\n\t\tc\n", [Item(4, 0)], "b\n\tc\n"),
    ],
    ids=[
        "nested items",
        "until the item ends",
        "a quote stays",
        "items in a quote",
        "a quote in an item",
        "tabs",
    ],
)
def test_lines_lose_what_was_the_items(text: str, containers: list[Item | Quote], rest: str) -> None:
    assert freed(text, *containers) == rest


def test_the_middle_of_a_line_has_nothing_to_lose() -> None:
    assert freed("  of it\n  more\n", BULLET, within=True) == "  of it\nmore\n"


def test_a_list_goes_on_counting_behind_the_item_that_was_left() -> None:
    assert freed("   b\n1. c\n1. d\n\nover\n1. e\n", NUMBER) == "b\n\n4) c\n5) d\n\nover\n1. e\n"


def test_the_list_behind_is_not_taken_for_one_inside() -> None:
    assert freed("   2. b\n4. c\n", NUMBER) == "2. b\n\n4) c\n"
    assert freed("   2) b\n4. c\n", NUMBER) == "2) b\n\n4. c\n"
    assert freed("   b\n4. c\n\n7) d\n8) e\n", NUMBER) == "b\n\n4) c\n\n7. d\n8. e\n"


def test_items_of_a_quote_stay_in_it() -> None:
    assert freed(">    b\n> 4. c\n", Quote(), NUMBER) == "> b\n> \n> 4) c\n"


def test_when_all_is_over_nothing_is_touched() -> None:
    margin = ContainerFilter((BULLET,))
    assert margin.feed("  b\n\nover\n") == "b\n\nover\n"
    assert margin.over
    assert margin.feed("  c") == "  c"


@pytest.mark.parametrize(
    ("text", "freed"),
    [
        ("b\n===\n", f"b\n{GUARD}===\n"),
        ("b\nc | d\n---|---\n", f"b\nc | d\n{GUARD}---|---\n"),
        ("b\nc\n# d\ne | f\n---|---\n", "b\nc\n# d\ne | f\n---|---\n"),
        ("b\n---\n", "b\n\n---\n"),
        ("b\n2. c\n", "b\n\n2. c\n"),
        ("b\n-\n", "b\n\n-\n"),
        ("b\nc\n", "b\nc\n"),
        ("b\n  ~~~\n  c\nd\n", "b\n~~~\nc\n~~~\nd\n"),
        ("b\n  ```py\n  c\n  ```\nd\n", "b\n```py\nc\n```\nd\n"),
        ("b\n  ````\n  ```\n\nd\n", "b\n````\n```\n\n````\nd\n"),
    ],
)
def test_a_line_below_the_words_of_an_item_stays_what_it_was(text: str, freed: str) -> None:
    margin = ContainerFilter((BULLET,), within=True)
    assert margin.feed(text) + margin.flush() == freed


def test_words_that_go_on_unindented_do_not_leave_their_item() -> None:
    text = "on\nand on\n\n    words\n- next\n"
    assert ContainerFilter((BULLET,), within=True).feed(text) == "on\nand on\n\n  words\n- next\n"
    heading = ContainerFilter((BULLET,), within=True).feed("on\n===\n")
    assert heading == f"on\n{GUARD}===\n"


def test_code_that_was_cut_ends_with_its_item() -> None:
    assert ContainerFilter((BULLET,), fence="```").feed("  b\n\nc\n") == "b\n\n```\nc\n"
    assert ContainerFilter((BULLET, Quote()), fence="```").feed("  > b\n\nc\n") == "> b\n\nc\n"


def test_code_that_ends_an_inner_item_is_known_to_be_code() -> None:
    text = "    b\n  ```\n  c\n  ```\n\nd\n"
    assert freed(text, BULLET, BULLET) == "b\n```\nc\n```\n\nd\n"


def test_what_stands_below_a_row_is_no_row() -> None:
    table = "  | b |\n  |---|\n  | c |\nd\n"
    assert freed(table, BULLET) == "| b |\n|---|\n| c |\n\nd\n"
    assert ContainerFilter((BULLET,), within=True, in_table=True).feed("c |\nd\n") == "c |\n\nd\n"


def test_the_beginning_of_a_line_is_held_until_it_tells_where_it_belongs() -> None:
    margin = ContainerFilter((BULLET,))
    assert margin.feed("  b\n ") == "b\n"
    assert margin.feed(" ") == ""
    assert margin.feed("c") == "c"


@given(
    st.lists(st.sampled_from(["  ", "   ", "\n", "b", "> ", "1. ", "2) ", "- ", "\n\n"]), max_size=30).map(
        "".join
    ),
    st.lists(st.sampled_from([BULLET, NUMBER, Quote()]), max_size=3),
    st.lists(st.integers(0, 60), max_size=10).map(sorted),
    st.booleans(),
)
def test_it_makes_no_difference_in_which_pieces_a_text_comes(
    text: str, containers: list[Item | Quote], cuts: list[int], within: bool
) -> None:
    margin = ContainerFilter(tuple(containers), within=within)
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert "".join(map(margin.feed, pieces)) + margin.flush() == freed(text, *containers, within=within)


def test_a_line_is_told_from_its_markers() -> None:
    assert inside("> 1. b", (Quote(), Item(3, 7)), 7) == "b"
    assert inside(">    b", (Quote(), Item(3, 7)), 8) == "b"
    assert inside("b", (Quote(), Item(3, 7)), 8) == "b"
    assert quoted((Quote(), Item(3, 7), Quote())) == "> > "


@pytest.mark.parametrize(("line", "columns", "rest"), [("a b", 2, "b"), ("\tb", 2, "  b"), ("a", 3, "")])
def test_columns_are_counted_as_tabs_are_drawn(line: str, columns: int, rest: str) -> None:
    assert behind(line, columns) == rest
