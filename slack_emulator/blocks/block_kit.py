"""Says which blocks Slack takes: their types, what has to be in them, and how much fits each part.

Source of the figures: the Block Kit reference, and the limits Slack's Python SDK checks; October 2026.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from slack_emulator.blocks.data_blocks import chart_flaws, data_table_flaws, too_many_data_blocks
from slack_emulator.blocks.interactive_elements import elements
from slack_emulator.json_values import as_list, as_object, as_objects, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slack_emulator.json_values import Json

BLOCKS, VIEW_BLOCKS = 50, 100  # in a message, and in a view
NAME = 255  # characters of a block_id or an action_id
KNOWN = frozenset(
    [
        "actions",
        "alert",
        "card",
        "carousel",
        "container",
        "context",
        "context_actions",
        "data_table",
        "data_visualization",
        "divider",
        "file",
        "header",
        "image",
        "input",
        "markdown",
        "plan",
        "rich_text",
        "section",
        "table",
        "task_card",
        "video",
    ]
)
TEXTS = {"section": 3_000, "header": 150}  # the longest text of a block
ELEMENTS = {"context": 10, "actions": 25, "context_actions": 5}  # the most of them
ALLOWED = {
    "context": frozenset({"image", "mrkdwn", "plain_text"}),
    "context_actions": frozenset({"feedback_buttons", "icon_button"}),
}
FIELDS, FIELD_TEXT = 10, 2_000
IMAGE = {"alt_text": 2_000, "image_url": 3_000}
BUTTON_TEXT, BUTTON_STYLES = 75, (None, "primary", "danger")
LONGEST = {"value": 2_000, "url": 3_000, "action_id": NAME}  # of a button, or another element
OPTIONS = 100
ONLY_TO = 10  # the people an icon_button may be visible to
TABLE_ROWS, TABLE_COLUMNS, TABLE_TEXT = 100, 20, 10_000


class Flaw(NamedTuple):
    """Holds what is wrong with blocks, and where: a JSON pointer."""

    words: str
    pointer: str

    def __str__(self) -> str:
        return f"[ERROR] {self.words} [json-pointer:{self.pointer}]"


def block_flaws(blocks: Sequence[Json], most: int = BLOCKS) -> Iterator[Flaw]:
    """All that is wrong with the structure of blocks, in their order. A message may have 50 of them."""
    if len(blocks) > most:
        yield Flaw(f"no more than {most} items allowed", "/blocks")
    for index, block in enumerate(blocks):
        for words in _flaws(block):
            yield Flaw(words, f"/blocks/{index}")
    for words in too_many_data_blocks(blocks):
        yield Flaw(words, "/blocks")
    names = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(names) > len(set(map(str, names))):
        yield Flaw("block_id already exists", "/blocks")


def _flaws(block: Json) -> Iterator[str]:
    """Returns what is wrong with one block, in Slack's words or near them."""
    kind = block.get("type")
    if kind not in KNOWN:
        yield f"unsupported type: {kind}"
        return
    yield from _too_long(block, {"block_id": NAME})
    if kind in _OWN:
        yield from _OWN[kind](block)
    for _, element in elements([block]):
        yield from _element_flaws(element)


def _too_long(holder: Json, most: dict[str, int]) -> Iterator[str]:
    for name, length in most.items():
        if len(str(holder.get(name) or "")) > length:
            yield f"{name} must be less than {length + 1} characters"


def _count_flaws(block: Json, name: str, most: int) -> Iterator[str]:
    items = as_list(block.get(name))
    if not items or len(items) > most:
        yield f"must hold 1 to {most} {name}"


# --- blocks ---


def _text_flaws(block: Json) -> Iterator[str]:
    """A markdown block holds its text itself, the others a text object."""
    kind, text = block["type"], block.get("text")
    content = text if kind == "markdown" else (as_object(text) or {}).get("text")
    if not isinstance(content, str) or not content:
        yield "missing required field: text"
    elif len(content) > TEXTS.get(kind, len(content)):
        yield f"must be less than {TEXTS[kind] + 1} characters"


def _section_flaws(block: Json) -> Iterator[str]:
    if "text" in block:
        yield from _text_flaws(block)
    if "text" not in block or block.get("fields"):
        yield from _count_flaws(block, "fields", FIELDS)
    for field in as_objects(block.get("fields")):
        yield from _too_long(field, {"text": FIELD_TEXT})


def _header_flaws(block: Json) -> Iterator[str]:
    yield from _text_flaws(block)
    if (as_object(block.get("text")) or {}).get("type") == "mrkdwn":
        yield "a header is plain_text"


def _elements_flaws(block: Json) -> Iterator[str]:
    kind = block["type"]
    yield from _count_flaws(block, "elements", ELEMENTS[kind])
    for element in as_objects(block.get("elements")):
        if kind in ALLOWED and element.get("type") not in ALLOWED[kind]:
            yield f"unsupported type of element: {element.get('type')}"


def _image_flaws(block: Json) -> Iterator[str]:
    if not (block.get("alt_text") and (block.get("image_url") or block.get("slack_file"))):
        yield "missing required field: alt_text or image_url"
    yield from _too_long(block, IMAGE)


def _table_flaws(block: Json) -> Iterator[str]:
    yield from _count_flaws(block, "rows", TABLE_ROWS)
    rows = [as_list(row) for row in as_list(block.get("rows")) or ()]
    if any(row is None or len(row) > TABLE_COLUMNS for row in rows):
        yield f"must hold at most {TABLE_COLUMNS} columns"
    if sum(len(text) for text in texts(rows)) > TABLE_TEXT:
        yield f"must hold at most {TABLE_TEXT:,} characters"


_OWN = {
    "markdown": _text_flaws,
    "section": _section_flaws,
    "header": _header_flaws,
    "context": _elements_flaws,
    "actions": _elements_flaws,
    "context_actions": _elements_flaws,
    "data_table": data_table_flaws,
    "data_visualization": chart_flaws,
    "image": _image_flaws,
    "table": _table_flaws,
}


# --- elements ---


def _element_flaws(element: Json) -> Iterator[str]:
    kind = element["type"]
    yield from _too_long(element, LONGEST)
    if kind == "button":
        yield from _button_flaws(element)
    elif kind == "feedback_buttons":
        for name in ("positive_button", "negative_button"):
            yield from _button_flaws(as_object(element.get(name)) or {})
    elif kind == "icon_button" and len(as_list(element.get("visible_to_user_ids")) or ()) > ONLY_TO:
        yield f"no more than {ONLY_TO} visible_to_user_ids allowed"
    elif len(as_list(element.get("options")) or ()) > OPTIONS:
        yield f"no more than {OPTIONS} options allowed"


def _button_flaws(button: Json) -> Iterator[str]:
    text = (as_object(button.get("text")) or {}).get("text")
    if not isinstance(text, str) or not text:
        yield "missing required field: text"
    elif len(text) > BUTTON_TEXT:
        yield f"text must be less than {BUTTON_TEXT + 1} characters"
    if button.get("style") not in BUTTON_STYLES:
        yield f"unsupported style: {button['style']}"
    yield from _too_long(button, {"value": LONGEST["value"]})
