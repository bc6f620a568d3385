"""The small pieces: which tokens become chips, and which addresses become links."""

from __future__ import annotations

from html import escape

import pytest

from slack_emulator.page.html.html_helpers import bare_url, is_safe_url, link_html, with_tokens

NAMES = {"U1": "Ada", "C1": "general"}


@pytest.mark.parametrize(
    ("token", "kind", "words"),
    [
        ("<@U1>", "mention", "@Ada"),
        ("<@W9|somebody>", "mention", "@W9"),
        ("<#C1|old-name>", "channel", "#general"),
        ("<#C9|secret>", "channel", "#secret"),
        ("<#C9>", "channel", "#C9"),
        ("<!here>", "broadcast", "@here"),
        ("<!channel|@channel>", "broadcast", "@channel"),
        ("<!everyone>", "broadcast", "@everyone"),
        ("<!subteam^S1|@ops>", "broadcast", "@ops"),
        ("<!subteam^S1>", "broadcast", "@S1"),
    ],
)
def test_a_token_becomes_a_chip(token: str, kind: str, words: str) -> None:
    html = with_tokens(f"a<{token}", NAMES, escape)
    assert html.startswith(f'a&lt;<span class="chip {kind}"')
    assert html.endswith(f">{words}</span>")


@pytest.mark.parametrize("text", ["<@>", "<@u1>", "<!nobody>", "<# C1>", "<@U1", "<!subteam^s1>"])
def test_what_is_no_token_stays_as_it_is(text: str) -> None:
    assert with_tokens(text, NAMES, escape) == escape(text)


def test_a_date_shows_its_fallback() -> None:
    assert with_tokens("on <!date^1392734382^{date}|18 February>", NAMES, escape) == "on 18 February"


@pytest.mark.parametrize("url", ["http://a.test", "HTTPS://a.test", "mailto:a@b.test"])
def test_the_web_and_mail_are_safe(url: str) -> None:
    assert is_safe_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "//a.test",
        "/a",
        "javascript:a",
        " https://a.test",
        "https:// a",
        "data:text/html,a",
        "mailto:",
        "file:///a",
    ],
)
def test_every_other_address_is_only_its_label(url: str) -> None:
    assert link_html(url, "words") == "words"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://a.test/b?c=d#e rest", "https://a.test/b?c=d#e"),
        ("https://a.test.", "https://a.test"),
        ("https://a.test/wiki/A_(b))", "https://a.test/wiki/A_(b)"),
        ("http://", ""),
        ("ftp://a.test", ""),
    ],
)
def test_a_bare_address_ends_before_the_sentence_does(text: str, url: str) -> None:
    assert bare_url(text, 0) == url
