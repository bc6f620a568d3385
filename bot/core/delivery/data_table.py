"""Makes a table of a finished message one that people can sort, filter and turn the pages of: Slack's `data_table` block.

A message that is being written shows the table as Markdown; its last edit has the block in its place, with the words before it and
behind it in blocks of their own. What does not fit one stays as it is, and so does all where a workspace refuses the block:

    rows      one below the header, and 100 at most       cells     10,000 characters, none of the header empty
    columns   20 at most                                  tables    one a message
    cut       a table that goes on in another message stays text: half of it cannot be sorted

Source: docs.slack.dev, "Data table block". That there may be one of them in a message is on no page: Chat SDK sends no more (vercel/chat,
pull request 696).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from bot.core.markdown.parse.block_tree import tree
from bot.core.markdown.parse.parser import parse
from bot.core.markdown.parse.spans import plain_text, quiet_code, runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.json_payload import Payload
    from bot.core.markdown.parse.block_tree import Block
    from bot.core.markdown.parse.spans import Span

MOST_ROWS = 101  # the header's among them
MOST_COLUMNS = 20
MOST_CHARACTERS = 10_000
LONGEST_PAGE = 20  # rows; Slack would show five, and leave people to turn the page of most tables
LONGEST_CAPTION = 150
EMPTY = "\N{NO-BREAK SPACE}"
"""Stands in an empty cell: Slack wants a character at least."""
_STYLES = {"strong": "bold", "em": "italic", "s": "strike"}

Cell = tuple["Span", ...]


@dataclass(frozen=True, slots=True)
class DataTable:
    """Holds the cells of a table, its header first, and where in the message's text it stands: from `start` to before `end`."""

    rows: tuple[tuple[Cell, ...], ...]
    start: int
    end: int

    @property
    def caption(self) -> str:
        """Returns what tells people who hear the page read out what the table is about: the names of its columns."""
        return ", ".join(map(plain_text, self.rows[0]))[:LONGEST_CAPTION]

    @property
    def block(self) -> Payload:
        """Returns the block that shows it."""
        header, *body = self.rows
        rows = [[_raw_text(cell) for cell in header], *([_cell(cell) for cell in row] for row in body)]
        page = min(len(body), LONGEST_PAGE)
        return {"type": "data_table", "caption": self.caption, "page_size": page, "rows": rows}


def find_data_table(text: str, *, begins_cut: bool = False, ends_cut: bool = False) -> DataTable | None:
    """Returns the table of a message that says `text`, canonical Markdown; None where it has none, or one that stays as it is.

    A table at the beginning of a message that goes on from another one, and at the end of one that another goes on from, may be half.
    """
    if "\n|" not in f"\n{text}":
        return None
    blocks = tree(parse(text))
    tables = [block for block in _all(blocks) if block.kind == "table"]
    if len(tables) != 1 or tables[0] not in blocks or tables[0].token.meta:
        return None
    is_half = (begins_cut and blocks[0] is tables[0]) or (ends_cut and blocks[-1] is tables[0])
    return None if is_half else _placed(tables[0], text)


def _all(blocks: Sequence[Block]) -> list[Block]:
    return [one for block in blocks for one in (block, *_all(block.inside))]


def _placed(block: Block, text: str) -> DataTable | None:
    # The parser counts lines by this sign alone.
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    first, end = block.lines
    rows = tuple(
        tuple(tuple(runs(cell.words)) for cell in row.inside) for part in block.inside for row in part.inside
    )
    table = DataTable(rows, starts[first], min(starts[end], len(text)))
    # A mention that notifies is no word of a cell; all others are escaped in canonical Markdown.
    return table if _fits(table) and "<@" not in text[table.start : table.end] else None


def _fits(table: DataTable) -> bool:
    header, *body = table.rows
    cells = [cell for row in table.rows for cell in row]
    return (
        bool(body)
        and len(table.rows) <= MOST_ROWS
        and len(header) <= MOST_COLUMNS
        and all(plain_text(cell).strip() for cell in header)
        and all(len(row) == len(header) for row in body)
        and sum(len(plain_text(cell)) + 1 for cell in cells) <= MOST_CHARACTERS
    )


def _cell(cell: Cell) -> Payload:
    """Words with marks as rich text; a number with its value, by which its column is sorted."""
    if any(span.marks or span.code for span in cell):
        return {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [_element(span) for span in cell]}],
        }
    raw = _raw_text(cell)
    value = _number(str(raw["text"]))
    return raw if value is None else {"type": "raw_number", "value": value, "text": raw["text"]}


def _raw_text(cell: Cell) -> Payload:
    """No page says whether Slack reads a token in it: there is none."""
    return {"type": "raw_text", "text": quiet_code(plain_text(cell).strip()) or EMPTY}


def _number(text: str) -> int | float | None:
    """Returns the number that a cell is, None where it is anything else: no date, no price, nothing that another country reads
    otherwise."""
    sign, digits = text[:1] in ("-", "\N{MINUS SIGN}"), text.removeprefix("-").removeprefix("\N{MINUS SIGN}")
    whole, point, part = digits.partition(".")
    if not (whole.isascii() and whole.isdigit()) or (point and not (part.isascii() and part.isdigit())):
        return None
    if len(digits) > 15 or (len(whole) > 1 and whole[0] == "0"):
        return None
    value = float(digits) if point else int(digits)
    return -value if sign else value


def _element(span: Span) -> Payload:
    style = {_STYLES[mark.kind]: True for mark in span.marks if mark.kind in _STYLES}
    style |= {"code": True} if span.code else {}
    styled: Payload = {"style": style} if style else {}
    href = next((mark.href for mark in span.marks if mark.kind == "link"), "")
    if href:
        return {"type": "link", "url": href, "text": quiet_code(span.text), **styled}
    return {"type": "text", "text": quiet_code(span.text), **styled}
