"""What becomes of the addresses that are explained below a cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.markdown.split.reference_filter import ReferenceFilter


def told(text: str, *, fence: str = "", within: bool = False) -> str:
    labels = ReferenceFilter(fence=fence, within=within)
    return labels.feed(text) + labels.flush()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[1]: https://a.example\n", "\u2060[1]: https://a.example\n"),
        ("a\n\n> [b c]: x", "a\n\n> \u2060[b c]: x"),
        ("- [1]: x\n- [ ] y: z", "- \u2060[1]: x\n- [ ] y: z"),
        ("[1] is no label\n[^1]: nor is a footnote\n", "[1] is no label\n[^1]: nor is a footnote\n"),
        (
            "```\n[1]: code\n~~~\n```x\n[1]: code\n```\n[1]: y",
            "```\n[1]: code\n~~~\n```x\n[1]: code\n```\n\u2060[1]: y",
        ),
        ("- ```\n  [1]: code\n  ```\n[1]: y", "- ```\n  [1]: code\n  ```\n\u2060[1]: y"),
    ],
)
def test_a_line_that_explains_a_label_is_text(text: str, shown: str) -> None:
    assert told(text) == shown


def test_code_that_the_text_begins_in_is_left_alone() -> None:
    assert told("[1]: code\n~~~\n[1]: y", fence="~~~") == "[1]: code\n~~~\n\u2060[1]: y"
    assert told("[1]: word\n[1]: y", within=True) == "[1]: word\n\u2060[1]: y"


def test_the_beginning_of_a_line_is_held_until_it_is_decided() -> None:
    labels = ReferenceFilter()
    assert labels.feed("a\n[1") == "a\n"
    assert labels.feed("]") == ""
    assert labels.feed(":") == "\u2060[1]:"
    assert not labels.over


@given(
    st.lists(
        st.sampled_from(["[1]", ": x", "1. ", "2", "\n", "```", "~~~", "> ", "a", "- ", "  "]), max_size=30
    ).map("".join),
    st.lists(st.integers(0, 60), max_size=10).map(sorted),
    st.booleans(),
)
def test_it_makes_no_difference_in_which_pieces_a_text_comes(
    text: str, cuts: list[int], within: bool
) -> None:
    labels = ReferenceFilter(within=within)
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert "".join(map(labels.feed, pieces)) + labels.flush() == told(text, within=within)
