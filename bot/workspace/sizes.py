"""How much fits one message, and which blocks Slack takes. Checked as Slack checks it: before anything is stored.

Where Slack's pages and what was seen on the live service differ, the smaller figure counts and the line says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from bot.workspace.composer import escape
from bot.workspace.errors import Refused
from bot.workspace.narrow import as_list, as_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.workspace.records import Json

POST_TEXT = 40_000  # characters; chat.postMessage cuts what is more, and warns
UPDATE_TEXT = 4_000  # chat.update's page says characters; seen: UTF-8 bytes, and `msg_too_long`
MARKDOWN = (
    12_000  # characters once & < > are escaped, of all markdown blocks together (the markdown block's page)
)
ALL_BLOCKS = (
    13_200  # characters of all text in all blocks; seen only: 13,200 accepted, 13,201 `msg_blocks_too_long`
)
BLOCKS = 50
HEADING = 100  # characters that a heading of a markdown block costs beside its text; seen: 20 headings leave room for 10,563 of 13,200

KNOWN = frozenset(
    {
        *(
            "actions",
            "alert",
            "card",
            "carousel",
            "container",
            "context",
            "context_actions",
            "divider",
            "file",
            "header",
        ),
        *("image", "input", "markdown", "plan", "rich_text", "section", "table", "task_card", "video"),
    }
)
# The longest text of a block (its `text` or `alt_text`), and the most elements: the Block Kit reference.
TEXTS = {"section": 3_000, "header": 150}
ELEMENTS = {"context": 10, "actions": 25, "context_actions": 5}
FIELDS = 10
TABLE_ROWS, TABLE_COLUMNS = 100, 20


# A heading or a rule in a markdown block becomes a block of its own; seen: 50 headings are taken, 51 are not. Paragraphs, lists,
# quotes and code are not counted.
_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table")


def check_update_text(text: str) -> None:
    """`msg_too_long` where chat.update would not take the text."""
    if len(text.encode("utf-8", "surrogatepass")) > UPDATE_TEXT:
        raise Refused("msg_too_long", "[ERROR] The `text` field cannot exceed 4,000 characters.")


def check_markdown_text(text: str) -> None:
    """`msg_too_long` where `markdown_text` is more than one call takes."""
    if len(escape(text)) > MARKDOWN:
        raise Refused("msg_too_long", "[ERROR] `markdown_text` cannot exceed 12,000 characters.")


def check_blocks(blocks: Sequence[Json]) -> None:
    """Refuse blocks Slack would refuse, with its code and the place of the first flaw."""
    if len(blocks) > BLOCKS:
        raise Refused("invalid_blocks", f"[ERROR] no more than {BLOCKS} items allowed [json-pointer:/blocks]")
    for index, block in enumerate(blocks):
        if flaw := next(_flaws(block), None):
            raise Refused("invalid_blocks", f"[ERROR] {flaw} [json-pointer:/blocks/{index}]")
    markdown = [len(escape(block["text"])) for block in blocks if block["type"] == "markdown"]
    if any(length > MARKDOWN for length in markdown):
        raise Refused("msg_too_long", "[ERROR] a markdown block cannot exceed 12,000 characters.")
    made = [
        token for block in blocks if block["type"] == "markdown" for token in _PARSER.parse(block["text"])
    ]
    headings = sum(token.type == "heading_open" for token in made)
    if headings + sum(token.type == "hr" for token in made) + len(blocks) - len(markdown) > BLOCKS:
        raise Refused("invalid_blocks", f"[ERROR] no more than {BLOCKS} items allowed [json-pointer:/blocks]")
    letters = sum(len(text) for text in _texts(blocks))
    if sum(markdown) > MARKDOWN or letters + HEADING * headings > ALL_BLOCKS:
        raise Refused("msg_blocks_too_long")


def _flaws(block: Json) -> Iterator[str]:
    """What is wrong with one block, in Slack's words or near them."""
    kind = block.get("type")
    if kind not in KNOWN:
        yield f"unsupported type: {kind}"
    elif kind == "section" and "text" not in block:
        yield from _count_flaws(block, "fields", FIELDS)
    elif kind in ("markdown", "section", "header"):
        yield from _text_flaws(kind, block.get("text"))
    elif kind in ELEMENTS:
        yield from _count_flaws(block, "elements", ELEMENTS[kind])
    elif kind == "image" and not (
        block.get("alt_text") and (block.get("image_url") or block.get("slack_file"))
    ):
        yield "missing required field: alt_text or image_url"
    elif kind == "table":
        yield from _table_flaws(block)


def _count_flaws(block: Json, name: str, most: int) -> Iterator[str]:
    items = as_list(block.get(name))
    if not items or len(items) > most:
        yield f"must hold 1 to {most} {name}"


def _text_flaws(kind: str, text: object) -> Iterator[str]:
    """A markdown block holds its text itself, the others a text object."""
    content = text if kind == "markdown" else (as_object(text) or {}).get("text")
    if not isinstance(content, str) or not content:
        yield "missing required field: text"
    elif len(content) > TEXTS.get(kind, len(content)):
        yield f"must be less than {TEXTS[kind] + 1} characters"


def _table_flaws(block: Json) -> Iterator[str]:
    yield from _count_flaws(block, "rows", TABLE_ROWS)
    rows = [as_list(row) for row in as_list(block.get("rows")) or ()]
    if any(row is None or len(row) > TABLE_COLUMNS for row in rows):
        yield f"must hold at most {TABLE_COLUMNS} columns"


def _texts(value: object) -> Iterator[str]:
    """Every string under the key `text`, however deep, as Slack counts it: escaped."""
    for name, inner in (as_object(value) or {}).items():
        if name == "text" and isinstance(inner, str):
            yield escape(inner)
        else:
            yield from _texts(inner)
    for inner in as_list(value) or ():
        yield from _texts(inner)
