"""What a message says, from payloads as Slack sends them."""

from __future__ import annotations

import json as js
import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.conversation.content_parts import (
    EditedPart,
    FilePart,
    ImagePart,
    Part,
    TextPart,
    UnreadablePart,
    text_of,
    text_parts,
)
from bot.core.conversation.message_reader import CUT, MOST, read_message, read_own_message

US = "U0BOT"


def rich(*leaves: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(leaves)}]}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def section(words: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}}


def header(words: str) -> dict[str, Any]:
    return {"type": "header", "text": {"type": "plain_text", "text": words}}


DISK_FULL = "[FIRING:1] DiskFull host-01"
MESSAGES = [
    pytest.param({"text": "a &lt; b"}, ["a < b"], id="text alone"),
    pytest.param(
        {"text": "<@U0BOT> why?", "blocks": [rich({"type": "user", "user_id": US}, text(" why?"))]},
        ["why?"],
        id="what a person types comes twice",
    ),
    pytest.param(
        {"text": "<@U0BOT>", "blocks": [rich({"type": "user", "user_id": US})]}, [], id="our mention alone"
    ),
    pytest.param({"text": " "}, [], id="nothing"),
    pytest.param(
        {
            "text": "",
            "attachments": [
                {
                    "title": DISK_FULL,
                    "text": "/var is 98 percent full",
                    "fields": [{"title": "Severity", "value": "critical"}],
                    "fallback": DISK_FULL,
                }
            ],
        },
        [f"{DISK_FULL}\n/var is 98 percent full\nSeverity: critical"],
        id="an alert in an attachment",
    ),
    pytest.param(
        {"text": "DiskFull", "blocks": [header("DiskFull host-01"), section("*/var* is 98 percent full")]},
        ["DiskFull host-01\n*/var* is 98 percent full"],
        id="an alert in blocks, with a text that stands for them",
    ),
    pytest.param(
        {
            "text": "",
            "attachments": [{"fallback": "[no preview available]", "blocks": [section("*DiskFull*")]}],
        },
        ["*DiskFull*"],
        id="an alert in an attachment's blocks",
    ),
    pytest.param(
        {
            "text": f"Alert!\n{DISK_FULL}",
            "attachments": [{"title": DISK_FULL, "title_link": "https://a.example/1", "fallback": DISK_FULL}],
        },
        [f"Alert!\n{DISK_FULL}\n\nhttps://a.example/1"],
        id="a title that the text has said",
    ),
    pytest.param(
        {
            "text": "Down",
            "attachments": [{"fallback": "Down"}, {"title": "Up", "title_link": "https://u.example"}],
        },
        ["Down\n\nUp (https://u.example)"],
        id="a fall-back that the text has said",
    ),
    pytest.param(
        {
            "text": "",
            "attachments": [{"title": "host-1", "text": "full"}, {"title": "host-2", "text": "full"}],
        },
        ["host-1\nfull\n\nhost-2\nfull"],
        id="two alerts of the same",
    ),
    pytest.param(
        {
            "text": "what is this?",
            "attachments": [{"is_share": True, "author_name": "Grace", "text": "It is\ndown."}],
        },
        ["what is this?\n\n> Grace:\n> It is\n> down."],
        id="a message that was forwarded",
    ),
    pytest.param(
        {"text": "yes", "attachments": [{"is_share": True, "author_name": "Grace", "text": "yes"}]},
        ["yes\n\n> Grace:\n> yes"],
        id="a forwarded message that says the same",
    ),
    pytest.param(
        {
            "subtype": "file_share",
            "text": "sum up",
            "files": [{"id": "F1", "name": "a.pdf"}, {"id": "F1"}, {}],
        },
        ["sum up", FilePart("a.pdf", id="F1"), FilePart("a file")],
        id="files, each once",
    ),
    pytest.param(
        {"text": "see", "files": [{"id": "F1", "name": "a"}], "attachments": [{"text": "more"}]},
        ["see", FilePart("a", id="F1"), "more"],
        id="files before attachments",
    ),
    pytest.param(
        {
            "blocks": [
                section("a"),
                {"type": "image", "image_url": "https://x", "alt_text": "a cat"},
                section("b"),
                section("c"),
            ]
        },
        ["a", ImagePart("a cat"), "b\nc"],
        id="a picture between words",
    ),
    pytest.param(
        {"text": "Look", "attachments": [{"image_url": "https://x.example/a.gif", "fallback": "a cat"}]},
        ["Look", ImagePart("a cat")],
        id="a picture below",
    ),
    pytest.param({"subtype": "me_message", "text": "wonders what 2+2 is"}, ["wonders what 2+2 is"], id="/me"),
    pytest.param(
        {"text": "2+2?", "edited": {"user": "U1", "ts": "9.0"}},
        ["2+2?", EditedPart()],
        id="edited by a person",
    ),
    pytest.param(
        {"text": "Down", "bot_id": "B1", "edited": {"user": "B1", "ts": "9.0"}},
        ["Down"],
        id="edited by an app: Slack shows no mark",
    ),
    pytest.param(
        {
            "blocks": [{"type": "image", "image_url": "https://x", "alt_text": "a cat"}],
            "edited": {"user": "U1"},
        },
        [ImagePart("a cat"), EditedPart()],
        id="an edited picture",
    ),
    pytest.param(
        {"text": "Is <!date^1392734382^{date_num} at {time}|18 Feb 2014 at 14:39> a Tuesday?"},
        ["Is 18 Feb 2014 at 14:39 a Tuesday?"],
        id="a date",
    ),
    pytest.param(
        {"text": "Sales: 12 in Graz", "blocks": [{"type": "hologram", "title": "Sales"}]},
        ["Sales: 12 in Graz\nSales"],
        id="a block that nobody knows yet, and the text that stands for it",
    ),
    pytest.param(
        {"text": "This content can't be displayed.", "blocks": [section("Deployed")]},
        ["Deployed"],
        id="Slack's placeholder",
    ),
    pytest.param({"text": "", "blocks": [{"type": "divider"}]}, [UnreadablePart()], id="nothing to read"),
    pytest.param({"text": "This content can't be displayed."}, [UnreadablePart()], id="a placeholder alone"),
    pytest.param(
        {"text": "", "attachments": [{"fallback": "[no preview available]"}]},
        [UnreadablePart()],
        id="no preview",
    ),
]


@pytest.mark.parametrize(("message", "said"), MESSAGES)
def test_a_message_says_what_people_read_in_it(message: dict[str, Any], said: list[str | Part]) -> None:
    assert list(read_message(message, bot_user=US)) == [
        TextPart(one) if isinstance(one, str) else one for one in said
    ]


@pytest.mark.parametrize(
    ("message", "written"),
    [
        pytest.param(
            {
                "text": "if a &lt; b",
                "blocks": [
                    {"type": "markdown", "text": "**if** a &lt; b, say `&lt;` &amp;lt; @\u2060here\n"},
                    {"type": "context", "elements": [{"type": "plain_text", "text": "A tiny model."}]},
                    {"type": "context_actions", "elements": []},
                ],
            },
            "**if** a < b, say `&lt;` &amp;lt; @here\n",
            id="a markdown block, without what guards it and what stands below",
        ),
        pytest.param(
            {"blocks": [{"type": "markdown", "text": "```\n&lt;b>\n```\n&lt;b>"}]},
            "```\n&lt;b>\n```\n<b>",
            id="code as it was",
        ),
        pytest.param(
            {"blocks": [{"type": "markdown", "text": "one"}, {"type": "markdown", "text": "two"}]},
            "one\n\ntwo",
            id="a block that Slack made two of",
        ),
        pytest.param(
            {
                "text": "*big* &lt; <https://x.org|it>",
                "blocks": [rich({**text("big"), "style": {"bold": True}}, text(" < "))],
            },
            "**big** <",
            id="text of which Slack made rich_text",
        ),
        pytest.param({"text": "a &lt; b @\u2060here"}, "a < b @here", id="text"),
        pytest.param({}, "", id="nothing"),
    ],
)
def test_what_we_said_comes_back_as_it_was_written(message: dict[str, Any], written: str) -> None:
    assert read_own_message(message) == text_parts(written)


def test_an_endless_message_is_cut() -> None:
    (part,) = read_message(
        {"text": "", "attachments": [{"text": "word " * 1000, "title": str(n)} for n in range(50)]}
    )
    said = text_of([part])
    assert said.endswith(CUT)
    assert MOST < len(said) < MOST + 200


def test_countless_pictures_come_to_an_end() -> None:
    pictures = [{"type": "image", "image_url": "https://x", "alt_text": "a cat"}] * 1000
    parts = read_message({"blocks": pictures})
    assert parts[-1] == TextPart(CUT)
    assert len(parts) < 500


WORDS = st.text("abcdefghij", min_size=3, max_size=6)


@given(st.lists(WORDS, min_size=6, max_size=6, unique=True), st.booleans(), st.booleans())
def test_no_word_is_said_twice_however_often_slack_says_it(
    words: list[str], in_blocks: bool, below: bool
) -> None:
    """As apps and Slack do it: `text` for the blocks, `fallback` for all of an attachment, titles everywhere."""
    first, second, title, body, name, value = words
    blocks = [header(first), section(second)] if in_blocks else [rich(text(f"{first} {second}"))]
    attachment = {
        "fallback": f"{title} {body} {name} {value}",
        "pretext": first if below else "",
        "title": title,
        "title_link": "https://x.example/1",
        "text": body if below else title,
        "fields": [{"title": name, "value": value}],
    }
    message = {"text": f"{first} {second}", "blocks": blocks, "attachments": [attachment]}
    said = text_of(read_message(message))
    counted = Counter(re.findall(r"\w+", said.replace("https://x.example/1", "")))
    repeated = {word for word, count in counted.items() if count > 1}
    # Where the text is one line, a title of one of its words is no repetition of it.
    assert repeated <= ({first} if below and not in_blocks else set())
    assert set(counted) >= {first, second, title, name, value}


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
KINDS = [
    "section",
    "header",
    "context",
    "actions",
    "image",
    "video",
    "card",
    "carousel",
    "container",
    "plan",
    "task_card",
    "table",
    "data_table",
    "data_visualization",
    "file",
    "call",
    "input",
    "markdown",
    "rich_text",
    "rich_text_section",
    "rich_text_list",
    "rich_text_quote",
    "rich_text_preformatted",
    "text",
    "link",
    "user",
    "emoji",
    "date",
    "alert",
    "auth_provider",
    "hologram",
]
FIELDS = [
    "text",
    "title",
    "elements",
    "fields",
    "rows",
    "caption",
    "blocks",
    "attachments",
    "files",
    "accessory",
    "child_blocks",
    "tasks",
    "chart",
    "series",
    "segments",
    "data",
    "message_blocks",
    "message",
    "is_share",
    "author_name",
    "fallback",
    "pretext",
    "footer",
    "ts",
    "image_url",
    "alt_text",
    "url",
    "style",
    "indent",
    "offset",
    "unicode",
    "name",
    "id",
    "size",
    "edited",
    "label",
    "value",
    "options",
    "initial_options",
    "initial_option",
    "actions",
    "details",
    "output",
    "sources",
    "status",
    "timestamp",
    "bot_id",
    "language",
    "title_link",
]
ODD = ("ordered", "<@U0BOT>", "<!date^1^x>", "1f389", "zz-zz", "\ud83d", "<!", "```", " (")
odd = st.recursive(
    json | st.sampled_from(ODD),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.builds(
            lambda kind, fields: {**fields, "type": kind},
            st.sampled_from(KINDS),
            st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(("text", "blocks", "attachments", "files", "edited", "bot_id")), odd))
def test_no_message_is_too_strange_to_read(message: dict[str, Any]) -> None:
    parts = read_message(message, bot_user=US)
    assert len(text_of(parts)) < 2 * MOST
    text_of(parts).encode()  # no half characters, which no request can carry
    read_own_message(message)


@pytest.mark.parametrize(
    "opening",
    [
        '{"type":"container","child_blocks":[',
        '{"type":"rich_text","elements":[',
        '{"is_share":true,"message_blocks":[',
    ],
)
def test_what_is_nested_without_end_is_read_to_a_depth(opening: str) -> None:
    deep = js.loads(opening * 300 + "]}" * 300)
    assert read_message({"blocks": [deep], "attachments": [deep]}, bot_user=US) == (UnreadablePart(),)
