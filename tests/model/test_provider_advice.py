"""Whoever runs the bot is told to look at the variables of the provider that it uses."""

from __future__ import annotations

import openai
import pytest

from bot.model.provider_advice import PROVIDERS, advice_for, provider_of


@pytest.mark.parametrize(
    ("label", "error", "provider"),
    [
        ("deepseek:deepseek-chat", openai.OpenAIError("x"), "deepseek"),
        ("Google-GenAI:gemini", ValueError("x"), "google_genai"),
        ("the model", openai.OpenAIError("x"), "openai"),
        ("the model", ValueError("x"), ""),
        ("SmolLM2: a small model", ValueError("x"), ""),
    ],
)
def test_the_provider_is_the_one_of_the_label_or_of_the_error(
    label: str, error: Exception, provider: str
) -> None:
    assert provider_of(label, error) == provider


@pytest.mark.parametrize("provider", [name for name in PROVIDERS if name != "openai"])
def test_no_provider_is_sent_to_another_s_variables(provider: str) -> None:
    advice = advice_for(provider)
    assert "OPENAI_API_KEY" not in advice.check_key.split()
    assert "OPENAI_BASE_URL" not in f"{advice.check_address} {advice.check_server}"


def test_for_a_provider_that_nobody_knows_no_variable_is_named() -> None:
    advice = advice_for("acme")
    assert advice.check_key == "check the provider's API key"
    assert advice.check_address == "the network"
    assert advice.check_server == "see its status, and ask again"
