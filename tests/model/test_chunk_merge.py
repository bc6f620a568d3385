"""Chunks that only add words are one; all else is as it was, and where it was."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.chunk_merge import WORDS, AddedWords, is_end, merge


def chunk(index: int = 0, *, also: dict[str, Any] | None = None, **delta: Any) -> dict[str, Any]:
    choice = {"index": index, "delta": delta, "finish_reason": None, "logprobs": None}
    return {"id": "c", "choices": [{**choice, **(also or {})}], "usage": None}


def test_words_are_one_chunk() -> None:
    assert merge([chunk(content="It "), chunk(content="is"), chunk(content=".")]) == [chunk(content="It is.")]


def test_thoughts_are_one_chunk_and_no_part_of_the_answer() -> None:
    thoughts = [chunk(reasoning_content="h"), chunk(reasoning_content="m", content=None)]
    assert merge([*thoughts, chunk(content="Y"), chunk(content="es")]) == [
        chunk(reasoning_content="hm"),
        chunk(content="Yes"),
    ]


def test_fields_that_say_nothing_are_in_nobody_s_way() -> None:
    first, second = chunk(content="a", tool_calls=None, refusal=None), chunk(content="b", function_call=None)
    assert merge([first, second]) == [chunk(content="ab", tool_calls=None, refusal=None)]


SAYS_MORE: list[Any] = [
    chunk(role="assistant", content=""),
    chunk(content="b", refusal="c"),
    chunk(tool_calls=[{"index": 0}]),
    chunk(content="b", also={"finish_reason": "stop"}),
    chunk(content="b", also={"logprobs": {"content": []}}),
    chunk(content="b", also={"content_filter_results": {"hate": {"filtered": True}}}),
    chunk(1, content="b"),
    chunk(content=["b"]),
    chunk(),
    {**chunk(content="b"), "usage": {"prompt_tokens": 1}},
    {**chunk(content="b"), "id": "another"},
    {"choices": []},
    {"choices": None},
    {"choices": [{"delta": None}]},
    {"choices": [None]},
    {"choices": [*chunk(content="b")["choices"], *chunk(1, content="b")["choices"]]},
    {"type": "something else"},
    "no object",
    None,
]


@pytest.mark.parametrize("other", SAYS_MORE, ids=repr)
def test_what_says_more_or_of_another_is_left_alone(other: Any) -> None:
    assert merge([chunk(content="a"), other, chunk(content="c")]) == [
        chunk(content="a"),
        other,
        chunk(content="c"),
    ]


def test_lightly_words_are_nothing_but_words_and_all_else_is_as_ever() -> None:
    given = [
        chunk(content="It "),
        chunk(content="is"),
        chunk(reasoning="h"),
        chunk(reasoning="m"),
        chunk(content="."),
    ]
    assert merge(given, light=True) == [{WORDS: "It is"}, chunk(reasoning="hm"), {WORDS: "."}]


@pytest.mark.parametrize("other", SAYS_MORE, ids=repr)
def test_lightly_what_says_more_or_of_another_is_words_only_where_it_says_no_more(other: Any) -> None:
    [first, *between, last] = merge([chunk(content="a"), other, chunk(content="c")], light=True)
    assert (first, last) == ({WORDS: "a"}, {WORDS: "c"})
    assert between in ([other], [{WORDS: "b"}])
    assert [type(one) for one in (first, last)] == [AddedWords, AddedWords]


def test_nothing_is_nothing() -> None:
    assert merge([]) == []


def test_only_a_finish_reason_is_an_end() -> None:
    ends: list[Any] = [chunk(also={"finish_reason": "stop"}), chunk(content="a"), {"choices": []}, None]
    assert [is_end(one) for one in ends] == [True, False, False, False]


def words(chunks: list[Any]) -> list[tuple[object, object, str]]:
    """What all chunks add, with neighbours of the same kind joined."""
    found: list[tuple[object, object, str]] = []
    for one in chunks:
        choice = one["choices"][0]
        for name, text in choice["delta"].items():
            if found and found[-1][:2] == (choice["index"], name):
                found[-1] = (choice["index"], name, found[-1][2] + text)
            else:
                found.append((choice["index"], name, text))
    return found


chunks = st.builds(
    lambda index, name, text: chunk(index, **{name: text}),
    st.integers(0, 1),
    st.sampled_from(["content", "reasoning_content", "refusal"]),
    st.text(max_size=2),
)


@given(st.lists(chunks))
def test_no_word_is_lost_moved_or_changed_and_nothing_given_is(given: list[Any]) -> None:
    before = copy.deepcopy(given)
    merged = merge(given)
    assert words(merged) == words(given)
    assert given == before
    assert merge(merged) == merged
