"""Table blocks."""

from __future__ import annotations

from typing import Any

from slack_emulator.page.html.tables import chart_block_html, table_block_html


def raw(text: str) -> dict[str, str]:
    return {"type": "raw_text", "text": text}


def drawn(*rows: list[Any], **fields: Any) -> str:
    return table_block_html({"rows": list(rows), **fields}, {"U1": "Ada"})


def test_the_first_row_is_the_head() -> None:
    assert drawn([raw("a<"), raw("b")], [raw("1"), raw("2")]) == (
        '<div class="table"><table><thead><tr><th>a&lt;</th><th>b</th></tr></thead>'
        "<tbody><tr><td>1</td><td>2</td></tr></tbody></table></div>"
    )


def test_a_head_alone_has_no_body() -> None:
    assert "tbody" not in drawn([raw("a")])
    assert drawn() == ""


def test_a_cell_may_hold_rich_text_or_a_number() -> None:
    mention = {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}]}
    html = drawn([{"type": "rich_text", "elements": [mention]}, {"type": "raw_number", "value": 4200.5}])
    assert "@Ada" in html
    assert "4200.5" in html
    assert "<th></th>" in drawn([{"type": "raw_number", "value": True}])


def test_a_column_has_a_side_and_may_wrap() -> None:
    settings = [{"align": "right", "is_wrapped": True}, None, {"align": "up"}]
    html = drawn([raw("a"), raw("b"), raw("c")], column_settings=settings)
    assert html.count("<th>") == 2
    assert '<th class="right wrapped">a</th>' in html


def test_a_data_table_has_its_caption_above_its_head() -> None:
    rows = [[{"type": "raw_text", "text": "Item"}], [{"type": "raw_number", "value": 3.5, "text": "3.50"}]]
    html = table_block_html({"type": "data_table", "caption": "Prices", "rows": rows}, {})
    assert html == (
        '<div class="table"><table><caption>Prices</caption><thead><tr><th>Item</th></tr></thead>'
        "<tbody><tr><td>3.50</td></tr></tbody></table></div>"
    )


def test_a_chart_is_html_as_its_figures() -> None:
    data = [{"label": "May", "value": 3}, {"label": "June", "value": -1}]
    lines = {"type": "line", "series": [{"name": "Tea", "data": data}, {"name": "Pot", "data": data}]}
    html = chart_block_html({"title": "Sales", "chart": lines}, {})
    assert "<caption>Sales</caption>" in html
    assert "<th>line</th><th>Tea</th><th>Pot</th>" in html
    assert "<tr><td>June</td><td>-1</td><td>-1</td></tr>" in html
    pie = {"type": "pie", "segments": [{"label": "Tea", "value": 3}]}
    assert "<td>Tea</td><td>3</td>" in chart_block_html({"title": "Shares", "chart": pie}, {})
