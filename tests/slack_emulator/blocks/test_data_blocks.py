"""Tables and charts: what Slack takes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from slack_emulator.blocks.block_kit import block_flaws

if TYPE_CHECKING:
    from slack_emulator.json_values import Json

HEAD = [{"type": "raw_text", "text": "Item"}, {"type": "raw_text", "text": "Price"}]
ROW = [{"type": "raw_text", "text": "Tea"}, {"type": "raw_number", "value": 3.5, "text": "3.50"}]
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
}
POINTS = [{"label": "May", "value": 3}, {"label": "June", "value": -1}]


def a_table(**other: Any) -> Json:
    return {"type": "data_table", "caption": "Prices", "rows": [HEAD, ROW]} | other


def a_chart(**other: Any) -> Json:
    chart = {
        "type": "line",
        "series": [{"name": "Tea", "data": POINTS}],
        "axis_config": {"categories": ["May", "June"], "x_label": "Month"},
    }
    return {"type": "data_visualization", "title": "Sales", "chart": chart | other}


def a_pie(*segments: Json) -> Json:
    return {
        "type": "data_visualization",
        "title": "Shares",
        "chart": {"type": "pie", "segments": [*segments]},
    }


def flaws(*blocks: Json) -> list[str]:
    return [one.words for one in block_flaws(blocks)]


@pytest.mark.parametrize(
    "block",
    [
        a_table(),
        a_table(page_size=100, rows=[HEAD, *[ROW] * 100]),
        a_table(rows=[HEAD, [RICH, ROW[1]]]),
        a_chart(),
        a_chart(type="bar"),
        a_pie({"label": "Tea", "value": 1}),
    ],
    ids=["a table", "a large one", "with marks", "a line", "bars", "a pie"],
)
def test_what_slack_takes_is_taken(block: Json) -> None:
    assert flaws(block) == []


@pytest.mark.parametrize(
    ("block", "flaw"),
    [
        (a_table(caption=""), "missing required field: caption"),
        (a_table(rows=[HEAD]), "must hold 2 to 101 rows"),
        (a_table(rows=[HEAD, *[ROW] * 101]), "must hold 2 to 101 rows"),
        (a_table(rows=[HEAD, ROW[:1]]), "all rows must hold the same number of cells, 1 to 20"),
        (a_table(rows=[HEAD * 11, ROW * 11]), "all rows must hold the same number of cells, 1 to 20"),
        (a_table(page_size=0), "page_size must be from 1 to 100"),
        (a_table(rows=[[RICH, HEAD[1]], ROW]), "rich_text is not allowed in the header"),
        (a_table(rows=[HEAD, [ROW[0], {"type": "mrkdwn", "text": "x"}]]), "unsupported type of cell: mrkdwn"),
        (
            a_table(rows=[HEAD, [ROW[0], {"type": "raw_text", "text": ""}]]),
            "a cell must hold at least one character: raw_text",
        ),
        (
            a_table(rows=[HEAD, [ROW[0], {"type": "raw_number", "text": "3"}]]),
            "missing required field: value",
        ),
        (
            a_table(rows=[HEAD, [{"type": "raw_text", "text": "x" * 10_000}, ROW[1]]]),
            "must hold at most 10,000 characters",
        ),
        (a_chart() | {"title": "x" * 51}, "title must hold 1 to 50 characters"),
        (a_chart(type="donut"), "unsupported type of chart: donut"),
        (a_chart(series=[]), "must hold 1 to 6 series"),
        (
            a_chart(series=[{"name": "Tea", "data": POINTS}] * 2),
            "each series has a name of its own, of 1 to 20 characters",
        ),
        (
            a_chart(series=[{"name": "Tea", "data": POINTS[:1]}]),
            "each series has one point for each category",
        ),
        (
            a_chart(series=[{"name": "Tea", "data": [POINTS[0], {"label": "June", "value": "1"}]}]),
            "value must be a number",
        ),
        (a_chart(axis_config={}), "must hold 1 to 20 categories of 1 to 20 characters"),
        (
            a_chart(axis_config={"categories": ["May", "June"], "y_label": ""}),
            "y_label must hold 1 to 50 characters",
        ),
        (a_pie(), "must hold 1 to 6 segments"),
        (a_pie({"label": "x" * 21, "value": 1}), "label must hold 1 to 20 characters"),
        (a_pie({"label": "Tea", "value": 0}), "value must be greater than 0"),
    ],
)
def test_what_slack_refuses_is_named(block: Json, flaw: str) -> None:
    assert flaw in flaws(block)


def test_of_tables_and_charts_a_message_has_so_many() -> None:
    assert flaws(a_chart(), a_chart(), a_table()) == []
    assert flaws(a_table(), a_table()) == ["no more than 1 data_table blocks allowed"]
    assert flaws(*[a_chart()] * 3) == ["no more than 2 data_visualization blocks allowed"]
