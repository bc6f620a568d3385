"""Tables whose rows, or whose header, do not fit into a message."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.markdown.render.message_text import mrkdwn, plain, slack_markdown
from bot.core.markdown.split.capacity import BLOCK_ROOM, TEXT_ROOM
from bot.core.markdown.split.cut_points import Sheet
from bot.core.markdown.split.pagination import Shape, split
from tests import strict
from tests.core.markdown.documents import tables

SHAPES = {
    "markdown": Shape(slack_markdown, BLOCK_ROOM),
    "mrkdwn": Shape(mrkdwn, TEXT_ROOM),
    "plain": Shape(plain, TEXT_ROOM),
}


def narrow(dialect: str, limit: int) -> Shape:
    return replace(SHAPES[dialect], room=SHAPES[dialect].room.narrowed(limit))


def bars(dialect: str, part: str) -> str:
    """What a reader of `part` sees of a table's signs."""
    if dialect == "plain":  # between two cells one is meant
        return "".join(re.findall(r"^[ >]*\||\|$|-{3}", part, re.MULTILINE))
    shown = strict.visible(part) if dialect == "markdown" else part
    return "".join(re.findall(r"[|]", shown))


def found(letter: str, text: str) -> list[str]:
    return re.findall(rf"{letter}\d+", text)


@pytest.mark.parametrize("dialect", SHAPES)
@settings(deadline=None, max_examples=150)
@given(tables(), st.integers(24, 260))
def test_a_table_in_parts_shows_every_word_once_and_no_bars(dialect: str, text: str, limit: int) -> None:
    shape = narrow(dialect, limit)
    parts = split(text, shape)
    assert all(parts)
    assert all(map(shape.room.fits, parts))
    assert [word for part in parts for word in found("[wp]", part)] == found("[wp]", text)
    assert not "".join(bars(dialect, part) for part in parts)
    heads = [head for part in parts for head in set(found("h", part))]
    assert set(heads) == set(found("h", text))
    alone = [head for part in parts if not found("w", part) for head in found("h", part)]
    assert all(heads.count(head) == 1 for head in alone)


TABLE = "| key | value |\n|---|---|\n| a | one two three four |\n| b | five six seven eight |\n"
WIDE = "| some key or other | a value that is long |\n|---|---|\n| a | one two |\n| b | three |\n"


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        pytest.param(
            TABLE,
            72,
            [
                "| key | value |\n|---|---|\n| a | one two three four |",
                "| key | value |\n|---|---|\n| b | five six seven eight |",
            ],
            id="between rows",
        ),
        pytest.param(
            "| k | v |\n|---|---|\n| a | **one two three four five six seven eight** |\n",
            60,
            [
                "| k | v |\n|---|---|\n| a | **one two three four five six** |",
                "| k | v |\n|---|---|\n|  | **seven eight** |",
            ],
            id="in bold words of a cell",
        ),
        pytest.param(
            WIDE,
            45,
            ["some key or other · a value that is long", "a · one two\nb · three"],
            id="below a wide header",
        ),
        pytest.param(
            f"> {WIDE}".replace("\n|", "\n> |"),
            30,
            ["> some key or other", "> a value that is long", "> a · one two", "> b · three"],
            id="in a wide header in a quote",
        ),
        pytest.param(
            f"- {WIDE}".replace("\n|", "\n  |") + "word",
            60,
            ["- some key or other · a value that is long", "a · one two\nb · three\n\nword"],
            id="in an item",
        ),
        pytest.param(
            f"k | v\n---|---\n{'a' * 9} | {'b' * 60}",
            64,
            [
                f"| k | v |\n|---|---|\n| aaaaaaaaa | {'b' * 28} |",
                f"| k | v |\n|---|---|\n|  | {'b' * 32} |",
            ],
            id="rows without bars at their edges",
        ),
        pytest.param(
            "| k |\n|---|\n| [x](https://example.org/abcdefghijklmnopqrstuvwxyz) |\n",
            30,
            ["k", "[x\\](<https://example.o>", "rg/abcdefghijklmnopqrstuvwxyz)"],
            id="in an address",
        ),
    ],
)
def test_a_table_is_cut(text: str, limit: int, parts: list[str]) -> None:
    assert split(text, narrow("markdown", limit)) == parts


def test_rows_go_on_without_a_header_that_leaves_them_no_room() -> None:
    header = f"| {'key ' * 1_000}| {'value ' * 500}|\n|---|---|\n"
    text = header + f"| {'a ' * 2_000}| {'b ' * 1_000}|\n" * 2
    first, *others = split(text, SHAPES["markdown"])
    assert "|---|---|" in first
    assert not any("|" in part or "key" in part for part in others)
    assert sum(len(re.findall(r"\b[ab]\b", part)) for part in (first, *others)) == 6_000


def test_a_bar_that_is_meant_is_not_parted_from_the_sign_before_it() -> None:
    text = "| k |\n|---|\n| `a\\|b` |"
    sheet = Sheet(text, lambda _: False)
    places = sheet.inside_blocks(0, len(text), letters=True, wholes=True)
    ends = {place.end for place in [*places, *map(sheet.anywhere, range(len(text)))]}
    assert text.index("|b") not in ends
    assert text.index("b`") in ends


def test_a_row_that_makes_its_table_far_wider_does_not_cut_the_words_before_it_into_letters() -> None:
    rows = ["| h1 | h2 | h3 `h4` |", "| --- | --- | --- |", "|  |  | w33, w34 |"]
    wide = "| w35 **w36 w37** w38, w39 w40, w41 **w42 w43** **w44 w45** w46 w47 w48 w49 w50 w51 |  |  |"
    text = "\n".join([*rows, wide])
    parts = split(text, narrow("mrkdwn", 110))
    assert [word for part in parts for word in found("w", part)] == found("w", text)
    assert "w33, w34" in parts[0]
