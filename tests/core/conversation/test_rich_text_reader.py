"""A rich_text block in words."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation.rich_text_reader import MARKDOWN, rich_text_words

US = "U0BOT"


def leaf(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, **fields}


def text(words: str, **style: bool) -> dict[str, Any]:
    return leaf("text", text=words, **({"style": style} if style else {}))


def section(*leaves: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(leaves)}


def listing(*items: str, **fields: Any) -> dict[str, Any]:
    return {"type": "rich_text_list", "elements": [section(text(item)) for item in items], **fields}


def block(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "block_id": "b", "elements": list(elements)}


@pytest.mark.parametrize(
    ("leaves", "words"),
    [
        pytest.param([text("a < b & c")], "a < b & c", id="text"),
        pytest.param([text("<@U1> &lt;")], "<@U1> &lt;", id="text that looks like markup"),
        pytest.param([text("very ", bold=True), text("big")], "*very* big", id="bold"),
        pytest.param([text("a", italic=True, strike=True)], "_~a~_", id="two styles"),
        pytest.param([text("x = 1", code=True)], "`x = 1`", id="code"),
        pytest.param([text(" ", bold=True), text("x")], "x", id="a bold space"),
        pytest.param([text("a"), leaf("user", user_id="U2"), text("!")], "a@U2!", id="a person"),
        pytest.param([leaf("channel", channel_id="C1")], "#C1", id="a channel"),
        pytest.param([leaf("usergroup", usergroup_id="S1")], "@S1", id="a group"),
        pytest.param([leaf("broadcast", range="here")], "@here", id="everybody here"),
        pytest.param([leaf("team", team_id="T1")], "T1", id="a workspace"),
        pytest.param([leaf("color", value="#FF0000")], "#FF0000", id="a colour"),
        pytest.param([leaf("emoji", name="tada", unicode="1f389")], "🎉", id="an emoji"),
        pytest.param([leaf("emoji", name="flag-at", unicode="1f1e6-1f1f9")], "🇦🇹", id="a flag"),
        pytest.param([leaf("emoji", name="shipit")], ":shipit:", id="an emoji of the workspace's own"),
        pytest.param(
            [leaf("link", url="https://x.org/a?b=1&c=2")], "https://x.org/a?b=1&c=2", id="a bare link"
        ),
        pytest.param([leaf("link", url="https://x.org", text="it")], "it (https://x.org)", id="a link"),
        pytest.param([leaf("link", url="nowhere", text="it")], "it", id="a link without an address"),
        pytest.param(
            [leaf("date", timestamp=1392734382, format="{date}", fallback="18 Feb 2014")],
            "18 Feb 2014",
            id="a date",
        ),
        pytest.param(
            [leaf("date", timestamp=1392734382, format="{date}")],
            "Tue, 18 Feb 2014 14:39:42 GMT",
            id="a date without its fall-back",
        ),
        pytest.param([leaf("hologram", text="boo")], "boo", id="what nobody knows yet"),
        pytest.param([leaf("user", user_id=US), text(" why?")], "why?", id="our own mention"),
    ],
)
def test_a_leaf_says_what_people_see(leaves: list[dict[str, Any]], words: str) -> None:
    assert rich_text_words(block(section(*leaves)), bot_user=US) == words


@pytest.mark.parametrize(
    ("elements", "words"),
    [
        pytest.param(
            [section(text("Buy:\n")), listing("milk", "tea", style="bullet", indent=0), section(text("now"))],
            "Buy:\n• milk\n• tea\nnow",
            id="a list between words",
        ),
        pytest.param(
            [
                listing("one", style="ordered"),
                listing("a", style="bullet", indent=1),
                listing("two", style="ordered", offset=1),
            ],
            "1. one\n    • a\n2. two",
            id="a list within a list",
        ),
        pytest.param(
            [{"type": "rich_text_quote", "elements": [text("a\nb")]}, section(text("No."))],
            "> a\n> b\nNo.",
            id="a quote",
        ),
        pytest.param(
            [
                {
                    "type": "rich_text_preformatted",
                    "elements": [text("if a < b:\n    <@U0BOT>")],
                    "language": "py",
                }
            ],
            "```py\nif a < b:\n    <@U0BOT>\n```",
            id="code",
        ),
        pytest.param([{"type": "rich_text_preformatted", "elements": []}], "", id="no code"),
        pytest.param(
            [section(text("a\n")), section(text("\n")), section(text("b"))], "a\n\nb", id="a blank line"
        ),
        pytest.param([], "", id="nothing"),
    ],
)
def test_lines_stand_as_people_see_them(elements: list[dict[str, Any]], words: str) -> None:
    assert rich_text_words(block(*elements), bot_user=US) == words


def test_what_a_bot_wrote_is_read_as_markdown() -> None:
    said = block(
        section(
            text("big", bold=True), text(" "), text("so", italic=True), text(" "), text("no", strike=True)
        ),
        listing("a", style="bullet"),
        section(leaf("link", url="https://x.org", text="it"), text(" "), leaf("link", url="https://x.org")),
    )
    assert rich_text_words(said, notation=MARKDOWN) == (
        "**big** *so* ~~no~~\n- a\n[it](https://x.org) https://x.org"
    )
