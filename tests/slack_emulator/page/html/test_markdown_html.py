"""Standard Markdown as Slack's markdown block takes it."""

from __future__ import annotations

import pytest

from slack_emulator.page.html.markdown_html import code_html, markdown_html
from tests.html import Html

NAMES = {"U1": "Ada"}
COPY = '<button class="code-copy" type="button" data-action="copy-code">Copy</button></div>'
ELSEWHERE = 'target="_blank" rel="noopener noreferrer nofollow"'


def task(said: str, *state: str) -> str:
    attributes = " ".join(['type="checkbox"', "disabled", f'aria-label="{said}"', *state])
    return f'<li class="task"><input {attributes}>'


def table(head: str, body: str) -> str:
    return f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody><tr>{body}</tr></tbody></table></div>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**b** *i* ~~s~~ `c`", "<p><strong>b</strong> <em>i</em> <s>s</s> <code>c</code></p>"),
        ("one\ntwo  \nthree", "<p>one<br>two<br>three</p>"),
        ("# a\n## b\n### c\n###### d", "<h3>a</h3><h4>b</h4><h5>c</h5><h6>d</h6>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("- a\n  - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        (
            "- [x] a\n- [ ] b",
            f"<ul>{task('done', 'checked')}a</li>{task('to do')}b</li></ul>",
        ),
        ("> a\n\n---", "<blockquote><p>a</p></blockquote><hr>"),
        (
            "|a|b|\n|:-:|--:|\n|1|2|",
            table(
                '<th class="center">a</th><th class="right">b</th>',
                '<td class="center">1</td><td class="right">2</td>',
            ),
        ),
        (
            "|a|\n|-|\n|1|",
            table("<th>a</th>", "<td>1</td>"),
        ),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("<div>\nx", "<p>&lt;div&gt;<br>x</p>"),
        ("&lt;!channel&gt; :tada:", "<p>&lt;!channel&gt; 🎉</p>"),
        ("\\<!channel>", "<p>&lt;!channel&gt;</p>"),
    ],
)
def test_markdown(text: str, html: str) -> None:
    assert markdown_html(text, NAMES) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<@U1> <!here> `<@U1>`", "@Ada @here @Ada"),
        ("**<!channel>**", "@channel"),
        ("[<!everyone>](https://a.test)", "@everyone"),
        ("<!subteam^S1|@ops>", "@ops"),
    ],
)
def test_slacks_tokens_are_live_wherever_they_stand(text: str, html: str) -> None:
    drawn = markdown_html(text, NAMES)
    assert drawn.count('<span class="chip') == len(html.split())


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[a](https://a.test 'title')", f'<a href="https://a.test" {ELSEWHERE}>a</a>'),
        ("[a](javascript:b)", "[a](javascript:b)"),
        ("[a](/b)", "[a](/b)"),
        ("<https://a.test>", f'<a href="https://a.test" {ELSEWHERE}>https://a.test</a>'),
        ("<ftp://a.test>", "&lt;ftp://a.test&gt;"),
        (
            "see https://a.test/(b)), or http",
            f'see <a href="https://a.test/(b)" {ELSEWHERE}>https://a.test/(b)</a>), or http',
        ),
        (
            "![a **b**](https://a.test/i.png)",
            f'<a class="image" href="https://a.test/i.png" {ELSEWHERE}>a **b**</a>',
        ),
        (
            "![](https://a.test/i.png)",
            f'<a class="image" href="https://a.test/i.png" {ELSEWHERE}>https://a.test/i.png</a>',
        ),
        ("[![a](https://a.test/i.png)](https://b.test)", f'<a href="https://b.test" {ELSEWHERE}>a</a>'),
        ("[https://a.test](https://b.test)", f'<a href="https://b.test" {ELSEWHERE}>https://a.test</a>'),
    ],
)
def test_links(text: str, html: str) -> None:
    assert markdown_html(text, NAMES) == f"<p>{html}</p>"


@pytest.mark.parametrize(
    ("text", "bar", "code"),
    [
        ("```py title\na < b\n```", '<span class="code-language">py</span>', "a &lt; b"),
        ("```\na\n\n```", "", "a\n"),
        ("    a", "", "a"),
        ("```py\nhalf writ", '<span class="code-language">py</span>', "half writ"),
    ],
)
def test_code_has_a_bar_with_its_language(text: str, bar: str, code: str) -> None:
    assert (
        markdown_html(text, NAMES)
        == f'<div class="code"><div class="code-bar">{bar}{COPY}<pre><code>{code}</code></pre></div>'
    )


def test_a_language_is_shown_up_to_32_letters() -> None:
    assert f'code-language">{"a" * 32}<' in code_html("x", "a" * 99)


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("&lt;!channel> and &lt;@U1>", "<!channel> and <@U1>"),
        ("@\u2060here", "@\u2060here"),
        ("at <https://e.org/a_b_c> and", "at https://e.org/a_b_c and"),
        ("a\\*b \\_c\\_ \\`d\\` 1\\. e\\!", "a*b _c_ `d` 1. e!"),
        ("AT&T &amp;lt; [a\\](b)", "AT&T &lt; [a](b)"),
        ("- [x\\] a", "[x] a"),
        ("`<\u2060!here>`", "<\u2060!here>"),
        ("[\\^1]: a", "[^1]: a"),
    ],
)
def test_escaped_text_is_drawn_as_it_reads(markdown: str, words: str) -> None:
    drawn = Html(markdown_html(markdown, {}))
    assert drawn.text == words
    assert not [css for _, name, css in drawn.attributes if name == "class" and "chip" in css]
