"""What LangChain tells of a tool that is used."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import ToolMessage

from bot.model.langchain.tool_runs import has_failed, tool_name


@pytest.mark.parametrize(
    ("serialized", "more", "name"),
    [
        ({"name": "look"}, {}, "look"),
        ({}, {"name": "look"}, "look"),
        (None, {"name": None}, "tool"),
    ],
    ids=["in the tool's own description", "beside it", "nowhere"],
)
def test_a_tool_s_name_is_read_wherever_it_stands(
    serialized: dict[str, Any] | None, more: dict[str, Any], name: str
) -> None:
    assert tool_name(serialized, more) == name


@pytest.mark.parametrize(
    ("output", "failed"),
    [
        (ToolMessage("no such zone", tool_call_id="a", status="error"), True),
        (ToolMessage("7", tool_call_id="a"), False),
        ("error", False),
    ],
)
def test_a_tool_has_failed_where_it_says_so_itself(output: object, *, failed: bool) -> None:
    assert has_failed(output) is failed
