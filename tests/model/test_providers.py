"""TELEPRINTER_MODEL, from a name to a model, and the mend for every name that makes no sense."""

from __future__ import annotations

import logging
import os
import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from langchain.chat_models.base import _get_chat_model_creator
from langchain_openai import AzureChatOpenAI

from bot.errors import SettingsError
from bot.model.openai_chat import API_URL, WholeChatOpenAI
from bot.model.providers import build_chat_model, close_chat_model
from tests.models import ScriptedModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOCAL = "http://localhost:8080/v1"
AZURE = "https://acme.openai.azure.com"
OPENAI_VARIABLES = (
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_API_BASE",
    "OPENAI_PROXY",
    "AZURE_OPENAI_ENDPOINT",
    "AZURE_OPENAI_API_KEY",
)
LANGSMITH_VARIABLES = ("LANGSMITH_GATEWAY", "LANGSMITH_API_KEY", "LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2")


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine that runs the tests has a say."""
    for name in (*OPENAI_VARIABLES, *LANGSMITH_VARIABLES):
        monkeypatch.delenv(name, raising=False)


async def openai_model(name: str = "openai:gpt-4.1-mini", **options: Any) -> WholeChatOpenAI:
    model = build_chat_model(name, **options)
    await close_chat_model(model)
    assert isinstance(model, WholeChatOpenAI)
    return model


def key_of(model: WholeChatOpenAI) -> str:
    return str(model.root_async_client.api_key)


# Names


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("foo", "TELEPRINTER_MODEL=foo: write provider:name, for example openai:gpt-4.1-mini; "),
        ("", "TELEPRINTER_MODEL=: write provider:name"),
        ("openai:", "TELEPRINTER_MODEL=openai:: write provider:name"),
        (":gpt", "TELEPRINTER_MODEL=:gpt: write provider:name"),
        (
            "local:tiny",
            "TELEPRINTER_MODEL=local:tiny: a local model runs inside the command teleprinter only; ",
        ),
        ("acme:gpt", "TELEPRINTER_MODEL=acme:gpt: there is no provider acme; use openai, anthropic, "),
        (
            "anthropic:claude",
            "TELEPRINTER_MODEL=anthropic:claude needs a package: pip install langchain-anthropic",
        ),
        (
            "google-genai:x",
            "TELEPRINTER_MODEL=google-genai:x needs a package: pip install langchain-google-genai",
        ),
        (
            "openai:gpt",
            "OPENAI_API_KEY is not set, which TELEPRINTER_MODEL=openai:gpt needs: set it, or set OPENAI_BASE",
        ),
        (
            "azure_openai:gpt",
            "TELEPRINTER_MODEL=azure_openai:gpt: azure_openai could not be set up (OpenAIError): ",
        ),
    ],
    ids=[
        "no provider",
        "nothing",
        "no name",
        "no provider's name",
        "local",
        "unknown",
        "package",
        "its package",
        "key",
        "setup",
    ],
)
def test_a_name_that_makes_no_sense_is_told_with_its_mend(name: str, line: str) -> None:
    with pytest.raises(SettingsError) as caught:
        build_chat_model(name)
    assert str(caught.value).startswith(line)
    assert "\n" not in str(caught.value)


async def test_spaces_and_the_case_of_the_provider_do_not_matter() -> None:
    assert (await openai_model(" OpenAI : gpt-4.1-mini ", api_key="k")).model_name == "gpt-4.1-mini"


async def test_a_colon_in_the_model_s_name_is_its_own() -> None:
    assert (
        await openai_model("openai:ft:gpt-4.1-mini:acme", api_key="k")
    ).model_name == "ft:gpt-4.1-mini:acme"


def test_a_missing_package_whose_name_langchain_does_not_tell_is_guessed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = ModuleType("langchain_groq")

    def fail(name: str) -> object:
        raise ImportError(f"cannot import {name}")

    monkeypatch.setattr(broken, "__getattr__", fail, raising=False)
    monkeypatch.setitem(sys.modules, "langchain_groq", broken)
    with pytest.raises(SettingsError, match="pip install langchain-groq"):
        build_chat_model("groq:llama")


def test_another_provider_is_langchain_s_own_integration(monkeypatch: pytest.MonkeyPatch) -> None:
    azure_variables(monkeypatch)
    assert isinstance(build_chat_model("azure_openai:gpt"), AzureChatOpenAI)


# The key, and where prompts go


def azure_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_VERSION", "2025-01-01")
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", AZURE)
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "azure-key")


def test_another_provider_is_never_sent_the_key_and_the_address_for_openai(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    azure_variables(monkeypatch)
    model = build_chat_model("azure_openai:gpt", api_key="sk-for-openai-only", base_url=LOCAL)
    assert isinstance(model, AzureChatOpenAI)
    assert model.root_async_client.api_key == "azure-key"
    assert str(model.root_async_client.base_url).startswith(AZURE)


async def test_a_server_without_a_key_is_not_sent_the_one_for_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-for-openai-only")
    model = await openai_model(base_url=LOCAL)
    assert key_of(model) == "no-key"
    assert model.openai_api_base == LOCAL


async def test_a_key_and_an_address_are_used_together() -> None:
    model = await openai_model(api_key="k", base_url=LOCAL)
    assert (key_of(model), str(model.root_async_client.base_url)) == ("k", f"{LOCAL}/")


@pytest.mark.parametrize("variable", ["LANGSMITH_GATEWAY", "OPENAI_API_BASE", "OPENAI_BASE_URL"])
async def test_no_variable_sends_prompts_for_openai_elsewhere(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "https://third.party.example")
    monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_x")
    model = await openai_model(api_key="k")
    assert (key_of(model), str(model.root_async_client.base_url)) == ("k", f"{API_URL}/")


def test_a_gateway_for_the_prompts_of_another_provider_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_GATEWAY", "true")
    with pytest.raises(SettingsError, match=r"LANGSMITH_GATEWAY is set.*unset it"):
        build_chat_model("anthropic:claude")


@pytest.mark.parametrize(
    ("address", "passed_on"), [("http://cohere.acme.example", ["http://cohere.acme.example"]), ("", [])]
)
def test_an_address_that_the_sdk_reads_and_the_integration_hides_is_passed_on(
    address: str, passed_on: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CO_API_URL", address)
    told = record_options(monkeypatch, "langchain_cohere", "ChatCohere")
    build_chat_model("cohere:command-a")
    assert [options["base_url"] for options in told if "base_url" in options] == passed_on


@pytest.mark.parametrize(("value", "told"), [("true", ["model.traced"]), ("false", [])])
async def test_tracing_is_told_of_in_the_log(
    value: str, told: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("LANGSMITH_TRACING", value)
    with caplog.at_level(logging.WARNING, "bot"):
        await openai_model(api_key="k")
    assert [record.getMessage() for record in caplog.records] == told


# What is wrong with a package


@pytest.mark.parametrize(
    ("error", "mend"),
    [
        (
            ValueError("Could not import transformers python package. Please install it."),
            "pip install transformers",
        ),
        (
            ValueError("Please install it with `pip install -U sentence-transformers`"),
            "pip install sentence-transformers",
        ),
    ],
    ids=["could not import", "pip install"],
)
def test_a_package_that_an_integration_needs_besides_is_named(
    error: Exception, mend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, "langchain_groq", "ChatGroq", raising(error))
    with pytest.raises(SettingsError, match=f"needs a package more: {mend}"):
        build_chat_model("groq:llama")


def test_the_key_that_is_missing_is_the_provider_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "langchain_groq", "ChatGroq", raising(RuntimeError("no key")))
    with pytest.raises(SettingsError, match="first of all GROQ_API_KEY"):
        build_chat_model("groq:llama")


def install(monkeypatch: pytest.MonkeyPatch, package: str, name: str, build: Callable[..., object]) -> None:
    """A stand-in for an integration."""
    module = ModuleType(package)
    setattr(module, name, build)
    monkeypatch.setitem(sys.modules, package, module)
    _get_chat_model_creator.cache_clear()


def record_options(monkeypatch: pytest.MonkeyPatch, package: str, name: str) -> list[dict[str, Any]]:
    """What a stand-in for an integration will have been built with."""
    told: list[dict[str, Any]] = []

    def build(**options: Any) -> object:
        told.append(options)
        return ScriptedModel(answers=[])

    install(monkeypatch, package, name, build)
    return told


@pytest.fixture(autouse=True)
def _forget_installed() -> Iterator[None]:
    yield
    _get_chat_model_creator.cache_clear()


def raising(error: Exception) -> Callable[..., object]:
    def build(**options: Any) -> object:
        raise error

    return build


# Retries, and closing


@pytest.mark.parametrize("retries", [0, 3])
def test_another_provider_s_client_retries_only_as_often_as_it_is_told(
    retries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    azure_variables(monkeypatch)
    model = build_chat_model("azure_openai:gpt", max_retries=retries)
    assert isinstance(model, AzureChatOpenAI)
    assert model.root_async_client.max_retries == retries


@pytest.mark.parametrize("retries", [0, 3])
def test_litellm_is_told_how_often_to_retry_and_its_integration_not_to(
    retries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = record_options(monkeypatch, "langchain_litellm", "ChatLiteLLM")
    build_chat_model("litellm:openai/x", max_retries=retries)
    [options] = told
    assert options["model_kwargs"] == {"max_retries": retries}
    assert options["max_retries"] == 1, "attempts, there"


@pytest.mark.parametrize(
    ("set_to", "stays"), [({}, "True"), ({"LITELLM_LOCAL_MODEL_COST_MAP": "False"}, "False")]
)
def test_litellm_fetches_no_price_list_unless_the_operator_wants_it(
    set_to: dict[str, str], stays: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_options(monkeypatch, "langchain_litellm", "ChatLiteLLM")
    variable = "LITELLM_LOCAL_MODEL_COST_MAP"
    others = {name: value for name, value in os.environ.items() if name != variable}
    monkeypatch.setattr(os, "environ", others | set_to)
    build_chat_model("litellm:openai/x")
    assert os.environ[variable] == stays


def test_a_policy_of_retries_that_is_the_sdk_s_own_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    model = ScriptedModel(answers=[])
    configuration = SimpleNamespace(retry_config="an hour")
    object.__setattr__(model, "client", SimpleNamespace(sdk_configuration=configuration))
    install(monkeypatch, "langchain_openrouter", "ChatOpenRouter", lambda **_: model)
    assert build_chat_model("openrouter:x") is model
    assert configuration.retry_config is None


@pytest.mark.parametrize(("provider", "timeouts"), [("bedrock_converse", [61.0]), ("groq", [])])
def test_a_client_that_blocks_is_told_how_long_it_may_wait(
    provider: str, timeouts: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = record_options(monkeypatch, "langchain_aws", "ChatBedrockConverse")
    told_groq = record_options(monkeypatch, "langchain_groq", "ChatGroq")
    build_chat_model(f"{provider}:x", timeout=61.0)
    assert [options["timeout"] for options in told + told_groq if "timeout" in options] == timeouts


@pytest.mark.parametrize("retries", [0, 3])
async def test_the_client_retries_only_as_often_as_it_is_told(retries: int) -> None:
    model = await openai_model(api_key="k", max_retries=retries)
    assert model.root_async_client.max_retries == retries


async def test_a_closed_model_has_closed_its_connections() -> None:
    model = await openai_model(api_key="k")
    assert model.http_async_client is not None
    assert model.http_async_client.is_closed


async def test_a_model_with_no_connections_of_ours_is_closed_as_it_is() -> None:
    await close_chat_model(ScriptedModel(answers=[[]]))
