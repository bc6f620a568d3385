"""Slack Markdown in one canonical form."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.markdown.render.canonical import LONGEST_HEADING
from bot.core.markdown.render.message_text import slack_markdown
from tests.strict import read, visible

WORDS = st.text("ab 中", min_size=1, max_size=6).filter(lambda text: text.strip())
MARKED = st.lists(
    st.builds("{0}{1}{0}".format, st.sampled_from(["", "**", "*", "~~", "`"]), WORDS.map(str.strip)),
    max_size=5,
).map(" ".join)
BLOCK = st.one_of(
    MARKED,
    MARKED.map("# {}".format),
    st.lists(MARKED, min_size=1, max_size=3).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.lists(MARKED, min_size=1, max_size=3).map(lambda items: "\n".join(f"3. {item}" for item in items)),
    MARKED.map("> {}".format),
    WORDS.map("```py\n{}\n```".format),
    st.lists(MARKED, min_size=1, max_size=3).map(
        lambda cells: f"| {' | '.join(cells)} |\n|{'---|' * len(cells)}"
    ),
    st.just("---"),
)
ANSWER = st.lists(BLOCK, max_size=5).map("\n\n".join)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Title\n=====", "# Title"),
        ("# **a** b #", "# a b"),
        ("* a\n* b", "- a\n- b"),
        ("- a\n\n* b\n\n- c", "- a\n\n* b\n\n- c"),
        ("1. a\n\n1) b", "1. a\n\n1) b"),
        ("1. a\n\n   b\n2. c", "1. a\n\n   b\n2. c"),
        ("- a\n  3. b", "- a\n  3\\. b"),
        ("- a\n\n  3. b", "- a\n\n  3. b"),
        ("- a\n\n  - \n    b", "- a\n  - b"),
        ("-\n- a", "-\n- a"),
        ("- - - a", "- - - a"),
        ("-\n  -\n    -", "-\n  -\n    -"),
        ("- \\[x] a", "- [x\\] a"),
        ("- a\n\n  ***", "- a\n\n  ___"),
        ("***", "---"),
        ("> a\n\n> b", "> a\n\n> b"),
        ("~~~ py x=1\na\n~~~", "```py\na\n```"),
        ("``` <!here>\na\n```", "```\n<\u2060!here>\na\n```"),
        ("    a\n\n    b", "```\na\n\nb\n```"),
        ("`` a`b ``", "``a`b``"),
        ("`` ` ``", "`` ` ``"),
        ("` `` `", "``` `` ```"),
        ("`  a  `", "`  a  `"),
        ("[a](https://e.org/(b))", "[a](https://e.org/(b))"),
        ("[a](<https://e.org/(b>)", "[a](https://e.org/%28b)"),
        ("[a](<https://e.org/)b(>)", "[a](https://e.org/%29b%28)"),
        ("[a](https://e.org?x=1&amp;lt;=2)", "[a](https://e.org?x=1&lt%3B=2)"),
        ("[a][b]\n\n[b]: https://e.org", "[a](https://e.org)"),
        ("<https://e.org>", "<https://e.org>"),
        ("[`https://e.org`](https://e.org)", "[`https://e.org`](https://e.org)"),
        ("[a\nb](https://e.org)", "[a b](https://e.org)"),
        ("a  \nb\\\nc", "a\nb\nc"),
        ("a<br><br>b", "a\nb"),
        ("| a |\n|:-:|\n| `b\\|c` |", "| a |\n|:---:|\n| `b\\|c` |"),
        ("是**`a`**的", "是`a`的"),
        ("**a\nb**", "**a\nb**"),
        ("<@U1>", "&lt;@U1>"),
    ],
)
def test_everything_is_written_one_way(text: str, shown: str) -> None:
    assert slack_markdown(text) == shown


def test_a_heading_too_long_for_slack_is_a_bold_paragraph() -> None:
    words = "word " * (LONGEST_HEADING // 5 + 1)
    assert slack_markdown(f"# {words}`code`") == f"**{words}`code`**"


@given(ANSWER)
@settings(max_examples=50)
def test_any_answer_written_again_stays_as_it_is(text: str) -> None:
    shown = slack_markdown(text)
    assert slack_markdown(shown) == shown


@given(ANSWER)
@settings(max_examples=50)
def test_any_answer_reads_as_it_was_written(text: str) -> None:
    shown = slack_markdown(text)
    assert visible(shown) == visible(text)
    assert read(shown).code == read(text).code


def test_an_empty_item_makes_no_heading_of_the_words_above() -> None:
    assert slack_markdown("> a\n> - #") == "> a\n>\n> -"
    assert slack_markdown("> a\n> - - b") == "> a\n> - - b"
