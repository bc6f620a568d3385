"""What the page shows of a message: the blocks Slack would draw, else the text, and never anything unsafe."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slack_emulator.page.html.images import is_ours
from slack_emulator.page.html.message import message_html, view_html
from tests.html import Html

NAMES = {"U1": "Ada", "C1": "general"}
ELSEWHERE = 'target="_blank" rel="noopener noreferrer nofollow"'

CLASSED = (
    "a", "button", "details", "div", "figure", "form", "img", "input", "label", "li", "ol", "p", "section", "select", "span", "summary", "td", "textarea",
    "th", "ul",
)  # fmt: skip
ACTS = ("aria-label", "data-block", "data-confirm", "data-element")
FIELD = (*ACTS, "data-kind", "placeholder", "minlength", "maxlength")
ATTRIBUTES = {
    *((tag, "class") for tag in CLASSED),
    *(("a", name) for name in (*ACTS, "href", "target", "rel")),
    *(("button", name) for name in (*ACTS, "type", "title", "aria-pressed", "data-action", "data-kind", "data-only", "data-value")),
    *(("div", name) for name in ("aria-label", "role", "data-needed", "data-quiet")),
    *(("form", name) for name in (*ACTS, "data-kind", "role")),
    *(("img", name) for name in ("alt", "loading", "src")),
    *(("input", name) for name in (*FIELD, "accept", "checked", "disabled", "max", "min", "multiple", "name", "step", "type", "value")),
    *(("option", name) for name in ("selected", "value")),
    *(("select", name) for name in (*ACTS, "data-kind")),
    *(("span", name) for name in ("aria-hidden", "data-user")),
    *(("textarea", name) for name in (*FIELD, "rows")),
    *(("ul", name) for name in ("aria-label", "tabindex")),
    ("details", "open"), ("ol", "start"), ("optgroup", "label"), ("summary", "aria-label"),
}  # fmt: skip
TAGS = {tag for tag, _ in ATTRIBUTES} | {
    "blockquote", "br", "code", "em", "figcaption", "h3", "h4", "h5", "h6", "hr", "pre", "s", "strong", "table", "tbody", "thead", "tr",
}  # fmt: skip


def block(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, **fields}


def drawn(*blocks: dict[str, Any], text: str = "the fallback") -> str:
    return message_html({"text": text, "blocks": list(blocks)}, NAMES)


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def test_a_message_without_blocks_shows_its_text() -> None:
    assert message_html({"text": "*hello* <@U1>"}, NAMES) == (
        '<div class="mrkdwn"><strong>hello</strong> <span class="chip mention" data-user="U1">@Ada</span></div>'
    )


def test_a_message_with_blocks_does_not_show_its_text() -> None:
    assert (
        drawn(block("markdown", text="**hello**"))
        == '<div class="markdown"><p><strong>hello</strong></p></div>'
    )


@pytest.mark.parametrize(
    "blocks",
    [[], [block("markdown", text="")], [block("rich_text")], [block("divider")], "no list", [1, None, "x"]],
    ids=["none", "empty", "no elements", "only a line", "a string", "no objects"],
)
def test_where_no_block_has_words_the_text_is_shown(blocks: Any) -> None:
    assert message_html({"text": "hello", "blocks": blocks}, NAMES) == '<div class="mrkdwn">hello</div>'


@pytest.mark.parametrize("message", [{}, {"text": None}, {"text": ""}, {"text": 7, "blocks": None}])
def test_a_message_without_words_is_empty(message: dict[str, Any]) -> None:
    assert message_html(message, NAMES) == ""


@pytest.mark.parametrize(
    ("given_block", "html"),
    [
        (block("header", text=plain("A & B")), "<h3>A &amp; B</h3>"),
        (block("header", text=plain("A &amp; B")), "<h3>A &amp; B</h3>"),
        (block("section", text=mrkdwn("_a_\n> b")), '<div class="section"><em>a</em><br>&gt; b</div>'),
        (block("section", text=plain("_a_")), '<div class="section">_a_</div>'),
        (
            block("section", fields=[mrkdwn("*a*"), plain("b")]),
            '<ul class="fields"><li><strong>a</strong></li><li>b</li></ul>',
        ),
        (
            block("context", elements=[mrkdwn("`a`"), plain("b")]),
            '<div class="context"><span><code>a</code></span> <span>b</span></div>',
        ),
        (
            block("context", elements=[block("image", image_url="https://x.test/a.png", alt_text="a cat")]),
            f'<div class="context"><span><a class="image" href="https://x.test/a.png" {ELSEWHERE}>a cat</a></span></div>',
        ),
        (block("poll"), '<p class="unknown-block">A block of type “poll”, which this page cannot draw.</p>'),
    ],
    ids=[
        "header",
        "entities",
        "mrkdwn section",
        "plain section",
        "fields",
        "context",
        "context image",
        "unknown",
    ],
)
def test_layout_blocks(given_block: dict[str, Any], html: str) -> None:
    assert drawn(given_block) == html


def test_attachments_stand_below_the_words() -> None:
    assert (
        message_html({"text": "a", "attachments": [{"text": "b"}]}, NAMES)
        == '<div class="mrkdwn">a</div><div class="attachment"><div class="mrkdwn">b</div></div>'
    )


def test_a_view_shows_its_blocks() -> None:
    assert view_html({"blocks": [block("divider")]}, NAMES) == "<hr>"


def test_a_divider_stands_between_blocks() -> None:
    assert drawn(block("section", text=plain("a")), block("divider")) == '<div class="section">a</div><hr>'


def test_an_image_is_a_link_and_is_never_fetched() -> None:
    html = Html(drawn(block("image", image_url="https://x.test/a.png", title=plain("A cat"), alt_text="alt")))
    assert html.tags == ["div", "a"]
    assert html.text == "A cat"


def test_a_button_with_an_address_is_a_link() -> None:
    html = Html(
        drawn(
            block(
                "section",
                text=plain("a"),
                accessory=block("button", text=plain("Open"), url="https://x.test"),
            )
        )
    )
    assert ("a", "class", "button") in html.attributes
    assert ("a", "href", "https://x.test") in html.attributes


# What attacks look like, and what the parsers stumble over.
PIECES = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "[x](javascript:alert(1))", "[x](data:text/html,a)",
    "![x](http://a.test/i)", "[![x](http://a)](http://b)", "[x](http://a 't\">')", "<@U1>", "<!channel>", "<!here|x>", "<#C1|g>", "<http://a.test|*b*>",
    "<mailto:a@b.c|x>", "<tel:1>", "<javascript:x|y>", 'https://a.test/?q="><b>', "http://", "http://[::1", "//a", "www.a.test", "<a@b.c>", "<x:y>",
    "[a]: javascript:x\n", "[a]", "```", "``", "`", "```py onclick=x\n", "~~", "~", "**", "*", "__", "_", "$", "> ", "&gt;", ">>>", "# ", "- [x] ", "- ",
    "1. ", "99999999. ", "| a | b |\n", "|---|:-:|\n", "|", "&lt;", "&amp;lt;", "&#60;script&#62;", "\\", "\n", "\n\n", "\r\n", "    ", "[", "]", "(", ")", "!",
    '"', "'", ":tada:", ":x_y:", "<!--", "-->", "<![CDATA[", "\u202e", "\ud800", "\0",
]  # fmt: skip
WORDS = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=40).map("".join)
KINDS = [
    "markdown", "rich_text", "section", "header", "context", "actions", "image", "divider", "poll", "button", "mrkdwn", "plain_text", "rich_text_section",
    "rich_text_list", "rich_text_quote", "rich_text_preformatted", "text", "link", "user", "emoji", "channel", "broadcast", "usergroup", "date", "ordered",
    "table", "raw_text", "raw_number", "plan", "task_card", "alert", "card", "carousel", "container", "input", "file", "video", "auth_provider",
    "context_actions", "feedback_buttons", "icon_button", "static_select", "multi_users_select", "external_select", "checkboxes", "radio_buttons",
    "overflow", "plain_text_input", "number_input", "datepicker", "timepicker", "datetimepicker", "file_input", "rich_text_input",
]  # fmt: skip
KEYS = [
    "type", "text", "elements", "fields", "accessory", "url", "image_url", "alt_text", "title", "style", "user_id", "channel_id", "name", "range",
    "language", "indent", "offset", "value", "rows", "column_settings", "tasks", "status", "details", "sources", "child_blocks", "level", "body",
    "actions", "confirm", "options", "option_groups", "label", "description", "initial_option", "initial_value", "initial_date_time", "placeholder",
    "element", "hint", "positive_button", "negative_button", "visible_to_user_ids", "accessibility_label", "multiline", "is_collapsible", "subtitle",
    "hero_image", "filetypes", "max_files", "align",
]  # fmt: skip
LEAVES = WORDS | st.none() | st.booleans() | st.integers() | st.sampled_from(KINDS)


def objects(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Something like a block: it mostly says what it is, and its parts are mostly lists of such."""
    return st.dictionaries(st.sampled_from(KEYS), values, max_size=6).flatmap(
        lambda fields: st.sampled_from(KINDS).map(lambda kind: {"type": kind} | fields)
    )


OBJECTS = st.recursive(
    objects(LEAVES), lambda inner: objects(LEAVES | inner | st.lists(inner, max_size=4)), max_leaves=12
)


def assert_safe(html: str) -> None:
    page = Html(html)
    assert set(page.tags) <= TAGS
    assert {(tag, name) for tag, name, _ in page.attributes} <= ATTRIBUTES
    assert all(
        value.lower().startswith(("http://", "https://", "mailto:"))
        for _, name, value in page.attributes
        if name == "href"
    )
    assert all(is_ours(value) for tag, name, value in page.attributes if (tag, name) == ("img", "src"))
    assert (page.open, page.stray) == ([], [])
    html.encode()


@given(WORDS)
def test_any_text_is_drawn_safely(text: str) -> None:
    assert_safe(message_html({"text": text}, NAMES))


@given(WORDS)
@example("[\n![x](http://a)](http://b)")
def test_any_markdown_is_drawn_safely(text: str) -> None:
    assert_safe(drawn(block("markdown", text=text)))


@given(st.lists(OBJECTS, max_size=4))
def test_any_blocks_are_drawn_safely(blocks: list[dict[str, Any]]) -> None:
    assert_safe(message_html({"text": "x", "blocks": blocks}, NAMES))
    assert_safe(view_html({"blocks": blocks}, NAMES))


@given(st.lists(OBJECTS, max_size=3))
def test_any_attachments_are_drawn_safely(attachments: list[dict[str, Any]]) -> None:
    assert_safe(message_html({"text": "x", "attachments": attachments}, NAMES))


@given(st.text(alphabet="<>&\"'ab"), st.text(alphabet="<>&\"'ab"))
def test_a_name_is_only_a_name(user: str, channel: str) -> None:
    page = Html(message_html({"text": "<@U1> <#C1>"}, {"U1": user, "C1": channel}))
    assert page.tags == ["div", "span", "span"]
    assert page.text == f"@{user or 'U1'} #{channel or 'C1'}"


@pytest.mark.parametrize(
    "piece",
    [
        "*a ",
        "_",
        "`",
        "<",
        ">",
        "[a](",
        "![",
        "|a|b|",
        "```",
        "<http://a|",
        "https://",
        ":a",
        "**a",
        "~~a ",
        "- ",
        "&lt;",
    ],
)
@pytest.mark.parametrize("field", ["text", "markdown"])
def test_drawing_stays_quick_for_text_made_to_be_slow(piece: str, field: str) -> None:
    words = piece * (10_000 // len(piece))
    message_html({"text": words} if field == "text" else {"blocks": [block("markdown", text=words)]}, NAMES)
