"""Models that are loaded while people can ask already."""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from bot.model.answering import ModelsGoneError
from bot.model.chat_stream import Chat
from bot.model.late_models import LateModels, import_aside, open_models
from bot.model.local.progress import unreported
from bot.model.model_choice import ModelChoice
from bot.observability.facts import Fact, ModelLoaded
from bot.observability.hooks import subscribe
from bot.settings import Settings
from tests.fakes import FakeModel
from tests.patience import HANGING

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("a", "b")


def two_models() -> ModelChoice:
    one, other = FakeModel(), FakeModel()
    one.label, other.label = NAMES
    return ModelChoice(one, other)


async def opened() -> ModelChoice:
    return two_models()


async def broken() -> ModelChoice:
    raise ImportError("half of a package")


async def test_whoever_picks_a_model_waits_until_it_is_loaded() -> None:
    late, seen = LateModels(NAMES, opened), list[Fact]()
    picked = asyncio.create_task(late.pick("b"))
    await asyncio.sleep(0)
    assert not picked.done()
    with subscribe(seen.append):
        await late.load()
    assert ((await picked).label, (await late.pick("gone")).label) == ("b", "a")
    assert [type(one) for one in seen] == [ModelLoaded]


async def test_what_models_are_called_is_known_before_they_are_loaded() -> None:
    late = LateModels(NAMES, opened)
    assert (late.names, late.label, late.caution) == (NAMES, "a", None)
    late.want()  # which asks nothing of anybody
    assert [late.name_of(chosen) for chosen in ("b", "gone", "")] == ["b", "a", "a"]


async def test_whoever_is_stopped_while_a_model_is_loaded_keeps_nobody_else_from_it() -> None:
    late = LateModels(NAMES, opened)
    stopped, other = (asyncio.create_task(late.pick("a")) for _ in range(2))
    await asyncio.sleep(0)
    stopped.cancel()
    await late.load()
    assert (await other).label == "a"


async def test_who_waits_for_a_model_that_cannot_be_loaded_waits_no_longer() -> None:
    late = LateModels(NAMES, broken)
    picked = asyncio.create_task(late.pick("a"))
    with pytest.raises(ImportError):
        await late.load()
    with pytest.raises(ModelsGoneError):
        await picked
    with pytest.raises(ModelsGoneError):
        await late.pick("a")


async def test_who_waits_for_a_model_where_the_process_ends_waits_no_longer() -> None:
    late = LateModels(NAMES, asyncio.Event().wait)  # type: ignore[arg-type]  # for ever
    picked, loading = asyncio.create_task(late.pick("a")), asyncio.create_task(late.load())
    await asyncio.sleep(0)
    loading.cancel()
    await asyncio.wait([picked, loading])
    assert (type(picked.exception()), loading.cancelled()) == (ModelsGoneError, True)


async def test_a_model_is_loaded_as_soon_as_it_is_wanted_and_no_sooner() -> None:
    late = LateModels(NAMES, opened)
    loading = asyncio.create_task(late.load())
    await asyncio.sleep(0)
    assert not loading.done()
    late.want()
    await asyncio.wait_for(loading, HANGING)
    assert (await late.pick("a")).label == "a"


async def test_who_picks_a_model_that_nobody_else_wants_yet_lets_it_be_loaded() -> None:
    late = LateModels(NAMES, opened)
    loading = asyncio.create_task(late.load())
    await asyncio.sleep(0)
    assert (await asyncio.wait_for(late.pick("b"), HANGING)).label == "b"
    await loading


async def test_a_model_that_is_not_loaded_at_all_holds_up_nobody() -> None:
    late = LateModels(NAMES, opened)
    loading = asyncio.create_task(late.load())
    await asyncio.sleep(0)
    loading.cancel()
    await asyncio.wait([loading])
    with pytest.raises(ModelsGoneError):
        await asyncio.wait_for(late.pick("a"), HANGING)


async def test_the_models_of_openai_are_opened_when_they_are_loaded() -> None:
    settings = Settings(model="openai:any", models=("openai:any", "openai:other"), openai_api_key="sk-1")
    async with open_models(settings, report=unreported) as models:
        assert isinstance(models, LateModels)
        models.want()
        await models.load()
        model = await models.pick("openai:other")
        assert (type(model), model.label, models.names) == (Chat, "openai:other", settings.models)


async def test_what_may_fail_to_be_opened_is_opened_before() -> None:
    settings = Settings(agent="langchain_core.runnables:RunnablePassthrough")
    async with open_models(settings, report=unreported) as models:
        assert isinstance(models, ModelChoice)


async def test_the_loop_goes_on_while_modules_are_imported_and_a_stop_begins_no_further_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, going, go_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def hold() -> None:
        loop.call_soon_threadsafe(going.set)
        assert go_on.wait(HANGING)

    monkeypatch.setattr(sys.modules[__name__], "HOLD", hold, raising=False)
    (tmp_path / "slow_to_import.py").write_text(f"import {__name__} as test\ntest.HOLD()\n")
    (tmp_path / "not_to_import.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    importing = asyncio.create_task(import_aside(["slow_to_import", "not_to_import"]))
    await going.wait()
    importing.cancel()
    await asyncio.wait([importing])
    go_on.set()
    await import_aside(["slow_to_import"])  # it is there in the end, and only it
    assert "not_to_import" not in sys.modules
