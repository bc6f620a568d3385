"""What stands behind the marks that open code is its language, or words that have to be read."""

from __future__ import annotations

import pytest

from bot.core.markdown.parse.fence_info import info_words, language, shown_code
from bot.core.markdown.render.message_text import slack_markdown


@pytest.mark.parametrize(
    ("info", "name"),
    [
        ("python", "python"),
        (" c++ ", "c++"),
        ('python title="my file" {1,3-4}', "python"),
        ("js showLineNumbers=true", "js"),
        ("SELECT 1 FROM t", ""),
        ("title words", ""),
        ("", ""),
        ("x" * 33, ""),
        ("中文", ""),
    ],
)
def test_a_language_is_one_word_and_perhaps_its_attributes(info: str, name: str) -> None:
    assert language(info) == name


@pytest.mark.parametrize(
    ("info", "code", "words"),
    [
        ("python", "x = 1\n", ""),
        ("python", "", "python"),
        ("SELECT 1", "x\n", "SELECT 1"),
        ("", "", ""),
    ],
)
def test_whatever_else_it_says_is_read(info: str, code: str, words: str) -> None:
    assert info_words(info, code) == words


def test_words_are_the_first_line_of_the_code() -> None:
    assert shown_code("python", "x\n") == ("python", "x\n")
    assert shown_code("title words", "x\n") == ("", "title words\nx\n")
    assert shown_code("hello", "\n") == ("", "hello")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("```SELECT 1 FROM t", "```\nSELECT 1 FROM t\n```"),
        ("~~~ tildes and more words", "```\ntildes and more words\n```"),
        ("> ```hello world", "> ```\n> hello world\n> ```"),
        ("- ~~~ hello world", "- ```\n  hello world\n  ```"),
        ("``` title words\ncode\n```", "```\ntitle words\ncode\n```"),
        ("```python\ncode\n```", "```python\ncode\n```"),
    ],
)
def test_no_word_on_a_line_that_opens_code_is_lost(text: str, shown: str) -> None:
    assert slack_markdown(text) == shown
