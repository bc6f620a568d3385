"""Backslashes where a text would be read as markup, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.markdown.render.escapes import (
    escaped,
    escaped_cell,
    escaped_heading,
    escaped_item,
    escaped_lines,
)
from bot.core.markdown.render.message_text import slack_markdown
from tests.strict import visible

ANY = st.text("*_`~[]()<>&#+-=.1!|\\:$ ab\n中é", max_size=30)


@pytest.mark.parametrize(
    "text",
    ["my_file_name", "2 * 3", "see [note] below", "~5 min, 20~25", "AT&T", "a | b", "$5 or $10", "C:\\new", "Done!", "#general", "a > b",
     "f(x)", "10:30", "[^1]"],
)  # fmt: skip
def test_what_is_no_markup_stays_as_it_is(text: str) -> None:
    assert escaped(text) == text


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("a*b", "a\\*b"),
        ("_a_", "\\_a\\_"),
        ("`a`", "\\`a\\`"),
        ("~~a~~", "\\~\\~a\\~\\~"),
        ("<b>", "&lt;b>"),
        ("&amp; &#1; &lt", "&amp;amp; &amp;#1; &amp;lt"),
        ("[a](b)", "[a\\](b)"),
        ("\\*", "\\\\\\*"),
        ("a\\", "a\\\\"),
        ("https://e.org", "https\\://e.org"),
        ("$x$", "\\$x$"),
    ],
)
def test_what_is_markup_is_escaped(text: str, markdown: str) -> None:
    assert escaped(text) == markdown


@pytest.mark.parametrize(
    ("text", "markdown"), [("a [b] c", "a [b] c"), ("a ] b [", "a \\] b \\["), ("[[a]", "\\[[a]")]
)
def test_within_a_label_brackets_come_in_pairs(text: str, markdown: str) -> None:
    assert escaped(text, label=True) == markdown


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("- a", "\\- a"),
        ("+ a\n1. b\n2) c", "\\+ a\n1\\. b\n2\\) c"),
        ("# a\n#a", "\\# a\n#a"),
        ("> a", "\\> a"),
        ("a\n===", "a\n\\==="),
        ("a\n---", "a\n\\---"),
        ("|a|\n|---|", "|a|\n\\|---|"),
        ("[a]: b", "[a\\]: b"),
        ("x [a]: b", "x [a]: b"),
        ("-1 and 1.5", "-1 and 1.5"),
    ],
)
def test_no_line_begins_another_block(text: str, markdown: str) -> None:
    assert escaped_lines(text) == markdown


def test_no_item_looks_like_a_task() -> None:
    assert escaped_item("[x] a") == "[x\\] a"
    assert escaped_item("[y] a") == "[y] a"


def test_a_headings_last_sign_and_a_cells_bar_are_kept() -> None:
    assert escaped_heading("a ##") == "a \\##"
    assert escaped_heading("C#") == "C#"
    assert escaped_cell("a|b") == "a\\|b"


@example(r"$\$")
@given(ANY)
def test_any_text_that_was_escaped_reads_as_it_was(text: str) -> None:
    text = " ".join(text.split())
    markdown = escaped_lines(escaped(text))
    assert visible(markdown) == text
    assert visible(slack_markdown(markdown)) == text
