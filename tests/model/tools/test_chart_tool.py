"""The tool by which a model asks for a chart."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.delivery.charts import CHART_TOOL
from bot.model.tools.chart_tool import SHOWN
from bot.model.tools.python_tools import PythonTools
from bot.model.tools.tool_file import ServerSpec, ToolRules

SALES: dict[str, Any] = {
    "kind": "line",
    "title": "Sales",
    "categories": ["May", "June"],
    "series": [{"name": "Tea", "values": [3, 1]}],
}


async def called(**other: Any) -> str:
    (offered,) = PythonTools(ServerSpec("charts", ToolRules(frozenset("*")))).offers
    return (await offered.call(SALES | other)).text


def test_an_operator_names_it_like_the_tools_of_a_package_and_nobody_is_asked_before_it() -> None:
    (offered,) = PythonTools(ServerSpec("charts", ToolRules(frozenset({"chart"})))).offers
    assert (offered.name, offered.acts) == (CHART_TOOL, False)
    assert set(offered.schema["required"]) == {"kind", "title", "categories", "series"}


async def test_the_model_is_told_that_its_chart_will_be_shown() -> None:
    assert await called() == SHOWN


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"categories": ["May"]}, "'Tea' must have one value for each category"),
        ({"title": "x" * 51}, "title: 1 to 50"),
    ],
)
async def test_what_cannot_be_shown_is_told_with_the_rule_so_that_it_can_be_mended(
    other: dict[str, Any], rule: str
) -> None:
    assert (await called(**other)).startswith(f"Not shown: {rule}")
