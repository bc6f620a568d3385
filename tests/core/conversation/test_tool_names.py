"""What models and people call a tool."""

from __future__ import annotations

import pytest

from bot.core.conversation.tool_names import (
    is_server_name,
    is_tool_name,
    qualified_name,
    readable_name,
    split_name,
)


def test_a_tool_stands_behind_its_server_and_is_read_so() -> None:
    name = qualified_name("time", "convert_time")
    assert (name, readable_name(name)) == ("time__convert_time", "time: convert_time")
    assert split_name(name) == ("time", "convert_time")


@pytest.mark.parametrize("name", ["clock", "__clock", "clock__"])
def test_a_name_without_a_server_is_read_as_it_is(name: str) -> None:
    assert readable_name(name) == name
    assert split_name(name) == ("", name)


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("time", True),
        ("my-server_2", True),
        ("my__server", False),
        ("ends_", False),
        ("a b", False),
        ("", False),
        ("x" * 33, False),
    ],
)
def test_a_server_s_name_is_found_again_before_its_tool_s(name: str, *, good: bool) -> None:
    assert is_server_name(name) is good


@pytest.mark.parametrize(
    ("name", "good"), [("a__b", True), ("a" * 64, True), ("a" * 65, False), ("a.b", False), ("ü", False)]
)
def test_a_name_that_no_model_may_call_is_known(name: str, *, good: bool) -> None:
    assert is_tool_name(name) is good
