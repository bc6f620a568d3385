"""Which model answers, and what is loaded for it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.errors import SettingsError
from bot.model.chat_stream import Chat
from bot.model.configured_model import check_model, is_local, loads_late, open_model
from bot.model.fallback_chat import FallbackChat
from bot.model.local.progress import unreported
from bot.model.model_choice import ModelChoice
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
        assert (model.label, model.caution) == ("openai:any", None)


async def test_a_model_to_fall_back_on_is_checked_and_opened_as_well() -> None:
    settings = Settings(model="openai:any", openai_api_key="sk-1", fallback_model="openai:other")
    await check_model(settings)
    async with open_model(settings, report=unreported) as model:
        assert isinstance(model, FallbackChat)
    with pytest.raises(SettingsError):
        await check_model(replace(settings, fallback_model="local:huge"))


def tools(folder: Path) -> Path:
    file = folder / "tools.json"
    file.write_text('{"mcpServers": {"none": {"command": "true", "tools": ["*"]}}}')
    return file


async def test_a_model_with_tools_is_opened_with_them(tmp_path: Path) -> None:
    settings = Settings(model="openai:any", openai_api_key="sk-1", mcp_file=tools(tmp_path))
    await check_model(settings)
    async with open_model(settings, report=unreported) as model:
        assert (type(model).__name__, model.label, model.caution) == ("AgentChat", "openai:any", None)


async def test_tools_that_a_model_could_not_use_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="embedded model cannot use tools"):
        await check_model(Settings(model="local", mcp_file=tools(tmp_path)))
    with pytest.raises(SettingsError, match="tools of its own"):
        await check_model(Settings(agent="mine:agent", mcp_file=tools(tmp_path)))


async def test_somebody_s_own_agent_is_opened_in_the_place_of_a_model() -> None:
    name = "langchain_core.runnables:RunnablePassthrough"
    await check_model(Settings(agent=name))
    async with open_model(Settings(agent=name), report=unreported) as model:
        assert (model.label, model.window) == (name, None)
    with pytest.raises(SettingsError, match="could not be loaded"):
        await check_model(Settings(agent="no_such_module:agent"))


LOADED = """
import sys
from bot.model.configured_model import preload_model
from bot.settings import Settings
preload_model(Settings(model={model!r}))
heavy = {{"bot.model.local.supervisor", "langchain_openai", "langchain.chat_models", "langchain.agents", "mcp"}}
print(*sorted(heavy & set(sys.modules)))
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


OFFERED = ("openai:any", "openai:other")


async def test_each_model_that_is_offered_is_opened_under_its_name_and_has_the_one_to_fall_back_on() -> None:
    settings = Settings(
        model="openai:any", models=OFFERED, openai_api_key="sk-1", fallback_model="openai:other"
    )
    await check_model(settings)
    async with open_model(settings, report=unreported) as model:
        assert isinstance(model, ModelChoice)
        assert [type(one) for one in model.models] == [FallbackChat, Chat]
        assert model.names == OFFERED


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"models": ("openai:any", "local")}, "TELEPRINTER_MODELS: the embedded model"),
        ({"agent": "langchain_core.runnables:RunnablePassthrough"}, "TELEPRINTER_MODELS: TELEPRINTER_AGENT"),
        ({"models": ("openai:any", "nobody:any")}, "TELEPRINTER_MODELS=nobody:any"),
        ({"openai_api_key": ""}, "TELEPRINTER_MODELS=openai:any needs"),
    ],
    ids=["the embedded one", "an agent", "unknown", "without a key"],
)
async def test_a_model_that_cannot_be_offered_is_named_at_the_start(
    change: dict[str, Any], words: str
) -> None:
    settings = Settings(model="openai:other", models=OFFERED, openai_api_key="sk-1")
    with pytest.raises(SettingsError, match=words):
        await check_model(replace(settings, **change))


@pytest.mark.parametrize(
    ("change", "late"),
    [
        ({}, True),
        ({"models": OFFERED, "fallback_model": "openai:other"}, True),
        ({"model": "local"}, False),
        ({"models": ("openai:any", "anthropic:any")}, False),
        ({"fallback_model": "anthropic:any"}, False),
        ({"agent": "mine:agent"}, False),
        ({"mcp_file": Path("tools.json")}, False),
    ],
)
def test_models_are_loaded_late_where_all_that_can_be_wrong_with_them_is_seen_before(
    change: dict[str, Any], *, late: bool
) -> None:
    assert loads_late(replace(Settings(model="openai:any"), **change)) is late


CHECKED = """
import asyncio, sys
from bot.model.configured_model import check_model
from bot.settings import Settings
asyncio.run(check_model(Settings(model="openai:any", openai_api_key="sk-1")))
print(*sorted({"openai", "langchain_core"} & set(sys.modules)))
"""


def test_to_check_a_model_that_is_loaded_late_loads_nothing() -> None:
    told = subprocess.run([sys.executable, "-c", CHECKED], check=True, capture_output=True, text=True)  # noqa: S603
    assert told.stdout.strip() == ""
