"""Slack's light markup: marks at word edges, quotes, fences, links and tokens."""

from __future__ import annotations

import pytest

from slack_emulator.page.html.mrkdwn_html import inline_html, mrkdwn_html

NAMES = {"U1": "Ada", "C1": "general"}
ELSEWHERE = 'target="_blank" rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _it_ ~gone~", "<strong>bold</strong> <em>it</em> <s>gone</s>"),
        ("*_~all~_*", "<strong><em><s>all</s></em></strong>"),
        ("(*bold*)", "(<strong>bold</strong>)"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("* not bold * and *neither", "* not bold * and *neither"),
        ("*a `*b*` c*", "<strong>a <code>*b*</code> c</strong>"),
        ("*<https://a.test/*|b>*", f'<strong><a href="https://a.test/*" {ELSEWHERE}>b</a></strong>'),
        ("`a *b* <@U1>`", '<code>a *b* <span class="chip mention" data-user="U1">@Ada</span></code>'),
        ("a ` b", "a ` b"),
        ("&lt;b&gt; &amp;amp; <i>", "&lt;b&gt; &amp;amp; &lt;i&gt;"),
        (":tada: :white_check_mark: :no_such_thing: 10:30:15", "🎉 ✅ :no_such_thing: 10:30:15"),
        ("<tel:+461|call>", "call"),
        ("<mailto:a@b.test>", f'<a href="mailto:a@b.test" {ELSEWHERE}>a@b.test</a>'),
        (
            "<https://a.test/?a=1&amp;b=2|A &amp; B>",
            f'<a href="https://a.test/?a=1&amp;b=2" {ELSEWHERE}>A &amp; B</a>',
        ),
        ("<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x&gt;"),
        (
            "see https://a.test/b_c_d.",
            f'see <a href="https://a.test/b_c_d" {ELSEWHERE}>https://a.test/b_c_d</a>.',
        ),
    ],
)
def test_one_run_of_text(text: str, html: str) -> None:
    assert inline_html(text, NAMES) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one\ntwo", "one<br>two"),
        ("> a\n&gt; *b*\nc", "<blockquote>a<br><strong>b</strong></blockquote>c"),
        ("a\n>>> b\nc", "a<blockquote>b<br>c</blockquote>"),
        ("a\n```\nb *c*\n```\nd", "a<pre><code>b *c*</code></pre>d"),
        ("```a``` b ```c", "<pre><code>a</code></pre> b ```c"),
        (
            "```<@U1> &lt;```",
            '<pre><code><span class="chip mention" data-user="U1">@Ada</span> &lt;</code></pre>',
        ),
        ("", ""),
    ],
)
def test_lines_and_blocks(text: str, html: str) -> None:
    assert mrkdwn_html(text, NAMES) == html
