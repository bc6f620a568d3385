"""Words that stay the words of a paragraph, whatever they look like."""

from __future__ import annotations

import pytest

from bot.core.markdown.parse.literal_guard import GUARD, HEADING_GUARD, Guards
from bot.core.markdown.parse.parser import parse
from bot.core.markdown.render.message_text import slack_markdown
from tests.reading import Word, words

LOOKS = ["# a", "> a", "- a", "* a", "+ a", "1. a", "12) a", "~~~ a", "```", "---", "***", "===", "$$a$$", "[a]: /b"]  # fmt: skip


@pytest.mark.parametrize("text", LOOKS)
def test_guarded_words_are_words(text: str) -> None:
    guarded = words(parse(GUARD + text))
    assert {word.kind for word in guarded} == {"p"}
    assert guarded == words(parse(slack_markdown(GUARD + text)))


@pytest.mark.parametrize(
    "text", [f"a\n{GUARD}---", f"a\n---{GUARD}", f"a | b\n---|---{GUARD}", f"{GUARD}a\n==="]
)
def test_guarded_lines_make_no_heading_of_the_words_above(text: str) -> None:
    assert {word.kind for word in words(parse(text))} == {"p"}


def test_the_words_of_an_underlined_heading_stay_those_of_one() -> None:
    assert words(parse(f"{HEADING_GUARD}# a\n===")) == [Word("#", "h1"), Word("a", "h1")]


def test_a_guard_keeps_the_last_sign_of_a_heading() -> None:
    assert words(parse(f"# C #{GUARD}")) == [Word("C", "h1"), Word("#", "h1")]


def test_a_guard_shows_nothing() -> None:
    assert slack_markdown(f"{GUARD}a\n{GUARD}b{GUARD}") == "a\nb"
    assert slack_markdown(f"- a\n\n    b\n    {GUARD}c") == "- a\n\n  b\n  c"
    assert slack_markdown(f"    {GUARD}a").count("a") == 1


@pytest.mark.parametrize(
    ("text", "at", "needed"),
    [
        ("see # 5", 4, True),
        ("see **5**", 4, False),
        ("see 5. and", 4, True),
        ("see 5 and", 4, False),
        ("see a | b", 4, True),
        ("see it\n===", 4, True),
    ],
)
def test_only_what_may_be_mistaken_is_guarded(text: str, at: int, needed: bool) -> None:
    assert Guards(text).before(at) == (GUARD if needed else "")
