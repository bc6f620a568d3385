"""All tools together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.errors import SettingsError
from bot.model.tools.offered_tool import OfferedTool, ToolAnswer
from bot.model.tools.tool_file import ToolRules
from bot.model.tools.toolbox import Toolbox, check_toolbox, open_toolbox

if TYPE_CHECKING:
    from pathlib import Path


class Source:
    def __init__(self, *names: str) -> None:
        self.offers = tuple(map(made, names))


async def call(_: object) -> ToolAnswer:
    return ToolAnswer("7")


def made(name: str) -> OfferedTool:
    return OfferedTool(name, "", {"type": "object"}, False, ToolRules(frozenset("*")), call)


def test_the_offers_of_all_sources_are_one_thing_until_one_changes() -> None:
    first, second = Source("a", "b"), Source("c")
    box = Toolbox([first, second])
    before = box.offers
    assert [one.name for one in before] == ["a", "b", "c"]
    assert box.offers is before
    second.offers = ()
    assert [one.name for one in box.offers] == ["a", "b"]


async def test_without_a_file_nothing_is_offered() -> None:
    check_toolbox(None)
    async with open_toolbox(None) as box:
        assert box.offers == ()


def named(folder: Path) -> Path:
    file = folder / "tools.json"
    file.write_text(json.dumps({"mcpServers": {"some": {"command": "true", "tools": ["*"]}}}))
    return file


async def test_a_server_that_ends_at_once_leaves_the_others_their_tools(tmp_path: Path) -> None:
    check_toolbox(named(tmp_path))
    async with open_toolbox(named(tmp_path)) as box:
        assert box.offers == ()


async def test_where_the_package_is_missing_the_mend_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.model.tools.toolbox.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r'pip install "teleprinter\[tools\]"'):
        check_toolbox(named(tmp_path))
    with pytest.raises(SettingsError, match="package is missing"):
        async with open_toolbox(named(tmp_path)):
            pytest.fail("it opened")
