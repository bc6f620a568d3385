"""Values out of somebody's JSON."""

from __future__ import annotations

from slack_emulator.json_values import as_list, as_object, texts


def test_an_object_is_an_object_and_nothing_else_is() -> None:
    assert as_object({"a": 1}) == {"a": 1}
    assert as_object([1]) is None


def test_a_list_and_a_tuple_are_lists_and_nothing_else_is() -> None:
    assert as_list([1]) == as_list((1,)) == [1]
    assert as_list("text") is None


def test_texts_are_found_however_deep_and_only_under_their_key() -> None:
    cell = {"type": "rich_text", "elements": [{"elements": [{"text": "deep"}, {"url": "no"}]}]}
    assert list(texts([[{"type": "raw_text", "text": "flat"}, cell], {"text": {"text": "own"}}])) == [
        "flat",
        "deep",
        "own",
    ]
