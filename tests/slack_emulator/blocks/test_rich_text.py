"""The blocks Slack makes of plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slack_emulator.blocks.rich_text import rich_text

if TYPE_CHECKING:
    from slack_emulator.json_values import Json


def elements(text: str) -> list[Json]:
    """The elements of the one block."""
    [block] = rich_text(text)
    found: list[Json] = block["elements"]
    return found


def inline(text: str) -> list[Json]:
    """The elements of the one section."""
    [section] = elements(text)
    assert section["type"] == "rich_text_section"
    found: list[Json] = section["elements"]
    return found


@pytest.mark.parametrize(
    ("text", "element"),
    [
        ("<@U1>", {"type": "user", "user_id": "U1"}),
        ("<#C1|general>", {"type": "channel", "channel_id": "C1"}),
        ("<!here>", {"type": "broadcast", "range": "here"}),
        ("<https://a.example/?x&amp;y>", {"type": "link", "url": "https://a.example/?x&y"}),
        ("<https://a.example|a &amp; b>", {"type": "link", "url": "https://a.example", "text": "a & b"}),
        ("*bold*", {"type": "text", "text": "bold", "style": {"bold": True}}),
        ("_leaning_", {"type": "text", "text": "leaning", "style": {"italic": True}}),
        ("~gone~", {"type": "text", "text": "gone", "style": {"strike": True}}),
        ("`a &lt; b`", {"type": "text", "text": "a < b", "style": {"code": True}}),
        ("a*b*c", {"type": "text", "text": "a*b*c"}),
    ],
)
def test_each_token_becomes_its_element(text: str, element: Json) -> None:
    assert inline(text) == [element]


def test_text_around_a_token_stays() -> None:
    assert [each.get("text") for each in inline("a <@U1> b")] == ["a ", None, " b"]


def test_fences_and_quotes_are_elements_of_their_own() -> None:
    kinds = [each["type"] for each in elements("look\n```\nx = 1\n```\n&gt; said\n&gt; more\nend")]
    assert kinds == [
        "rich_text_section",
        "rich_text_preformatted",
        "rich_text_section",
        "rich_text_quote",
        "rich_text_section",
    ]


def test_a_quote_loses_its_marks_and_code_its_fences() -> None:
    quote, code = elements("&gt; one\n&gt; two")[0], elements("```\nx &lt; 1\n```")[0]
    assert quote["elements"] == [{"type": "text", "text": "one\ntwo"}]
    assert code["elements"] == [{"type": "text", "text": "x < 1"}]


def test_no_text_makes_no_block() -> None:
    assert rich_text("") == []


@given(st.text(max_size=200))
def test_plain_words_are_never_lost(text: str) -> None:
    words = "".join(character for character in text if character.isalnum())
    [block] = rich_text(f"x{words}")
    assert block["elements"][0]["elements"] == [{"type": "text", "text": f"x{words}"}]
