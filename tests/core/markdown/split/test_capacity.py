"""How much one message holds, by Slack's count."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.markdown.split.capacity import BLOCK_ROOM, STREAM_BYTES, TEXT_ROOM, Capacity


@pytest.mark.parametrize(
    ("text", "count"), [("abc", 3), ("a&b", 7), ("<>", 8), ("🧋", 2), ("漢字", 2), ("\ud83d", 1)]
)
def test_a_block_is_counted_in_utf_16_after_escaping(text: str, count: int) -> None:
    assert BLOCK_ROOM.count(text) == count
    assert BLOCK_ROOM.narrowed(count).fits(text)
    assert not BLOCK_ROOM.narrowed(count - 1).fits(text)


@pytest.mark.parametrize(
    "full",
    [
        pytest.param("x" * 11_500, id="characters"),
        pytest.param("&" * 2_300, id="characters that are escaped"),
        pytest.param("## x\n\n" * 45 + "x" * 6_730, id="what headings cost"),
        pytest.param("---\n\n" * 45, id="rules"),
        pytest.param("```\nx\n```\n\n" * 45, id="code"),
        pytest.param("- ## x\n> # x\n" * 22 + "1. ~~~\n   x\n   ~~~", id="inside of lists and quotes"),
        pytest.param("| a |\n|---|\n" + "| 1 |\n" * 98, id="rows"),
        pytest.param("| a |\n|---|\n" + f"|{'x' * 997}|\n" * 8 + f"|{'x' * 996}|", id="cells"),
    ],
)
def test_everything_that_slack_limits_has_a_limit(full: str) -> None:
    assert BLOCK_ROOM.fits(full)
    assert not BLOCK_ROOM.fits(full + "\n\n## x\n\n---\n\n```\nx\n```\n\n| x |")


def test_what_looks_like_a_heading_in_code_is_none() -> None:
    assert BLOCK_ROOM.fill("```\n" + "# x\n" * 40 + "```") < 0.1


def test_a_text_is_counted_in_bytes_and_in_characters() -> None:
    assert TEXT_ROOM.fill("x" * 3_000) == 1
    assert TEXT_ROOM.fill("é" * 1_900) == 1
    assert TEXT_ROOM.count("a&b") == 3


def test_less_room_leaves_all_of_its_figures_smaller_but_the_number_of_blocks() -> None:
    smaller = BLOCK_ROOM.shrunk(0.8)
    assert smaller.fill("x" * 9_200) == pytest.approx(1)
    assert smaller.blocks == BLOCK_ROOM.blocks


def test_a_limit_narrows_and_never_widens() -> None:
    assert BLOCK_ROOM.narrowed(99_999) == BLOCK_ROOM
    assert TEXT_ROOM.narrowed(100).letters == 100


@given(st.text("a<&🧋\n#|-` ", max_size=300), st.integers(1, 80))
def test_the_longest_beginning_that_fits_is_found(text: str, limit: int) -> None:
    room = Capacity(counted=limit)
    reach = room.reach(text, 1)
    assert room.fits(text[:reach])
    assert reach == len(text) or not room.fits(text[: reach + 1])


def test_what_is_streamed_is_counted_in_bytes_as_well() -> None:
    room = replace(BLOCK_ROOM, size=STREAM_BYTES)
    assert room.fits("水" * 3_666)
    assert not room.fits("水" * 3_667)
    assert not room.fits("x" * 11_001)
