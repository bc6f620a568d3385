"""Nothing a model writes may notify anybody."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.markdown.emit import plain, slack_markdown

LIVE = re.compile(
    r"<\s*(?:!(?:here|channel|everyone|group|subteam|date)\b|@[UWB]\w|#C\w)|(?<![\w.])@(?:here|channel|everyone|group)\b(?!\.\w)",
    re.IGNORECASE,
)
PIECES = [
    "<",
    "!here",
    "!channel|x",
    "!subteam^S1",
    "@U1",
    "#C1",
    ">",
    "&lt;",
    "&#60;",
    "&#x3c",
    "&amp;",
    "`",
    " ",
    "@here",
    "\n",
]
SPITEFUL = [
    "Hello <!channel> there", "<@U12345678>", "<#C1|general>", "<!subteam^S1|@ops>", "@here", "@channel!", "ask @Everyone",
    "&lt;!channel&gt;", "&#60;!here>", "&#x3C;@U1>", "&amp;lt;!channel>", "`<!channel>`", "< !here>",
]  # fmt: skip


@pytest.mark.parametrize("emit", [slack_markdown, plain])
@pytest.mark.parametrize("text", SPITEFUL)
def test_no_token_is_live(emit: object, text: str) -> None:
    shown = emit(text)  # type: ignore[operator]
    assert not LIVE.search(shown)
    assert emit is plain or not LIVE.search(html.unescape(shown))


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_no_mixture_of_them_is_live(text: str) -> None:
    assert not LIVE.search(html.unescape(slack_markdown(text)))
    assert "<" not in plain(text)


@pytest.mark.parametrize(
    "text",
    [
        "a < b",
        "**bold** and `x <- 1`",
        "me@example.org",
        "> quoted",
        "AT&T",
        "<!DOCTYPE html>\n<!-- x -->",
        "List<@NonNull String>",
        "@group.command()",
        "joe@group.com",
        "a <# b",
    ],
)
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert slack_markdown(text) == text
