"""Where running words may be cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.markdown.parse.work_meter import SHARE, pausing
from bot.core.markdown.split.prose_breaks import Prose, Rank, graphemes


def cuts(text: str, *ranks: Rank) -> list[str]:
    """The text up to each place of these ranks."""
    return [text[: gap.end] for gap in Prose(text).gaps(letters=True) if gap.rank in ranks]


def test_a_sentence_is_a_better_place_than_a_line_and_a_line_than_a_word() -> None:
    text = 'One "two." Three\nfour five? 6'
    assert cuts(text, Rank.SENTENCE) == ['One "two."', 'One "two." Three\nfour five?']
    assert cuts(text, Rank.BREAK) == ['One "two." Three']
    assert cuts(text, Rank.WORD) == ["One", 'One "two." Three\nfour']


@pytest.mark.parametrize(
    "whole",
    [
        "[the label](https://example.org/a 'title')",
        "![an image](https://example.org/a.png)",
        "`some code here`",
        "``a ` b``",
        "https://example.org/a/b-c?d=e,f",
        "<https://example.org/a>",
        r"\(a + b\)",
        "$$a + b$$",
        "&amp;",
        r"\*",
        "👩‍💻",
        "👨‍👩‍👧‍👦",
        "e\u0301\u0302",
        "🇨🇭",
    ],
)
def test_some_things_are_never_cut_through(whole: str) -> None:
    text = f"before {whole} after"
    inside = range(7 + 1, 7 + len(whole))
    assert [gap for gap in Prose(text).gaps(letters=True) if gap.end in inside or gap.at in inside] == []


def test_the_word_behind_a_link_or_code_stays_with_it() -> None:
    assert cuts("see [a b](https://example.org) now", Rank.BEHIND) == ["see [a b](https://example.org)"]
    assert cuts("see `a b` now", Rank.BEHIND) == ["see `a b`"]


def test_scripts_without_spaces_have_their_own_places() -> None:
    text = "これは「文」です。次の文。"
    assert cuts(text, Rank.SENTENCE) == ["これは「文」です。"]
    assert "これは「" not in cuts(text, Rank.SCRIPT)
    assert "これは「文" not in cuts(text, Rank.SCRIPT)
    assert "これは「文」" in cuts(text, Rank.SCRIPT)
    assert cuts("and/or, so-called", Rank.SCRIPT) == ["and/", "and/or, so-"]


@pytest.mark.parametrize(
    ("text", "end", "marks"),
    [
        ("a **b c** d", 5, "**"),
        ("***b c***", 4, "***"),
        ("**a *b c* d**", 6, "***"),
        ("~~b **c d** e~~", 7, "~~**"),
        ("**a** b", 5, ""),
        ("**a b", 3, ""),
        (r"\**a b c*", 4, "*"),
    ],
)
def test_the_emphasis_that_is_open_is_known(text: str, end: int, marks: str) -> None:
    assert [gap.opening for gap in Prose(text).gaps(letters=True) if gap.end == end] == [marks]


def test_no_pair_of_marks_is_left_around_nothing() -> None:
    ends = [gap.end for gap in Prose("**漢字**").gaps(letters=True)]
    assert ends == [3]


def test_emphasis_deeper_than_anybody_means_is_not_cut_through() -> None:
    text = "*a " * 25 + "b" + "*" * 25
    assert [gap.end for gap in Prose(text).gaps(letters=False)][-1] == 3 * 20 - 1


def test_what_is_one_character_to_a_reader_ends_where_it_ends() -> None:
    assert graphemes("a👩‍💻e\u0301b") == [1, 4, 6]
    assert graphemes("") == []


@given(st.text("ab *_~`[]()<>!&;\\$\n。、漢👩\u200d💻", max_size=80))
def test_every_place_is_inside_and_loses_nothing_but_space(text: str) -> None:
    for gap in Prose(text).gaps(letters=True):
        assert 0 < gap.end <= gap.at < len(text)
        assert not text[gap.end : gap.at].strip()


def test_a_word_without_an_end_is_looked_through_in_many_steps() -> None:
    pauses: list[int] = []
    prose = Prose("=" * 6_000)
    with pausing(lambda: pauses.append(1)):
        prose.gaps(letters=True)
    assert len(pauses) * SHARE > 0.4 * 6_000
