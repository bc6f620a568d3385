"""The integrations that are measured, and what else we say of the same providers."""

from __future__ import annotations

import re

import pytest

from benchmarks.providers.integrations import INTEGRATIONS
from bot.model.finish_reasons import GIVES_REASONS
from bot.model.provider_advice import advice_for

VARIABLES = {name: one for name, one in INTEGRATIONS.items() if one.variables and name != "litellm"}


@pytest.mark.parametrize("name", INTEGRATIONS)
def test_every_package_has_its_version(name: str) -> None:
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9.]+", one) for one in INTEGRATIONS[name].requirements)


@pytest.mark.parametrize("name", VARIABLES)
def test_the_address_that_an_integration_obeys_is_the_one_that_an_operator_is_sent_to(name: str) -> None:
    addresses = [variable for variable, value in VARIABLES[name].variables.items() if "{address}" in value]
    assert addresses == [advice_for(name).address]


@pytest.mark.parametrize("name", VARIABLES)
def test_the_keys_that_an_integration_reads_are_those_that_an_operator_is_sent_to(name: str) -> None:
    keys = [variable for variable, value in VARIABLES[name].variables.items() if "{address}" not in value]
    assert set(keys) == set(re.findall("[A-Z_]{2,}", advice_for(name).key))


def test_addresses_are_filled_in() -> None:
    assert INTEGRATIONS["groq"].environ("http://here") == {
        "GROQ_API_KEY": "k",
        "GROQ_API_BASE": "http://here",
    }
    assert INTEGRATIONS["openai"].options("http://here")["base_url"] == "http://here/v1"


def test_every_answer_that_is_measured_has_to_end_with_a_reason() -> None:
    others = {"bedrock_converse", "openai_responses"}
    assert others == set(INTEGRATIONS) - GIVES_REASONS, "named amazon_bedrock and openai there"
