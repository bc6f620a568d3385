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
    ("model", "window", "history", "situated"),
    [
        ("openai:gpt-4.1-mini", 20_000, 10_000, True),
        ("openai:unheard-of", None, 3_000, True),
        ("local:qwen-0.5b", None, LOCAL_HISTORY_TOKENS, True),
        ("local", None, LOCAL_HISTORY_TOKENS, False),
    ],
)
def test_what_a_model_reads_follows_from_what_it_is(
    model: str, window: int | None, history: int, *, situated: bool
) -> None:
    answering = FakeModel()
    answering.window = window
    rules = operator_rules(Settings(model=model), ModelChoice(answering))
    assert (rules.history_tokens, rules.situated) == (history, situated)


def test_each_model_that_is_offered_reads_as_much_as_its_window_allows() -> None:
    usual, other = FakeModel(), FakeModel()
    usual.window, other.label, other.window = 20_000, "small", 4_000
    rules = operator_rules(Settings(model="openai:any"), ModelChoice(usual, other))
    assert (rules.history_tokens, rules.offered) == (10_000, {"fake": 10_000, "small": 2_000})


def test_no_two_processes_have_the_same_name_by_default() -> None:
    assert len({own_name() for _ in range(100)}) == 100
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", own_name())
