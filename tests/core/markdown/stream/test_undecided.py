"""What the next delta may still change, in the words at the end of an unfinished text."""

from __future__ import annotations

import pytest

from bot.core.markdown.stream.undecided import find


def shown(words: str) -> str:
    found = find(words)
    return words[: found.end] + found.closers


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("a **b", "a **b**"),
        ("a ***b** c", "a ***b** c*"),
        ("a ~~b *c", "a ~~b *c*~~"),
        ("a *b* *", "a *b*"),
        ("a \\*", "a \\*"),
        ("a \\\\*", "a \\\\"),
        ("2*3", "2*3"),
        ("2**10", "2**10"),
        ("a**b", "a**b**"),
        ('target="_blank', 'target="_blank'),
        ("a **b `c", "a **b `c`**"),
        ("a `b` `", "a `b`"),
        ("a **`", "a"),
        ("a \\", "a"),
        ("a \\\n", "a"),
        ("[a **b](c) **d", "[a **b](c) **d**"),
        ("![a `b](https://e.org) c", "![a `b](https://e.org) c"),
    ],
)
def test_open_marks_are_closed_and_marks_at_the_end_are_held(words: str, kept: str) -> None:
    assert shown(words) == kept


@pytest.mark.parametrize(
    "open_end",
    ["[a", "[a [b] c", "[a]", "[a](", "[a](b", "[a](b (c", '[a](b "c d', "[a](b 'c'", "[a](<b c", "[a][b", "![a", "![a](b", "!", "<", "<a",
     "</a", "<!ch", "<@U1", "<https://e.org", "<br ", "&", "&am", "&#12", ":", ":tad", "h", "http", "https:", "https://e.org/a", "$", "$x + y",
     "$$x", "$$x$", "\\(a", "\\[a\nb", "$x$", "~", "_"],
)  # fmt: skip
def test_what_may_become_something_else_is_held(open_end: str) -> None:
    assert shown(f"so {open_end}") == "so"


@pytest.mark.parametrize(
    "decided",
    ["[a] b", "[a](b c", "[a]b", "< b", "&b c", "a:b", "10:3", "::b", ":a b", "hot", "xhttp", "$5 or", "$ b", "\\(a\\) b", "a! b", "[^1]: a b",
     "<a b", "e.g. &amp; b"],
)  # fmt: skip
def test_what_is_decided_is_shown(decided: str) -> None:
    assert shown(f"so {decided}") == f"so {decided}"


@pytest.mark.parametrize("words", ["[a]:", "[a]: https://e.org/x", '[a]: b "c'])
def test_what_may_explain_a_link_is_held_where_a_paragraph_begins(words: str) -> None:
    assert shown(words) == ""
