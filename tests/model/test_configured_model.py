"""Which model answers, and what is loaded for it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from bot.errors import SettingsError
from bot.model.configured_model import check_model, is_local, open_model
from bot.model.fallback_chat import FallbackChat
from bot.model.local.progress import unreported
from bot.settings import Settings


@pytest.mark.parametrize(
    ("model", "local"),
    [("local", True), ("local:qwen-0.5b", True), ("openai:local", False), ("localai:any", False)],
)
def test_the_embedded_model_is_known_by_its_name(model: str, *, local: bool) -> None:
    assert is_local(Settings(model=model)) is local


@pytest.mark.parametrize("model", ["local:huge", "nobody:any", "openai:any"])
async def test_a_model_that_there_is_not_is_refused_before_anything_is_waited_for(model: str) -> None:
    with pytest.raises(SettingsError):
        await check_model(Settings(model=model))


@pytest.mark.parametrize("model", ["local", "openai:any"])
async def test_a_model_that_there_is_passes_the_check(model: str) -> None:
    await check_model(Settings(model=model, openai_api_key="sk-1"))


async def test_an_opened_model_is_called_what_the_settings_call_it() -> None:
    settings = Settings(model="openai:any", openai_api_key="sk-1")
    async with open_model(settings, report=unreported) as model:
        assert (model.label, model.caution) == ("openai:any", "")


async def test_a_model_to_fall_back_on_is_checked_and_opened_as_well() -> None:
    settings = Settings(model="openai:any", openai_api_key="sk-1", fallback_model="openai:other")
    await check_model(settings)
    async with open_model(settings, report=unreported) as model:
        assert isinstance(model, FallbackChat)
    with pytest.raises(SettingsError):
        await check_model(replace(settings, fallback_model="local:huge"))


LOADED = """
import sys
from bot.model.configured_model import preload_model
from bot.settings import Settings
preload_model(Settings(model={model!r}))
print(*sorted({{"bot.model.local.supervisor", "langchain_openai", "langchain.chat_models"}} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("model", "loaded"),
    [
        ("openai:any", "langchain_openai"),
        ("local", "bot.model.local.supervisor langchain_openai"),
        ("anthropic:any", "langchain.chat_models"),
    ],
)
def test_what_a_model_has_no_need_of_is_not_loaded_for_it(model: str, loaded: str) -> None:
    command = [sys.executable, "-c", LOADED.format(model=model)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    assert told.stdout.strip() == loaded
