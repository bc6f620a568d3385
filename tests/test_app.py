"""What the wiring decides: what a model is told first. That all of it works together is told in tests/stories."""

from __future__ import annotations

import re

import pytest

from bot.app import LOCAL_HISTORY_TOKENS, SYSTEM_PROMPT, operator_rules, own_name, system_prompt
from bot.model.model_choice import ModelChoice
from bot.settings import Settings
from tests.fakes import FakeModel


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("openai:gpt-4.1-mini", SYSTEM_PROMPT),
        ("local", ""),
        ("local:smollm2-135m", ""),
        ("local:qwen-0.5b", SYSTEM_PROMPT),
        ("local:/models/own.gguf", SYSTEM_PROMPT),
    ],
)
def test_a_model_is_told_where_it_is_unless_it_is_too_small_for_it(model: str, told: str) -> None:
    assert system_prompt(Settings(model=model)) == told


@pytest.mark.parametrize("model", ["openai:gpt-4.1-mini", "local"])
def test_the_operator_s_words_go_before_ours(model: str) -> None:
    assert system_prompt(Settings(model=model, system_prompt="Rhyme.")) == "Rhyme."


@pytest.mark.parametrize(
    ("model", "history", "situated"),
    [
        ("openai:gpt-4.1-mini", 5_000, True),
        ("local:qwen-0.5b", LOCAL_HISTORY_TOKENS, True),
        ("local", LOCAL_HISTORY_TOKENS, False),
    ],
)
def test_a_model_reads_what_the_operator_wants_and_the_embedded_one_what_it_can(
    model: str, history: int, *, situated: bool
) -> None:
    rules = operator_rules(Settings(model=model, history_tokens=5_000), ModelChoice(FakeModel()))
    assert (rules.history_tokens, rules.situated) == (history, situated)


def test_models_are_offered_where_there_is_more_than_one() -> None:
    usual, other = FakeModel(), FakeModel()
    other.label = "small"
    choices = ModelChoice(usual), ModelChoice(usual, other)
    offered = [operator_rules(Settings(model="openai:any"), one).offered for one in choices]
    assert offered == [(), ("fake", "small")]


def test_no_two_processes_have_the_same_name_by_default() -> None:
    assert len({own_name() for _ in range(100)}) == 100
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", own_name())
