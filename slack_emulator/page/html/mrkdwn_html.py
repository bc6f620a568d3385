"""Slack's own light markup, as it stands in a message's `text`, turned into safe HTML.

It knows `*bold*`, `_italic_`, `~struck~`, `code`, fences, `>` quotes, `<address|label>` and tokens; no headings, lists or tables.
A mark counts only at the edge of a word and closes on its own line: `2*3*4` and `snake_case_name` stay as they are.
Source: docs.slack.dev, "Formatting message text".
"""

from __future__ import annotations

import re
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from slack_emulator.page.html.emoji import SHORTCODE, with_emoji
from slack_emulator.page.html.html_helpers import (
    TOKEN,
    bare_url,
    link_html,
    text_html,
    token_html,
    unescaped,
    with_tokens,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slack_emulator.page.html.html_helpers import Names

_TAGS = {"*": "strong", "_": "em", "~": "s"}


def _marked(mark: str) -> str:
    """One pair of marks. What is inside a link or a code span is skipped whole; `++` gives nothing back, so it stays linear."""
    m = re.escape(mark)
    return rf"(?<![\w{m}]){m}(?=\S)((?:<[^<>\n]*>|`[^`\n]+`|[^{m}\n])++)(?<=\S){m}(?!\w)"


_MARKS = {mark: re.compile(_marked(mark)) for mark in _TAGS}
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"<((?:https?://|mailto:|tel:)[^<>|\s]{1,2000})(?:\|([^<>]*))?>", re.IGNORECASE)
_NEXT = re.compile(rf"[*_~`<]|https?://|{SHORTCODE.pattern}")
_QUOTE = re.compile(r"(?:>|&gt;) ?")
_QUOTE_REST = re.compile(r"^(?:>|&gt;){3} ?", re.MULTILINE)


def mrkdwn_html(text: str, names: Names) -> str:
    """The whole text as HTML: paragraphs' line ends as `<br>`, quotes and fences as blocks."""
    pieces = text.split("```")
    if len(pieces) % 2 == 0:  # The last fence was never closed: it is three ticks and no more.
        pieces[-2:] = ["```".join(pieces[-2:])]
    return "".join(
        _fence_html(piece, names) if number % 2 else _lines_html(piece, names)
        for number, piece in enumerate(pieces)
    )


def inline_html(text: str, names: Names, marks: str = "*_~") -> str:
    """One run of text. `marks` are those that still count: inside bold there is no second bold."""
    html: list[str] = []
    position = 0
    while found := _NEXT.search(text, position):
        piece, end = _piece_at(text, found.start(), names, marks)
        html += [text_html(unescaped(text[position : found.start()])), piece]
        position = end
    return "".join([*html, text_html(unescaped(text[position:]))])


def _piece_at(text: str, start: int, names: Names, marks: str) -> tuple[str, int]:
    """Returns what begins at this character, as HTML, and where it ends; the character itself if nothing does."""
    if code := _CODE.match(text, start):
        return f"<code>{_code_html(code[1], names)}</code>", code.end()
    if token := TOKEN.match(text, start):
        return token_html(token, names), token.end()
    if link := _LINK.match(text, start):
        return _link_html(link), link.end()
    if url := bare_url(text, start):
        return link_html(unescaped(url), escape(unescaped(url))), start + len(url)
    if shortcode := SHORTCODE.match(text, start):
        return with_emoji(shortcode[0]), shortcode.end()
    return _marked_at(text, start, names, marks)


def _marked_at(text: str, start: int, names: Names, marks: str) -> tuple[str, int]:
    mark = text[start]
    if mark in marks and (marked := _MARKS[mark].match(text, start)):
        inner = inline_html(marked[1], names, marks.replace(mark, ""))
        return f"<{_TAGS[mark]}>{inner}</{_TAGS[mark]}>", marked.end()
    return escape(mark), start + 1


def _link_html(link: re.Match[str]) -> str:
    url = unescaped(link[1])
    # A telephone number keeps its label only: this page has nobody to call with.
    return link_html(url, text_html(unescaped(link[2] or url.removeprefix("mailto:"))))


def _code_html(code: str, names: Names) -> str:
    # Whether a mention in code pings is written nowhere; the page shows the worse case.
    return with_tokens(code, names, lambda words: escape(unescaped(words)))


def _fence_html(code: str, names: Names) -> str:
    return f"<pre><code>{_code_html(code.strip(chr(10)), names)}</code></pre>"


def _lines_html(text: str, names: Names) -> str:
    rest = _QUOTE_REST.search(text)
    if rest:
        return _lines_html(text[: rest.start()], names) + _quote_html(text[rest.end() :].split("\n"), names)
    runs = groupby(text.strip("\n").split("\n"), key=lambda line: _QUOTE.match(line) is not None)
    return "".join(
        _quote_html([_QUOTE.sub("", line, count=1) for line in lines], names)
        if quoted
        else _run_html(lines, names)
        for quoted, lines in runs
    )


def _quote_html(lines: list[str], names: Names) -> str:
    return f"<blockquote>{_run_html(lines, names)}</blockquote>"


def _run_html(lines: Iterable[str], names: Names) -> str:
    return "<br>".join(inline_html(line, names) for line in lines)
