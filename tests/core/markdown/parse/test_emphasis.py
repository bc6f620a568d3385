"""`*`, `_` and `~~`, beside Chinese, Japanese and Korean as well."""

from __future__ import annotations

import pytest

from bot.core.markdown.parse.emphasis import flanks, is_punctuation, is_space, is_wide
from bot.core.markdown.parse.parser import parse


def marked(text: str) -> list[str]:
    """The kinds of marks in `text`."""
    return [word.tag for word in parse(text)[1].children or [] if word.nesting == 1]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("**重要：**次", ["strong"]),  # noqa: RUF001
        ("日本語では**「重要」**な点", ["strong"]),
        ("是**“重要”**的", ["strong"]),
        ("请用**`ls`**列出", ["strong"]),
        ("次に*斜体*の", ["em"]),
        ("已~~删除。~~了", ["s"]),
        ("**a**b", ["strong"]),
        ("a**b c**", ["strong"]),
        ("a **b **c", []),
        ("**a:**b", []),
        ("snake_case_name", []),
        ("_a_ __b__", ["em", "strong"]),
        ("~a~ ~~~b~~~", ["s"]),
        ("***a***", ["em", "strong"]),
        ("a ~~b", []),
    ],
)
def test_which_marks_open_and_close(text: str, kinds: list[str]) -> None:
    assert marked(text) == kinds


def test_by_commonmarks_letter_a_mark_beside_chinese_needs_a_space() -> None:
    assert flanks("」", "重", marker="*").closes
    assert not flanks("」", "重", marker="*", cjk=False).closes


def test_an_underscore_opens_at_a_words_edge_only() -> None:
    assert not flanks("a", "b", marker="_").opens
    assert flanks("a", "b", marker="*").opens
    assert flanks("(", "b", marker="_").opens
    assert flanks("b", ")", marker="_").closes


@pytest.mark.parametrize(("char", "space", "punctuation", "wide"), [
    (" ", True, False, False), ("\n", True, False, False), ("\u3000", True, False, True), ("(", False, True, False), ("。", False, True, True),
    ("中", False, False, True), ("a", False, False, False), ("é", False, False, False), ("한", False, False, True),
])  # fmt: skip
def test_what_a_character_is(char: str, *, space: bool, punctuation: bool, wide: bool) -> None:
    assert (is_space(char), is_punctuation(char), is_wide(char)) == (space, punctuation, wide)
