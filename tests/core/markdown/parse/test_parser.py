"""A model's Markdown as tokens, by the one parser that everything agrees on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.markdown.parse.parser import clean, parse, parse_blocks
from bot.core.markdown.parse.work_meter import pausing
from bot.core.markdown.render.message_text import slack_markdown
from bot.core.markdown.stream.healing import heal

ANSWERS = json.loads((Path(__file__).parents[3] / "corpus" / "llm_answers.json").read_text())


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


def test_a_text_of_twice_the_length_takes_about_twice_the_steps() -> None:
    text = "\n\n".join(answer["markdown"] for answer in ANSWERS) + "\n\n"
    once, twice = shares(text * 4), shares(text * 8)
    assert once > 10
    assert twice <= 2.5 * once


def shares(text: str) -> int:
    """How often the work on `text`, unfinished as it is, would let others go on meanwhile."""
    paused: list[None] = []
    with pausing(lambda: paused.append(None)):
        slack_markdown(heal(text))
    return len(paused)


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
