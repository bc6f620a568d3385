"""How much fits one message, and which blocks Slack takes. Checked as Slack checks it: before anything is stored.

Where Slack's pages and what was seen on the live service differ, the smaller figure counts and the line says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.workspace.composer import escape
from bot.workspace.errors import Refused
from bot.workspace.narrow import as_list, as_object
from bot.workspace.readings import STRICT, Readings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.workspace.records import Json

POST_TEXT = 40_000  # characters; chat.postMessage cuts what is more, and warns
MARKDOWN = (
    12_000  # characters once & < > are escaped, of all markdown blocks together (the markdown block's page)
)
BLOCKS = 50
ATTACHMENTS = 100

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


def check_update_text(text: str, readings: Readings = STRICT) -> None:
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


def check_blocks(blocks: Sequence[Json], readings: Readings = STRICT) -> None:
    """Refuse blocks Slack would refuse, with its code and the place of the first flaw."""
    if flaw := next(block_flaws(blocks), None):
        raise Refused("invalid_blocks", str(flaw))
    markdown = [len(escape(block["text"])) for block in blocks if block["type"] == "markdown"]
    if any(length > MARKDOWN for length in markdown):
        raise Refused("msg_too_long", "[ERROR] a markdown block cannot exceed 12,000 characters.")
    if sum(markdown) > MARKDOWN or sum(len(text) for text in _texts(blocks)) > readings.all_blocks:
        raise Refused("msg_blocks_too_long")


class Flaw(NamedTuple):
    """What is wrong with blocks, and where: a JSON pointer."""

    words: str
    pointer: str

    def __str__(self) -> str:
        return f"[ERROR] {self.words} [json-pointer:{self.pointer}]"


def block_flaws(blocks: Sequence[Json]) -> Iterator[Flaw]:
    """All that is wrong with the structure of blocks, in their order."""
    if len(blocks) > BLOCKS:
        yield Flaw(f"no more than {BLOCKS} items allowed", "/blocks")
    for index, block in enumerate(blocks):
        for words in _flaws(block):
            yield Flaw(words, f"/blocks/{index}")


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
