"""Slack's mrkdwn as plain words."""

from __future__ import annotations

import pytest

from bot.core.conversation.slack_text import date_text, escape_text, linked, plain_text

US = "U0BOT"


@pytest.mark.parametrize(
    ("slack", "typed"),
    [
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt;", "&lt;"),
        ("<https://x.org>", "https://x.org"),
        ("<https://x.org|x.org>", "https://x.org"),
        ("<https://x.org|the site>", "the site (https://x.org)"),
        ("<mailto:a@x.org|a@x.org>", "a@x.org"),
        ("ask <@U2>", "ask @U2"),
        ("ask <@U2|ada>", "ask @ada"),
        ("in <#C1|general> and <#C2>", "in #general and #C2"),
        ("<!here> and <!subteam^S1|@ops> and <!subteam^S2>", "@here and @ops and @S2"),
        ("at <!date^1392734382^{date_num} at {time}|18 Feb 2014 at 14:39>?", "at 18 Feb 2014 at 14:39?"),
        ("<!date^1392734382^{date}^https://x.org/|18 Feb 2014>", "18 Feb 2014"),
        ("<!date^1392734382^{date_num}>", "Tue, 18 Feb 2014 14:39:42 GMT"),
        ("<!date^999999999999999^{date_num}>", ""),
        ("<slack://channel?team=T1|the room>", "the room (slack://channel?team=T1)"),
        ("<ftp://x.org/a>", "ftp://x.org/a"),
        ("if x &lt; y: z|w &gt; v", "if x < y: z|w > v"),
        ("half a \ud83d sign", "half a \N{REPLACEMENT CHARACTER} sign"),
        ("  <@U0BOT>   hello  ", "hello"),
        ("well <@U0BOT> hello", "well hello"),
        ("<@U0BOT>", ""),
    ],
)
def test_plain_text_is_what_the_person_typed(slack: str, typed: str) -> None:
    assert plain_text(slack, bot_user=US) == typed


def test_without_a_name_of_ours_every_mention_stays() -> None:
    assert plain_text("<@U0BOT|tele> hello") == "@tele hello"


@pytest.mark.parametrize("text", ["a < b && c > d", "&lt;", "<@U1>", "<!channel>", "<https://x.org|x>"])
def test_an_escaped_text_is_read_as_the_text(text: str) -> None:
    assert plain_text(escape_text(text)) == text


@pytest.mark.parametrize(
    ("label", "url", "words"),
    [
        ("the site", "https://x.org", "the site (https://x.org)"),
        ("x.org", "https://x.org", "https://x.org"),
        ("", "https://x.org", "https://x.org"),
        ("the site", "", "the site"),
        ("a@x.org", "mailto:a@x.org", "a@x.org"),
    ],
)
def test_a_link_says_its_address_once(label: str, url: str, words: str) -> None:
    assert linked(label, url) == words


@pytest.mark.parametrize(
    ("timestamp", "words"),
    [
        ("1392734382", "Tue, 18 Feb 2014 14:39:42 GMT"),
        ("1392734382.077029", "Tue, 18 Feb 2014 14:39:42 GMT"),
        ("253402300799", "Fri, 31 Dec 9999 23:59:59 GMT"),
        ("253402300800", ""),
        ("-1", ""),
        ("nan", ""),
        ("soon", ""),
        ("", ""),
    ],
)
def test_a_timestamp_is_read_as_a_date(timestamp: str, words: str) -> None:
    assert date_text(timestamp) == words
