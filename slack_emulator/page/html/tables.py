"""A `table` block: its first row is its head. Source: docs.slack.dev, "Table block"."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from slack_emulator.page.html.html_helpers import text_html
from slack_emulator.page.html.rich_text_html import rich_text_html
from slack_emulator.page.html.tags import tag
from slack_emulator.page.html.unchecked_json import list_of, map_of, maps_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_emulator.page.html.html_helpers import Names

SIDES = frozenset({"left", "center", "right"})


def table_block_html(block: Mapping[str, Any], names: Names) -> str:
    """The whole block as HTML; "" where it has no row."""
    settings = [map_of(each) for each in list_of(block.get("column_settings"))]
    rows = [
        _row(maps_of(row), settings, names, is_head=number == 0)
        for number, row in enumerate(list_of(block.get("rows")))
    ]
    if not rows:
        return ""
    body = tag("tbody", "".join(rows[1:])) if rows[1:] else ""
    return tag("div", tag("table", tag("thead", rows[0]) + body), class_="table")


def _row(
    cells: list[Mapping[str, Any]], settings: list[Mapping[str, Any]], names: Names, *, is_head: bool
) -> str:
    rest: list[Mapping[str, Any]] = [{}] * len(cells)
    pairs = zip(cells, [*settings, *rest], strict=False)  # fewer settings than columns are allowed
    drawn = (_cell(cell, column, names, is_head=is_head) for cell, column in pairs)
    return tag("tr", "".join(drawn))


def _cell(cell: Mapping[str, Any], column: Mapping[str, Any], names: Names, *, is_head: bool) -> str:
    side = text_of(column.get("align"))
    classes = [*([side] if side in SIDES else []), *(["wrapped"] if column.get("is_wrapped") is True else [])]
    return tag("th" if is_head else "td", _words(cell, names), class_=" ".join(classes) or None)


def _words(cell: Mapping[str, Any], names: Names) -> str:
    if cell.get("type") == "rich_text":
        return rich_text_html(cell, names)
    return text_html(text_of(cell.get("text"))) or _number(cell.get("value"))


def _number(value: Any) -> str:
    return (
        escape(str(value))
        if isinstance(value, int | float) and not isinstance(value, bool)
        else text_html(text_of(value))
    )
