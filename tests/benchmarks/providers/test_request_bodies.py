"""What a provider is due, and what is told where it gets something else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.providers.request_bodies import (
    ANTHROPIC,
    CHAT_COMPLETIONS,
    CONVERSATION,
    GOOGLE,
    RESPONSES,
    DueRequests,
)

DUE = DueRequests("said", ("Hi",), ("Bye",), {"model": "m"}, free=frozenset(("seed",)))
ALL = {"chat": CHAT_COMPLETIONS, "responses": RESPONSES, "anthropic": ANTHROPIC, "google": GOOGLE}


@pytest.mark.parametrize(
    ("bodies", "differences"),
    [
        ([{"said": ["Hi"], "model": "m"}, {"said": ["Hi", "Bye"], "model": "m", "seed": 1}], []),
        ([{"said": ["Hi"], "model": "m"}], ["1 requests of 2"]),
        (
            [{"said": ["Hi"], "model": "m", "store": True}, {"said": ["Hi", "Bye"]}],
            ["1.store: true", "2.model: null"],
        ),
        ([{"said": [], "model": "m"}, {"said": ["Bye"], "model": "m"}], ["1.said: []", '2.said: ["Bye"]']),
    ],
    ids=["right", "one is missing", "a field too many and one too few", "other words"],
)
def test_what_differs_is_named_with_its_request(bodies: list[dict[str, Any]], differences: list[str]) -> None:
    assert DUE.differences(bodies) == differences


@pytest.mark.parametrize("due", ALL.values(), ids=ALL)
def test_no_provider_is_told_the_system_s_words_in_the_middle(due: DueRequests) -> None:
    roles = [one.get("role") for one in (*due.said, *due.added)]
    assert "system" not in roles[1:]
    assert "Be kind." in str(replace(due, said=due.said[:1]))


def test_the_conversation_has_words_before_all_two_people_and_an_answer_between_them() -> None:
    assert [one.role.value for one in CONVERSATION] == ["system", "user", "assistant", "user"]
