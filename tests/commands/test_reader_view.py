"""What a reader sees of what is sent."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from bot.commands.reader_view import seen
from bot.commands.render import Wish
from bot.commands.terminal import ASCII, WIDE, Drawing
from tests.commands.test_terminal import words_of
from tests.core.markdown.documents import documents

DRAWING = Drawing(WIDE, ASCII)


def shown(part: str, form: str) -> str:
    return "\n".join(line.plain for line in seen(part, form, DRAWING))


@pytest.mark.parametrize(
    ("part", "form", "read"),
    [
        ("# Hi\n\n&lt;!channel> **a**", "markdown", "Hi\n\n<!channel> a"),
        ("*Hi* _a_ ~b~ `c &lt; d` snake_case_name 2*3*4", "mrkdwn", "Hi a b c < d snake_case_name 2*3*4"),
        ("<https://e.org|docs> <https://e.org?a&amp;b>", "mrkdwn", "docs (https://e.org) https://e.org?a&b"),
        ("> a\n>\n```\nx = *y*\n```\nb", "mrkdwn", "| a\n|\n    x = *y*\nb"),
        ("a &lt;b&gt; &amp;amp; @\u2060here", "plain", "a <b> &amp; @here"),
        ("<@U1>", "mrkdwn", "@U1"),
    ],
)
def test_what_is_read(part: str, form: str, read: str) -> None:
    assert shown(part, form) == read


@pytest.mark.parametrize("form", ["markdown", "mrkdwn", "plain"])
@given(documents)
def test_no_word_is_lost_on_the_way_to_its_reader(form: str, text: str) -> None:
    parts = Wish(form).parts(text)
    read = "\n".join(shown(part, form) for part in parts)
    assert set(words_of(text)) <= set(re.findall(r"w\d+", read))
