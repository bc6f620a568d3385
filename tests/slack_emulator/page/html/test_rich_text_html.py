"""Rich text: every kind of leaf, and every part that holds them."""

from __future__ import annotations

from typing import Any

import pytest

from slack_emulator.page.html.rich_text_html import rich_text_html

NAMES = {"U1": "Ada", "C1": "general"}


def part(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, **fields}


def drawn(*parts: dict[str, Any]) -> str:
    return rich_text_html({"type": "rich_text", "elements": list(parts)}, NAMES)


RICH_TEXT = [
    ({"type": "text", "text": "a<b"}, "a&lt;b"),
    ({"type": "text", "text": "a", "style": {"bold": True, "code": True}}, "<strong><code>a</code></strong>"),
    ({"type": "user", "user_id": "U1"}, '<span class="chip mention" data-user="U1">@Ada</span>'),
    ({"type": "user", "user_id": "U9"}, '<span class="chip mention" data-user="U9">@U9</span>'),
    ({"type": "channel", "channel_id": "C1"}, '<span class="chip channel">#general</span>'),
    ({"type": "broadcast", "range": "here"}, '<span class="chip broadcast">@here</span>'),
    ({"type": "usergroup", "usergroup_id": "S1"}, '<span class="chip broadcast">@S1</span>'),
    ({"type": "emoji", "name": "tada"}, "🎉"),
    ({"type": "emoji", "name": "<nobody>"}, ":&lt;nobody&gt;:"),
    ({"type": "date", "fallback": "1 May"}, "1 May"),
    ({"type": "link", "url": "javascript:alert(1)", "text": "x"}, "x"),
    ({"type": "link", "url": "mailto:a@b.test"}, 'rel="noopener noreferrer nofollow">mailto:a@b.test</a>'),
]


@pytest.mark.parametrize(("leaf", "html"), RICH_TEXT)
def test_the_leaves_of_rich_text(leaf: dict[str, Any], html: str) -> None:
    shown = drawn(part("rich_text_section", elements=[leaf]))
    assert shown.startswith("<p>")
    assert html in shown


def test_the_parts_of_rich_text() -> None:
    word = {"type": "rich_text_section", "elements": [{"type": "text", "text": "a"}]}
    html = drawn(
        part("rich_text_list", style="bullet", elements=[word]),
        part("rich_text_list", style="ordered", indent=1, offset=2, elements=[word]),
        part("rich_text_list", indent=True, elements=[]),
        part("rich_text_quote", elements=word["elements"]),
        part("rich_text_preformatted", language="py", elements=[{"type": "text", "text": "<@U1>"}]),
    )
    assert html == (
        '<ul class="indent-0"><li>a</li></ul><ol class="indent-1" start="3"><li>a</li></ol>'
        '<ul class="indent-0"></ul><blockquote>a</blockquote><div class="code"><div class="code-bar">'
        '<span class="code-language">py</span><button class="code-copy" type="button" data-action="copy-code">Copy</button></div>'
        "<pre><code>&lt;@U1&gt;</code></pre></div>"
    )
