"""Offers the model a chart below its answer: a tool that does nothing but say whether it can be shown.

What is shown is read from the call itself, on its way to the reply (`bot.core.delivery.charts`).
"""

from __future__ import annotations

import json
from typing import Any, Literal

from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel, Field

from bot.core.delivery.charts import (
    MOST_CATEGORIES,
    MOST_LABEL,
    MOST_SERIES,
    MOST_TITLE,
    TOOL,
    ChartRefused,
    read_chart,
)

DESCRIPTION = (
    "Shows a chart below your answer. Use it where figures are easier to see than to read. At most two for an answer; do not repeat "
    "their figures in it."
)
SHOWN = "The chart will stand below your answer, with its figures."


class ChartSeries(BaseModel):
    """Describes one line of a chart, or its bars of one colour."""

    name: str = Field(description=f"At most {MOST_LABEL} characters.")
    values: list[float] = Field(description="One for each category, in their order.")


class ChartArguments(BaseModel):
    """Describes what a chart shows."""

    kind: Literal["bar", "line", "area", "pie"]
    title: str = Field(description=f"At most {MOST_TITLE} characters.")
    categories: list[str] = Field(
        description=f"At most {MOST_CATEGORIES}, of a pie {MOST_SERIES}; each different, of at most {MOST_LABEL} characters."
    )
    series: list[ChartSeries] = Field(description=f"At most {MOST_SERIES}; of a pie one, of values above 0.")


def chart_tool() -> BaseTool:
    """Returns the tool."""
    return StructuredTool.from_function(
        name=TOOL,
        description=DESCRIPTION,
        args_schema=ChartArguments,
        metadata={"readOnlyHint": True},
        func=_answer,
    )


def _answer(**asked: Any) -> str:
    try:
        read_chart(json.dumps(asked, default=BaseModel.model_dump))
    except ChartRefused as refused:
        return f"Not shown: {refused}. Correct it and call the tool again, or say it in words."
    return SHOWN
