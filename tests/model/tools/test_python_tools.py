"""Tools of Python packages."""

from __future__ import annotations

import asyncio

import pytest
from langchain_core.tools import tool

from bot.errors import SettingsError
from bot.model.tools.offered_tool import ToolAnswer, ToolBroken
from bot.model.tools.python_tools import PythonTools
from bot.model.tools.tool_file import ServerSpec, ToolRules
from tests.clock import VIRTUAL

RULES = ToolRules(frozenset("*"), timeout=5, result_characters=20)


@tool
def roll(sides: int) -> int:
    """Rolls a die."""
    if sides < 1:
        raise ValueError("a die of no sides")
    return sides


@tool
async def wait() -> str:
    """Waits for long."""
    await asyncio.sleep(100)
    return "done"


def offer(given: object, rules: ToolRules = RULES) -> PythonTools:
    return PythonTools(ServerSpec("dice", rules), load=lambda _: given)


async def test_a_tool_is_offered_with_its_schema_and_called() -> None:
    [offered] = offer(roll).offers
    assert (offered.name, offered.acts, offered.schema["required"]) == ("dice__roll", True, ["sides"])
    assert await offered.call({"sides": 6}) == ToolAnswer("6")


def test_the_file_says_which_are_offered_and_the_tool_whether_it_only_reads() -> None:
    reads = roll.model_copy(update={"metadata": {"readOnlyHint": True}})
    [offered] = offer([reads, wait], ToolRules(frozenset({"roll"}))).offers
    assert not offered.acts


async def test_what_a_tool_raises_is_told_by_its_kind() -> None:
    [offered] = offer(roll).offers
    with pytest.raises(ToolBroken, match=r"roll failed \(ValueError\)"):
        await offered.call({"sides": 0})


@pytest.mark.parametrize("anyio_backend", [VIRTUAL], ids=["virtual time"])
async def test_a_tool_has_a_deadline() -> None:
    [offered] = offer(wait).offers
    with pytest.raises(ToolBroken) as raised:
        await offered.call({})
    assert raised.value.outcome == "too long"


@pytest.mark.parametrize("given", [7, [], [roll, 7]], ids=["a number", "nothing", "not only tools"])
def test_an_entry_point_gives_tools_or_is_refused(given: object) -> None:
    with pytest.raises(SettingsError, match="no LangChain tools"):
        offer(given)


def test_an_entry_point_that_there_is_not_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"teleprinter\.tools"):
        PythonTools(ServerSpec("no-such-package", RULES))


def installed(monkeypatch: pytest.MonkeyPatch, value: str) -> PythonTools:
    from importlib.metadata import EntryPoint

    found = [EntryPoint("dice", value, "teleprinter.tools")]
    monkeypatch.setattr("bot.model.tools.python_tools.entry_points", lambda **_: found)
    return PythonTools(ServerSpec("dice", RULES))


def make() -> list[object]:
    """What a package may give in the place of its tools."""
    return [roll]


def test_an_entry_point_is_a_tool_or_a_function_that_gives_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "dice_for_tests", __import__("sys").modules[__name__])
    assert [one.name for one in installed(monkeypatch, "dice_for_tests:roll").offers] == ["dice__roll"]
    assert [one.name for one in installed(monkeypatch, "dice_for_tests:make").offers] == ["dice__roll"]


def test_a_package_that_cannot_be_loaded_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="ModuleNotFoundError"):
        installed(monkeypatch, "no_such_module_at_all:tools")
