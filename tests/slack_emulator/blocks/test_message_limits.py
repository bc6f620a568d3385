"""What fits one message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from slack_emulator.blocks.message_limits import check_blocks, check_markdown_text, check_update_text
from slack_emulator.errors import Refused

if TYPE_CHECKING:
    from slack_emulator.json_values import Json


def markdown(text: str) -> Json:
    return {"type": "markdown", "text": text}


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def test_an_edits_text_is_counted_in_utf8_bytes() -> None:
    check_update_text("é" * 2_000)
    with pytest.raises(Refused, match="msg_too_long"):
        check_update_text("é" * 2_000 + "x")


def test_markdown_text_is_counted_in_escaped_characters() -> None:
    check_markdown_text("é" * 12_000)
    with pytest.raises(Refused, match="msg_too_long"):
        check_markdown_text("&" * 2_401)


@pytest.mark.parametrize(
    "blocks",
    [
        pytest.param([], id="none"),
        pytest.param([markdown("x" * 12_000)], id="a full markdown block"),
        pytest.param([{"type": "divider"}] * 50, id="fifty blocks"),
        pytest.param(
            [markdown("# x\n\n" * 49), {"type": "divider"}], id="fifty in a markdown block and beside it"
        ),
        pytest.param([markdown("```\n# x\n```\n" * 60)], id="headings that are none"),
        pytest.param([section("x" * 3_000)], id="a full section"),
        pytest.param([{"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}]}], id="fields"),
        pytest.param([{"type": "header", "text": {"type": "plain_text", "text": "x" * 150}}], id="header"),
        pytest.param([{"type": "actions", "elements": [{}] * 25}], id="actions"),
        pytest.param(
            [{"type": "image", "image_url": "https://a.example/b.png", "alt_text": "b"}], id="image"
        ),
        pytest.param([{"type": "table", "rows": [[{}] * 20] * 100}], id="table"),
        pytest.param([{"type": "rich_text", "elements": []}], id="rich text"),
    ],
)
def test_these_blocks_are_taken(blocks: list[Json]) -> None:
    check_blocks(blocks)


@pytest.mark.parametrize(
    ("blocks", "code"),
    [
        pytest.param([{"type": "divider"}] * 51, "invalid_blocks", id="too many"),
        pytest.param([markdown("# x\n\n---\n\n" * 26)], "invalid_blocks", id="too many in a markdown block"),
        pytest.param(
            [markdown("# x\n\n" * 20 + "x" * 11_200)], "msg_blocks_too_long", id="what headings cost"
        ),
        pytest.param([{"type": "poem"}], "invalid_blocks: .*unsupported type: poem", id="unknown type"),
        pytest.param([{}], "invalid_blocks", id="no type"),
        pytest.param([markdown("")], "invalid_blocks", id="empty markdown"),
        pytest.param(
            [{"type": "markdown", "text": {"text": "x"}}], "invalid_blocks", id="markdown is no object"
        ),
        pytest.param(
            [{"type": "section", "text": "x"}], "invalid_blocks", id="a section's text is an object"
        ),
        pytest.param([{"type": "section"}], "invalid_blocks", id="section of nothing"),
        pytest.param([{"type": "section", "fields": [{}] * 11}], "invalid_blocks", id="eleven fields"),
        pytest.param([section("x" * 3_001)], "invalid_blocks: .*less than 3001", id="long section"),
        pytest.param([{"type": "header", "text": {"text": "x" * 151}}], "invalid_blocks", id="long header"),
        pytest.param(
            [{"type": "context", "elements": [{}] * 11}], "invalid_blocks", id="eleven in a context"
        ),
        pytest.param(
            [{"type": "context_actions", "elements": [{}] * 6}], "invalid_blocks", id="six in context_actions"
        ),
        pytest.param([{"type": "actions", "elements": []}], "invalid_blocks", id="no buttons"),
        pytest.param(
            [{"type": "image", "image_url": "https://a.example/b.png"}], "invalid_blocks", id="no alt text"
        ),
        pytest.param([{"type": "table", "rows": [[{}] * 21]}], "invalid_blocks", id="21 columns"),
        pytest.param([{"type": "table", "rows": "x"}], "invalid_blocks", id="no rows"),
        pytest.param([markdown("x" * 12_001)], "msg_too_long", id="one long markdown block"),
        pytest.param([markdown("x" * 6_001)] * 2, "msg_blocks_too_long", id="two markdown blocks together"),
        pytest.param([section("x" * 3_000)] * 5, "msg_blocks_too_long", id="all text together"),
    ],
)
def test_these_blocks_are_refused(blocks: list[Json], code: str) -> None:
    with pytest.raises(Refused, match=code):
        check_blocks(blocks)


def test_the_flaw_is_named_with_its_place() -> None:
    with pytest.raises(Refused) as refused:
        check_blocks([markdown("fine"), {"type": "poem"}])
    assert refused.value.details == ("[ERROR] unsupported type: poem [json-pointer:/blocks/1]",)
