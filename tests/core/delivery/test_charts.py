"""Charts that a model asks for by a tool."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.conversation.deltas import ToolUse
from bot.core.conversation.message_reader import written_blocks
from bot.core.delivery.charts import (
    CHART_TOOL,
    Chart,
    ChartRefused,
    ChartRequests,
    place_charts,
    read_chart,
)
from bot.core.markdown.render.message_text import slack_markdown
from slack_emulator.blocks.block_kit import block_flaws

if TYPE_CHECKING:
    from collections.abc import Sequence

SALES: dict[str, object] = {
    "kind": "bar",
    "title": "Sales",
    "categories": ["May", "June"],
    "series": [{"name": "Tea", "values": [3, -1.5]}, {"name": "Pots", "values": [0, 2]}],
}
SHARES: dict[str, object] = {
    "kind": "pie",
    "title": "Shares",
    "categories": ["Tea", "Pots"],
    "series": [{"name": "2026", "values": [3, 1]}],
}


def a_chart(**other: Any) -> Chart:
    return read_chart(json.dumps(SALES | other))


def one_series(*values: float) -> list[dict[str, object]]:
    return [{"name": "Tea", "values": list(values)}]


@pytest.mark.parametrize("kind", ["bar", "line", "area"])
def test_a_chart_becomes_slack_s_own_with_all_its_figures(kind: str) -> None:
    block = a_chart(kind=kind).block
    assert block == {
        "type": "data_visualization",
        "title": "Sales",
        "chart": {
            "type": kind,
            "series": [
                {"name": "Tea", "data": [{"label": "May", "value": 3}, {"label": "June", "value": -1.5}]},
                {"name": "Pots", "data": [{"label": "May", "value": 0}, {"label": "June", "value": 2}]},
            ],
            "axis_config": {"categories": ["May", "June"]},
        },
    }
    assert list(block_flaws([dict(block)])) == []


def test_a_pie_has_a_slice_for_each_category() -> None:
    block = read_chart(json.dumps(SHARES)).block
    slices = [{"label": "Tea", "value": 3}, {"label": "Pots", "value": 1}]
    assert block["chart"] == {"type": "pie", "segments": slices}
    assert list(block_flaws([dict(block)])) == []
    assert "| Tea | 3 |" in written_blocks({"blocks": [block]})[0]


def test_its_figures_are_said_as_a_table_beside_it_and_read_back_so() -> None:
    table = "**Sales**\n\n|  | Tea | Pots |\n|---|---|---|\n| May | 3 | 0 |\n| June | -1.5 | 2 |"
    assert slack_markdown(a_chart().table) == table
    assert written_blocks({"blocks": [a_chart().block]}) == [table]


def test_odd_signs_of_names_stay_what_they_are() -> None:
    chart = a_chart(title="*Sales* | <b>", categories=["a|b", "_c_"])
    shown = slack_markdown(f"Look:\n\n{chart.table}\n\nThat is all.")
    (placed,) = place_charts(shown, [chart])
    assert (shown[: placed.start], shown[placed.end :]) == ("Look:\n\n", "\n\nThat is all.")
    assert placed.block == chart.block


def test_a_chart_whose_figures_are_in_another_message_is_not_placed() -> None:
    assert place_charts("Nothing.", [a_chart()]) == []


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"kind": "donut"}, "kind must be one of bar, line, area, pie"),
        ({"title": ""}, "title: 1 to 50 characters each"),
        ({"title": "x" * 51}, "title: 1 to 50 characters each"),
        ({"title": "<!channel>"}, "title must not mention anybody"),
        ({"categories": []}, "there must be 1 to 20 categories"),
        ({"categories": ["May", "May"]}, "categories must differ from each other"),
        ({"categories": ["May\n", "June"]}, "categories: 1 to 20 characters each"),
        ({"series": []}, "there must be 1 to 6 names of series"),
        ({"series": one_series(1)}, "'Tea' must have one value for each category"),
        ({"series": one_series(1, float("nan"))}, "the values of 'Tea' must be finite numbers"),
        ({"series": [{"name": "Tea", "values": [True, 1]}]}, "values must be numbers"),
        ({"kind": "pie"}, "there must be 1 to 1 names of series"),
        ({"kind": "pie", "series": one_series(1, 0)}, "the values of a pie must be greater than 0"),
        ({"series": None}, "it needs kind, title, categories, and series of a name and values"),
    ],
)
def test_what_slack_would_not_take_is_refused_with_the_rule(other: dict[str, object], rule: str) -> None:
    with pytest.raises(ChartRefused) as refused:
        a_chart(**other)
    assert str(refused.value) == rule


def asked(*uses: ToolUse) -> list[Chart]:
    requests = ChartRequests()
    for use in uses:
        requests.hear(use)
    return requests.charts


def in_pieces(call: str, arguments: object, name: str = CHART_TOOL) -> Sequence[ToolUse]:
    text = json.dumps(arguments)
    return (ToolUse(call, name, ""), ToolUse(call, "", text[:20]), ToolUse(call, "", text[20:]))


def test_charts_are_collected_from_the_calls_of_a_model_as_they_come() -> None:
    found = asked(*in_pieces("a", SALES), *in_pieces("b", SHARES), *in_pieces("c", SALES))
    assert found == [a_chart(), read_chart(json.dumps(SHARES))]


def test_other_tools_half_calls_and_what_is_refused_are_no_charts() -> None:
    assert asked(*in_pieces("a", SALES, "files__read"), ToolUse("b", CHART_TOOL, '{"kind": "b')) == []
    assert asked(*in_pieces("a", SALES | {"kind": "donut"})) == []


def test_an_answer_has_two_charts_at_most() -> None:
    calls = [use for number in "123" for use in in_pieces(number, SALES | {"title": number})]
    assert [one.title for one in asked(*calls)] == ["1", "2"]
