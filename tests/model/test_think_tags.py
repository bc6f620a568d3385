"""Thoughts at an answer's very beginning are thoughts, however the answer is cut into pieces; everywhere else they are text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.conversation.deltas import Reasoning, Text
from bot.model.think_tags import ThinkSplitter


def split(*pieces: str) -> list[Text | Reasoning]:
    splitter = ThinkSplitter()
    return [delta for piece in pieces for delta in splitter.feed(piece)] + splitter.flush()


def told(*pieces: str) -> tuple[str, str]:
    """The thoughts, and the text."""
    deltas = split(*pieces)
    thoughts = "".join(delta.text for delta in deltas if isinstance(delta, Reasoning))
    return thoughts, "".join(delta.text for delta in deltas if isinstance(delta, Text))


def cut(text: str, places: list[int]) -> list[str]:
    edges = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[start:end] for start, end in pairwise(edges) if start < end]


@pytest.mark.parametrize(
    ("text", "thoughts", "answer"),
    [
        ("<think>\nA capital: Paris.\n</think>\n\nParis.", "\nA capital: Paris.\n", "Paris."),
        ("\n<think>hm</think>Yes", "hm", "Yes"),
        ("<think>\nHmm, this is hard.\n</think>", "\nHmm, this is hard.\n", ""),
        ("<think>\nHmm, this is", "\nHmm, this is", ""),
        ("<think></think>Yes", "", "Yes"),
        ("<think>a </thin b</think>Yes", "a </thin b", "Yes"),
        ("<think>a</think>Yes <think>b</think>", "a", "Yes <think>b</think>"),
        ("Models write <think>so</think>.", "", "Models write <think>so</think>."),
        ("```\n<think>so</think>\n```", "", "```\n<think>so</think>\n```"),
        ("<thinking of you", "", "<thinking of you"),
        ("<thi", "", "<thi"),
        ("thoughts\n</think>\nYes", "", "thoughts\n</think>\nYes"),
    ],
)
@settings(deadline=None)  # a busy machine is no failure
@given(places=st.lists(st.integers(0, 100)))
@example(places=list(range(100)))
def test_thoughts_are_told_from_text_however_the_answer_is_cut(
    text: str, thoughts: str, answer: str, places: list[int]
) -> None:
    assert told(*cut(text, places)) == (thoughts, answer)


@settings(deadline=None)
@given(st.lists(st.text(alphabet="<think>/ \na"), max_size=12).filter(lambda p: "<think>" not in "".join(p)))
def test_text_without_thoughts_comes_piece_by_piece_as_it_was_written(pieces: list[str]) -> None:
    assert split(*pieces) == [Text(piece) for piece in pieces]


@settings(deadline=None)
@given(st.text(alphabet="ab<think>/ \n"), st.text(alphabet="ab <\n"), st.lists(st.integers(0, 100)))
def test_no_character_of_thoughts_or_answer_is_lost(thoughts: str, answer: str, places: list[int]) -> None:
    thoughts = thoughts.replace("</", "")
    expected = (thoughts, answer.lstrip())
    assert told(*cut(f"<think>{thoughts}</think>{answer}", places)) == expected


def test_a_thought_is_told_as_soon_as_it_cannot_be_a_tag() -> None:
    splitter = ThinkSplitter()
    assert splitter.feed("<think>I recall </th") == [Reasoning("I recall ")]
    assert splitter.feed("ere") == [Reasoning("</there")]
