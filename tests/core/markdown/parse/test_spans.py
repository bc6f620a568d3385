"""Words as runs, and what they lose on the way."""

from __future__ import annotations

import pytest

from bot.core.markdown.parse.parser import parse
from bot.core.markdown.parse.spans import (
    WORD_JOINER,
    Mark,
    Span,
    as_written,
    plain_text,
    quiet_code,
    runs,
    safe_address,
)

BOLD, ITALIC, LINK = Mark("strong"), Mark("em"), Mark("link", "https://e.org")


def of(text: str, *, asker: str = "") -> list[Span]:
    return runs(parse(text)[1].children or [], asker=asker)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a **b *c***", [Span("a "), Span("b ", (BOLD,)), Span("c", (BOLD, ITALIC))]),
        ("**a **b****", [Span("a b", (BOLD,))]),
        ("a\nb", [Span("a\nb")]),
        ("`a`", [Span("a", code=True)]),
        ("`a`$b$", [Span("ab", code=True)]),
        ("[a *b*](https://e.org)", [Span("a ", (LINK,)), Span("b", (LINK, ITALIC))]),
        ("[](https://e.org)", [Span("https://e.org", (LINK,))]),
        ("[a](b.md)", [Span("a")]),
        ("![a *b*](https://e.org)", [Span("a b", (LINK,))]),
        ("![](https://e.org)", [Span("https://e.org", (LINK,))]),
        ("![a](b.png)", [Span("a")]),
        ("a ![](b.png)", [Span("a ")]),
        ("[![a](https://e.org/x.png)](https://e.org)", [Span("a", (LINK,))]),
        ("[![](https://e.org/x.png)](https://e.org)", [Span("https://e.org", (LINK,))]),
        ("a&#10;b", [Span("a b")]),
        ("<@U1>", [Span("<@U1>")]),
    ],
)
def test_text_has_the_marks_around_it(text: str, expected: list[Span]) -> None:
    assert of(text) == expected


def test_where_nobody_can_be_notified_no_name_is_broken() -> None:
    assert as_written(parse("@here, **look**")[1].children or []) == [Span("@here, "), Span("look", (BOLD,))]


def test_a_mention_of_the_asker_is_live() -> None:
    assert of("<@U1> <@U2>", asker="U1") == [Span("<@U1>", live=True), Span(" <@U2>")]


@pytest.mark.parametrize(
    "text",
    [
        "@here",
        "@**here**",
        "[@](https://e.org)here",
        "`@`here",
        "@`here`",
        "&#64;here",
        "(@Everyone)",
        "**a**@channel",
        "@here_",
        ".@group",
    ],
)
def test_a_broadcast_is_broken_however_it_is_written(text: str) -> None:
    assert f"@{WORD_JOINER}" in plain_text(of(text))


@pytest.mark.parametrize("text", ["`@group.command()`", "bob@here.com", "@hereby", "@bob", "@ here"])
def test_what_is_no_broadcast_stays(text: str) -> None:
    assert plain_text(of(text)) == text.strip("`")


@pytest.mark.parametrize(
    "code",
    ["<!here>", "<@U1>", "<#C1>", "<!subteam^S1>", "<!chan", "<![x", "@here", "ask @channel!", "<@u1>"],
)
def test_in_code_a_token_is_broken(code: str) -> None:
    assert quiet_code(code) != code
    assert quiet_code(code).replace(WORD_JOINER, "") == code


@pytest.mark.parametrize(
    "code",
    ["<!DOCTYPE html>", "<!-- x -->", "<![CDATA[x]]>", "<!ELEMENT a>", "List<@NonNull String>", "@group.command()", "<#if a>", "a <# b",
     "me@here.com", "x.@here"],
)  # fmt: skip
def test_code_that_only_looks_like_one_can_be_copied(code: str) -> None:
    assert quiet_code(code) == code


@pytest.mark.parametrize(
    ("href", "safe"),
    [
        ("https://e.org/a", "https://e.org/a"),
        ("http://e.org", "http://e.org"),
        ("mailto:a@here.com", "mailto:a@here.com"),
        ("tel:+49(0)123-4", "tel:+49(0)123-4"),
        ("https://e.org/<a>|@here", "https://e.org/%3Ca%3E%7C%40here"),
        ("https://e.org/@channel", "https://e.org/%40channel"),
        ("mailto:a@b.c?subject=x", ""),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("/a/b", ""),
        ("ftp://e.org", ""),
    ],
)
def test_a_link_leads_to_the_web_to_mail_to_a_telephone_or_nowhere(href: str, safe: str) -> None:
    assert safe_address(href) == safe
