"""Blocks that show figures: a `table` and a `data_table`, whose first row is the head, and a chart, drawn as its figures.

Source: docs.slack.dev, "Table block", "Data table block", "Data visualization block".
"""

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
    """The whole block as HTML, all of its pages; "" where it has no row."""
    settings = [map_of(each) for each in list_of(block.get("column_settings"))]
    rows = [
        _row(maps_of(row), settings, names, is_head=number == 0)
        for number, row in enumerate(list_of(block.get("rows")))
    ]
    if not rows:
        return ""
    body = tag("tbody", "".join(rows[1:])) if rows[1:] else ""
    caption = text_html(text_of(block.get("caption")))
    head = (tag("caption", caption) if caption else "") + tag("thead", rows[0])
    return tag("div", tag("table", head + body), class_="table")


def chart_block_html(block: Mapping[str, Any], names: Names) -> str:
    """A chart as a table of its figures below its title; this page draws none."""
    chart = map_of(block.get("chart"))
    series = (
        [{"name": "", "data": chart.get("segments")}] if "segments" in chart else maps_of(chart.get("series"))
    )
    columns = [maps_of(one.get("data")) for one in series]
    head = [{"text": text_of(chart.get("type"))}, *({"text": text_of(one.get("name"))} for one in series)]
    points = zip(*columns, strict=False)
    rows = [[{"text": text_of(row[0].get("label"))}, *row] for row in points]
    return table_block_html({"caption": block.get("title"), "rows": [head, *rows]}, names)


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
