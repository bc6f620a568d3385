"""The parts of a message."""

from __future__ import annotations

import pytest

from bot.core.conversation.content_parts import (
    FRAME_TOKENS,
    IMAGE_TOKENS,
    FilePart,
    FileTextPart,
    FileUnit,
    ImagePart,
    Part,
    Parts,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    UnreadablePart,
    count_tokens,
    joined,
    prefixed,
    text_of,
    text_parts,
)

FILE = FilePart("q3.pdf", "application/pdf", 1000, "F1")


def test_a_text_is_one_part_and_no_text_is_none() -> None:
    assert text_parts("Hi") == (TextPart("Hi"),)
    assert text_parts("") == ()


def test_the_words_of_a_message_are_those_of_its_texts() -> None:
    assert text_of((TextPart("Look:"), FILE, TextPart("there"))) == "Look:\n\nthere"
    assert text_of((FILE,)) == ""


@pytest.mark.parametrize(
    ("before", "after", "both"),
    [
        pytest.param(text_parts("a"), text_parts("b"), text_parts("a\n\nb"), id="words"),
        pytest.param((FILE,), text_parts("b"), (FILE, TextPart("b")), id="a file before"),
        pytest.param(text_parts("a"), (FILE,), (TextPart("a"), FILE), id="a file after"),
        pytest.param((), text_parts("b"), text_parts("b"), id="nothing before"),
        pytest.param(text_parts("a"), (), text_parts("a"), id="nothing after"),
    ],
)
def test_words_that_meet_become_one_part(before: Parts, after: Parts, both: Parts) -> None:
    assert joined(before, after) == both


def test_a_prefix_stands_before_the_first_words() -> None:
    assert prefixed("@U1: ", text_parts("Hi")) == text_parts("@U1: Hi")
    assert prefixed("@U1: ", (FILE, TextPart("this"))) == (TextPart("@U1:"), FILE, TextPart("this"))


@pytest.mark.parametrize(
    ("part", "tokens"),
    [
        (TextPart("plain words"), 3),
        (TextPart("漢字かな"), 5),
        (TextPart("half a \ud83d sign"), 7),
        (FILE, 13),
        (FileTextPart("q3.pdf", "plain words", FileUnit.PAGES, 1, 1), FRAME_TOKENS + 5 + 3),
        (ImagePart("a cat"), 11),
        (ImagePart("a cat", "image/png", b"\x89PNG"), IMAGE_TOKENS),
        (ToolCallPart("1", "clock", '{"zone": "UTC"}'), 9),
        (ToolResultPart("1", "It is late."), 5),
        (UnreadablePart(), 16),
    ],
)
def test_every_part_costs_tokens(part: Part, tokens: int) -> None:
    assert count_tokens([part]) == 4 + tokens
    assert count_tokens([part, part]) == 4 + 2 * tokens


def test_a_message_of_nothing_costs_what_stands_around_it() -> None:
    assert count_tokens([]) == 4
