"""Slack's older markup, for where a `markdown` block is not taken."""

# ruff: noqa: RUF001  (signs that look like others are meant)
from __future__ import annotations

import pytest

from bot.core.markdown.render.message_text import mrkdwn
from bot.core.markdown.render.mrkdwn import WIDEST_TABLE, escape


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**a** *b* ~~c~~ `d`", "*a* _b_ ~c~ `d`"),
        ("# a **b**", "*a b*"),
        ("中**文**字", "中\u200b*文*\u200b字"),
        ("**a\nb** c", "*a*\n*b* c"),
        ("**<br>a**", "*a*"),
        ("**`a`**", "*`a`*"),
        ("[a|b](https://e.org?x=1&y=2)", "<https://e.org?x=1&amp;y=2|a¦b>"),
        ("<https://e.org>", "<https://e.org>"),
        ("[a](b.md)", "a"),
        ("- a\n  - b\n\n    c\n- [x] d\n- [ ] e", "• a\n    • b\n\n        c\n☑ d\n☐ e"),
        ("2. a\n3. b", "2. a\n3. b"),
        ("> a\n> > b\n>\n> c", "> a\n>\n> b\n>\n> c"),
        ("\\> a", "\u2060&gt; a"),
        ("```py\nx < 1\n```", "```\nx &lt; 1\n```"),
        ("- a\n\n  ```\n  b\n  ```", "• a\n\n```\nb\n```"),
        ("~~~\n```\n~~~", "```\n``\u200b`\n```"),
        ("`` a`b ``", "a`b"),
        ("---", "──────────"),
        ("<@U1> & <b>", "&lt;@U1&gt; &amp; &lt;b&gt;"),
        ("| a | b |\n|---|--:|\n| 1 | 20 |", "```\na   b\n-  --\n1  20\n```"),
    ],
)
def test_what_it_cannot_say_is_said_in_other_words(text: str, shown: str) -> None:
    assert mrkdwn(text) == shown


def test_a_table_too_wide_for_a_line_is_a_line_for_each_cell() -> None:
    long = "x" * WIDEST_TABLE
    text = f"| name | value |\n|---|---|\n| a | {long} |\n| b | |\n|  | c |"
    assert mrkdwn(text) == f"• *name*: a\n• *value*: {long}\n\n• *name*: b\n\n• *value*: c"


def test_a_wide_header_alone_is_a_line_for_each_column() -> None:
    long = "x" * WIDEST_TABLE
    assert mrkdwn(f"| a | {long} |\n|---|---|") == f"• *a*\n• *{long}*"


def test_three_characters_are_entities_and_no_others() -> None:
    assert escape('<a href="b">&</a>') == '&lt;a href="b"&gt;&amp;&lt;/a&gt;'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"\*x\*", "∗x∗"),
        ("~x y~", "∼x y∼"),
        (r"\_x\_ and \`y\`", "ˍxˍ and ˋyˋ"),
        (r"\`\`\`", "``\u200b`"),
        ("2 * 3 * 4 and 20~25", "2 * 3 * 4 and 20~25"),
        ("snake_case_name", "snake_case_name"),
    ],
)
def test_a_literal_sign_marks_nothing(text: str, shown: str) -> None:
    assert mrkdwn(text) == shown


def test_code_that_an_item_begins_with_is_not_indented_and_ends_where_it_should() -> None:
    assert mrkdwn("1. ```\n   a\n     b\n   ```\n\n   c\n2. d") == "1.\n```\na\n  b\n```\n\n    c\n2. d"
