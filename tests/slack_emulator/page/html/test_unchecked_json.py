"""Reading what nobody has checked."""

from __future__ import annotations

from typing import Any

import pytest

from slack_emulator.page.html.unchecked_json import int_of, list_of, map_of, maps_of, text_of


@pytest.mark.parametrize(
    ("value", "text"), [("a", "a"), (None, ""), (1, ""), ({}, ""), ("a\0b\ud83d", "a\ufffdb\ufffd")]
)
def test_text_of(value: Any, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize(("value", "found"), [({"a": 1}, {"a": 1}), (None, {}), ("a", {}), ([], {})])
def test_map_of(value: Any, found: dict[str, Any]) -> None:
    assert map_of(value) == found


@pytest.mark.parametrize(
    ("value", "found"), [([{"a": 1}, 2, {}], [{"a": 1}, {}]), ({"a": 1}, []), (None, []), ("a", [])]
)
def test_maps_of(value: Any, found: list[dict[str, Any]]) -> None:
    assert maps_of(value) == found


@pytest.mark.parametrize(("value", "number"), [(3, 3), (-1, 0), (99, 8), (True, 0), ("3", 0), (2.5, 0)])
def test_int_of(value: Any, number: int) -> None:
    assert int_of(value, highest=8) == number


@pytest.mark.parametrize(("value", "found"), [([1, None], [1, None]), ((1,), []), ("a", []), ({}, [])])
def test_list_of(value: Any, found: list[Any]) -> None:
    assert list_of(value) == found
