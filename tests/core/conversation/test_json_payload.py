"""Slack's JSON, of which nothing is certain."""

from __future__ import annotations

import pytest

from bot.core.conversation.json_payload import as_list, as_payload, as_payloads, as_text


@pytest.mark.parametrize("value", [None, "text", 1, ["a"], True])
def test_what_is_no_object_counts_as_an_empty_one(value: object) -> None:
    assert as_payload(value) == {}
    assert as_payload({"a": value}) == {"a": value}


def test_what_is_no_list_of_objects_counts_as_empty() -> None:
    assert as_payloads([{"a": 1}, "b", None]) == [{"a": 1}, {}, {}]
    assert as_payloads({"a": 1}) == []
    assert as_list("ab") == []


@pytest.mark.parametrize(
    ("value", "text"), [("a", "a"), (3, "3"), (2.5, "2.5"), (True, ""), (None, ""), ({}, ""), (["a"], "")]
)
def test_a_text_is_a_string_or_a_number(value: object, text: str) -> None:
    assert as_text(value) == text
