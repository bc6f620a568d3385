"""Where our reading of Markdown differs from CommonMark."""

from __future__ import annotations

import pytest

from bot.core.markdown.parse.syntax_rules import DEEPEST, without_full_stop
from bot.core.markdown.render.message_text import plain, slack_markdown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://e.org/a_b_c. Then", "see <https://e.org/a_b_c>. Then"),
        ("(https://e.org/a_(b))", "(<https://e.org/a_(b)>)"),
        ("**https://e.org**", "**<https://e.org>**"),
        ("访问https://e.org/x，然后", "访问<https://e.org/x>，然后"),  # noqa: RUF001
        ("访问https://e.org查看", "访问<https://e.org>查看"),
        ("[https://a.b](https://e.org)", "[https\\://a.b](https://e.org)"),
        ("see http:// or https", "see http:// or https"),
        ("xhttps://e.org", "xhttps\\://e.org"),
        ("HTTPS://E.org", "<HTTPS://E.org>"),
    ],
)
def test_an_address_is_a_link_up_to_the_sentences_own_end(text: str, shown: str) -> None:
    assert slack_markdown(text) == shown


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://e.org).", "https://e.org"),
        ("https://e.org/(a)", "https://e.org/(a)"),
        ("https://e.org/a?!", "https://e.org/a"),
    ],
)
def test_punctuation_after_an_address_is_no_part_of_it(address: str, kept: str) -> None:
    assert without_full_stop(address) == kept


@pytest.mark.parametrize("tag", ["<br>", "<br/>", "<BR />"])
def test_a_break_is_a_line_end(tag: str) -> None:
    assert slack_markdown(f"a{tag}b") == "a\nb"
    assert slack_markdown(f"| a{tag}b |\n|---|") == "| a b |\n|---|"


def test_within_a_label_they_are_read_as_well() -> None:
    assert slack_markdown("[a<br>b <@U1> https://e.org/x](https://e.org)") == (
        "[a b &lt;@U1> https\\://e.org/x](https://e.org)"
    )


def test_a_footnote_explains_no_link() -> None:
    assert slack_markdown("a[^1]\n\n[^1]: Measured") == "a[^1]\n\n[^1\\]: Measured"


def test_a_slack_token_is_no_mail_address() -> None:
    assert slack_markdown("<!subteam^S1|@ops>") == "&lt;!subteam^S1|@ops>"
    assert slack_markdown("<joe@e.org>") == "[joe@e.org](mailto:joe@e.org)"


@pytest.mark.parametrize("marker", ["> ", "- ", "1. "])
def test_nothing_is_lost_of_what_is_nested_too_deep(marker: str) -> None:
    assert "the end" in plain(marker * (2 * DEEPEST) + "the end")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<https://example.com|Example>", "[Example](https://example.com)"),
        ("<https://example.com/a?b=c|An example>", "[An example](https://example.com/a?b=c)"),
        ("<mailto:a@b.co|mail>", "[mail](mailto:a@b.co)"),
        ("<https://example.com|<!channel>>", "&lt;<https://example.com>|&lt;!channel>>"),
        ("[a <https://b.co|c> d](https://e.co)", "[a c d](https://e.co)"),
        ("<javascript:a|b>", "&lt;javascript:a|b>"),
        ("<!channel|a>", "&lt;!channel|a>"),
    ],
)
def test_a_link_as_slack_writes_it_is_one(text: str, shown: str) -> None:
    assert slack_markdown(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[^1]: a\n\n    b\n\n    c", "[^1\\]: a\n\nb\n\nc"),
        ("[^1]: a\nb\n\n\tc", "[^1\\]: a\nb\n\nc"),
        ("[^1]: a\n\nb\n\n    c", "[^1\\]: a\n\nb\n\n```\nc\n```"),
        ("    a", "```\na\n```"),
    ],
)
def test_a_footnotes_second_paragraph_is_words(text: str, shown: str) -> None:
    assert slack_markdown(text) == shown
