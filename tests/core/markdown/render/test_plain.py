"""Text without markup."""

from __future__ import annotations

import pytest

from bot.core.markdown.render.message_text import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# a **b**", "a b"),
        ("[a](https://e.org) ![b](https://e.org)", "a b"),
        ("- a\n  - b\n- [x] c\n- [ ] d", "• a\n  • b\n☑ c\n☐ d"),
        ("1. a\n\n   ```py\n   b\n   ```", "1. a\n\n  b"),
        ("> a", "a"),
        ("a\n\n---\n\nb", "a\n\nb"),
        ("| a | b |\n|---|---|\n| c | d |", "a | b\nc | d"),
        ("|  | b | c |\n|---|---|---|\n| d | | e |\n| f | | |\n| | | |", "- | b | c\nd | - | e\nf\n"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
    ],
)
def test_only_the_words_are_left(text: str, shown: str) -> None:
    assert plain(text) == shown
