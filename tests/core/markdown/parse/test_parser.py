"""A model's Markdown as tokens, by the one parser that everything agrees on."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.markdown.parse.parser import clean, parse, parse_blocks
from bot.core.markdown.render.message_text import slack_markdown
from bot.core.markdown.stream.healing import heal

PATTERNS = [
    "[a](", "[", "![", "[a][", "[](", "[a](<b", '[a](b "', "[a]: b\n", "*a ", "a**", "**a **", "***a", "*_", "_a", "~~a", "~", "<", "<a ",
    "<!here>", "<@U1> ", "<https://a", ">", "> ", "- ", "- a\n", "1. a\n", "* a\n\n", "`", "``a", "`a", "```\n", "```a\n", "~~~\n", "|a|b|\n",
    "a|b\n-|-\n", "| a |\n|---|\n| b ", "$", "$a ", "$$\n", "\\(", "\\[", "\\[\n", "\\", "\\*", "&", "&amp", "&#", ":a ", ":", "http://",
    "https://a.b/(", "@here ", "#", "# a\n", "=", "-\n", "a\n\n", "- `\n", "**「a", "<br>",
]  # fmt: skip


def test_blocks_know_their_lines() -> None:
    tokens = parse("# a\n\n- b\n- c\n\n| d |\n|---|\n| e |\n")
    assert [(token.type, token.map) for token in tokens if token.nesting == 1 and token.level == 0] == [
        ("heading_open", [0, 1]),
        ("bullet_list_open", [2, 5]),
        ("table_open", [5, 8]),
    ]


def test_blocks_alone_have_no_words() -> None:
    assert [token.children for token in parse_blocks("a **b**")] == [None, [], None]
    assert [word.type for word in parse("a **b**")[1].children or []] == [
        "text",
        "strong_open",
        "text",
        "strong_close",
        "text",
    ]


def test_what_one_text_explains_another_may_use() -> None:
    environment: dict[str, object] = {}
    parse("[docs]: https://e.org\n", environment)
    assert [word.type for word in parse("[docs]", environment)[1].children or []] == [
        "link_open",
        "text",
        "link_close",
    ]


@pytest.mark.parametrize(
    ("text", "cleaned"), [("a\r\nb\rc", "a\nb\nc"), ("a\x00", "a\ufffd"), ("\udc00", "\ufffd")]
)
def test_only_what_can_be_sent_is_read(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text())
def test_any_text_is_markdown(text: str) -> None:
    parse(text)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_text_is_so_strange_that_it_takes_long(pattern: str) -> None:
    """Twice the text takes about twice as long."""
    text = pattern * (1_500 // len(pattern))
    once, twice = seconds(text), seconds(text + text)
    assert twice < 4 * once + 0.5


def seconds(text: str) -> float:
    """How long the processor works to show `text`, unfinished as it is."""
    began = time.process_time()
    slack_markdown(heal(text))
    return time.process_time() - began


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07a", "a"),
        ("\x1b]8;;https://example.org\x1b\\a", "a"),
        ("a\x1b[38;5;1", "a"),
        ("a\x1b", "a"),
        ("\x1b(Ba\x1bM", "a"),
        ("a\x07\x08\x7f\x9bb\tc\n", "ab\tc\n"),
    ],
)
def test_what_is_told_to_a_terminal_is_left_out(text: str, shown: str) -> None:
    assert clean(text) == shown
