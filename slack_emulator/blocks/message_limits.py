"""Says how much fits one message. Checked as Slack checks it: before anything is stored.

Where Slack's pages and what was seen on the live service differ, the smaller figure counts and the line says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from slack_emulator.blocks.block_kit import BLOCKS, block_flaws
from slack_emulator.blocks.typed_text import escape
from slack_emulator.disputed_rules import STRICT, Compat
from slack_emulator.errors import Refused
from slack_emulator.json_values import texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_emulator.json_values import Json

POST_TEXT = 40_000  # characters; chat.postMessage cuts what is more, and warns
MARKDOWN = 12_000
"""Characters once & < > are escaped, of all markdown blocks together (the markdown block's page)."""
HEADING = 100  # characters that a heading of a markdown block costs beside its text; seen: 20 headings leave room for 10,563 of 13,200
ATTACHMENTS = 100
# A heading or a rule in a markdown block becomes a block of its own; seen: 50 headings are taken, 51 are not. Paragraphs, lists,
# quotes and code are not counted.
_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table")


def check_update_text(text: str, readings: Compat = STRICT) -> None:
    """`msg_too_long` where chat.update would not take the text."""
    most = readings.update_text
    length = len(text.encode("utf-8", "surrogatepass")) if readings.update_text_in_bytes else len(text)
    if length > most:
        raise Refused("msg_too_long", f"[ERROR] The `text` field cannot exceed {most:,} characters.")


def check_markdown_text(text: str) -> None:
    """`msg_too_long` where `markdown_text` is more than one call takes."""
    if len(escape(text)) > MARKDOWN:
        raise Refused("msg_too_long", "[ERROR] `markdown_text` cannot exceed 12,000 characters.")


def check_attachments(attachments: Sequence[Json]) -> None:
    """`too_many_attachments` where a message would not take them all."""
    if len(attachments) > ATTACHMENTS:
        raise Refused("too_many_attachments")


def check_blocks(blocks: Sequence[Json], readings: Compat = STRICT) -> None:
    """Refuse blocks Slack would refuse, with its code and the place of the first flaw."""
    if flaw := next(block_flaws(blocks), None):
        raise Refused("invalid_blocks", str(flaw))
    markdown = [len(escape(block["text"])) for block in blocks if block["type"] == "markdown"]
    if any(length > MARKDOWN for length in markdown):
        raise Refused("msg_too_long", "[ERROR] a markdown block cannot exceed 12,000 characters.")
    made = [
        token for block in blocks if block["type"] == "markdown" for token in _PARSER.parse(block["text"])
    ]
    headings = sum(token.type == "heading_open" for token in made)
    if headings + sum(token.type == "hr" for token in made) + len(blocks) - len(markdown) > BLOCKS:
        raise Refused("invalid_blocks", f"[ERROR] no more than {BLOCKS} items allowed [json-pointer:/blocks]")
    letters = sum(len(escape(text)) for text in texts(blocks))
    if sum(markdown) > MARKDOWN or letters + HEADING * headings > readings.all_blocks:
        raise Refused("msg_blocks_too_long")
