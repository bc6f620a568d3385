"""Running totals, differences and counts in two halves come to the same usage."""

from __future__ import annotations

import pytest
from langchain_core.messages.ai import UsageMetadata

from bot.core.conversation.deltas import Usage
from bot.model.token_counts import TokenCounter


def counted(provider: str, *counts: tuple[int, int]) -> Usage:
    counter = TokenCounter()
    for prompt, answer in counts:
        counter.count(
            UsageMetadata(input_tokens=prompt, output_tokens=answer, total_tokens=prompt + answer), provider
        )
    return counter.usage


@pytest.mark.parametrize(
    ("provider", "counts", "usage"),
    [
        pytest.param(
            "google_genai",
            [(10, 5), (0, 5), (0, 5)],
            Usage(10, 15),
            id="differences, of a provider known for them",
        ),
        pytest.param("google_genai", [(10, 5), (-2, 5)], Usage(8, 10), id="a difference that takes back"),
        pytest.param("perplexity", [(10, 1), (0, 1), (0, 1)], Usage(10, 3), id="differences of another"),
        pytest.param("", [(10, 5), (0, 5), (0, 5)], Usage(10, 15), id="differences, by their shape"),
        pytest.param("openai", [(10, 1), (10, 2), (10, 3)], Usage(10, 3), id="running totals"),
        pytest.param("openai", [(10, 1), (10, 1)], Usage(10, 1), id="a total told twice"),
        pytest.param("anthropic", [(100, 0), (0, 7)], Usage(100, 7), id="two halves"),
        pytest.param("openai", [(10, 3), (12, 1)], Usage(12, 3), id="a total never shrinks"),
    ],
)
def test_counts_come_to_what_the_answer_took(
    provider: str, counts: list[tuple[int, int]], usage: Usage
) -> None:
    assert counted(provider, *counts) == usage


def test_a_count_that_changes_nothing_is_told_as_such() -> None:
    counter = TokenCounter()
    count = UsageMetadata(input_tokens=1, output_tokens=1, total_tokens=2)
    assert [counter.count(count, ""), counter.count(count, "")] == [True, False]
