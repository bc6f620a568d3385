"""Says which tables and charts Slack takes: blocks that show figures.

Source: the Block Kit reference, "Data table block" and "Data visualization block", November 2026, and @slack/types 3.2.0. Where the pages
are silent the line says who has seen it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_emulator.json_values import as_list, as_object, as_objects, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slack_emulator.json_values import Json

ROWS, COLUMNS, PAGE = (2, 101), (1, 20), (1, 100)  # the header's row is one of them
CHARACTERS = 10_000  # of all cells of a message
TABLES = 1  # a message: on no page; Chat SDK sends no more (vercel/chat, pull request 696)
CHARTS = 2  # a message: on no page; seen there
CELLS = {"raw_text": "text", "raw_number": "text", "rich_text": "elements"}
"""Names what has to be in a cell, by its type."""
TITLE, LABEL = 50, 20  # characters
PARTS = (1, 6)  # of a pie, and series of the others
POINTS = (1, 20)  # of a series, and categories


def too_many_data_blocks(blocks: Sequence[Json]) -> Iterator[str]:
    """Returns what is wrong with all tables and charts of a message together."""
    for kind, most in (("data_table", TABLES), ("data_visualization", CHARTS)):
        if sum(block.get("type") == kind for block in blocks) > most:
            yield f"no more than {most} {kind} blocks allowed"


def _outside(number: object, span: tuple[int, int]) -> bool:
    return not (isinstance(number, int) and not isinstance(number, bool) and span[0] <= number <= span[1])


# --- tables ---


def data_table_flaws(block: Json) -> Iterator[str]:
    """Returns what is wrong with a `data_table` block."""
    rows = [as_objects(row) for row in as_list(block.get("rows")) or ()]
    if not isinstance(block.get("caption"), str) or not block["caption"]:
        yield "missing required field: caption"
    if _outside(len(rows), ROWS):
        yield f"must hold {ROWS[0]} to {ROWS[1]} rows"
    if len({len(row) for row in rows}) > 1 or any(_outside(len(row), COLUMNS) for row in rows):
        yield f"all rows must hold the same number of cells, {COLUMNS[0]} to {COLUMNS[1]}"
    if "page_size" in block and _outside(block["page_size"], PAGE):
        yield f"page_size must be from {PAGE[0]} to {PAGE[1]}"
    if any(cell.get("type") == "rich_text" for row in rows[:1] for cell in row):
        yield "rich_text is not allowed in the header"
    cells = [cell for row in rows for cell in row]
    yield from (flaw for cell in cells for flaw in _cell_flaws(cell))
    if sum(map(len, texts(cells))) > CHARACTERS:
        yield f"must hold at most {CHARACTERS:,} characters"


def _cell_flaws(cell: Json) -> Iterator[str]:
    kind = cell.get("type")
    if kind not in CELLS:
        yield f"unsupported type of cell: {kind}"
    elif not cell.get(CELLS[kind]):
        yield f"a cell must hold at least one character: {kind}"
    elif kind == "raw_number" and not _is_number(cell.get("value")):
        yield "missing required field: value"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# --- charts ---


def chart_flaws(block: Json) -> Iterator[str]:
    """Returns what is wrong with a `data_visualization` block."""
    chart = as_object(block.get("chart")) or {}
    if not _is_label(block.get("title"), TITLE):
        yield f"title must hold 1 to {TITLE} characters"
    if chart.get("type") == "pie":
        yield from _pie_flaws(chart)
    elif chart.get("type") in ("bar", "area", "line"):
        yield from _series_flaws(chart)
    else:
        yield f"unsupported type of chart: {chart.get('type')}"


def _is_label(value: object, most: int = LABEL) -> bool:
    return isinstance(value, str) and 0 < len(value) <= most


def _pie_flaws(chart: Json) -> Iterator[str]:
    segments = as_objects(chart.get("segments"))
    if _outside(len(segments), PARTS):
        yield f"must hold {PARTS[0]} to {PARTS[1]} segments"
    for segment in segments:
        if not _is_label(segment.get("label")):
            yield f"label must hold 1 to {LABEL} characters"
        if not _is_number(segment.get("value")) or segment["value"] <= 0:
            yield "value must be greater than 0"


def _series_flaws(chart: Json) -> Iterator[str]:
    axes = as_object(chart.get("axis_config")) or {}
    categories, series = as_list(axes.get("categories")) or [], as_objects(chart.get("series"))
    yield from _axis_flaws(axes, categories)
    if _outside(len(series), PARTS):
        yield f"must hold {PARTS[0]} to {PARTS[1]} series"
    names = [one.get("name") for one in series]
    if not all(map(_is_label, names)) or len(set(map(str, names))) < len(names):
        yield f"each series has a name of its own, of 1 to {LABEL} characters"
    for one in series:
        yield from _point_flaws(as_objects(one.get("data")), categories)


def _axis_flaws(axes: Json, categories: list[object]) -> Iterator[str]:
    if _outside(len(categories), POINTS) or not all(map(_is_label, categories)):
        yield f"must hold {POINTS[0]} to {POINTS[1]} categories of 1 to {LABEL} characters"
    for name in ("x_label", "y_label"):
        if name in axes and not _is_label(axes[name], TITLE):
            yield f"{name} must hold 1 to {TITLE} characters"


def _point_flaws(points: list[Json], categories: list[object]) -> Iterator[str]:
    if sorted(str(point.get("label")) for point in points) != sorted(map(str, categories)):
        yield "each series has one point for each category"
    if not all(_is_number(point.get("value")) for point in points):
        yield "value must be a number"
