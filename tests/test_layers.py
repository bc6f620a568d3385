"""Who may know whom: the rules of docs/architecture.md, held by a test."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BOT = ROOT / "bot"
MODULES = sorted(path.relative_to(ROOT) for path in BOT.rglob("*.py"))


def imports(path: Path) -> set[str]:
    """The modules that `path` imports, those inside functions and for type checking included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def under(folder: str) -> list[Path]:
    return [path for path in MODULES if path.is_relative_to(Path("bot", folder))]


def outside(*folders: str) -> list[Path]:
    return [path for path in MODULES if not any(path in under(folder) for folder in folders)]


@pytest.mark.parametrize("path", under("core"), ids=str)
def test_the_core_knows_the_standard_library_and_two_that_read_text_only(path: Path) -> None:
    allowed = (*sys.stdlib_module_names, "markdown_it", "regex")
    strangers = {name for name in imports(path) if name.split(".")[0] not in allowed}
    assert {name for name in strangers if not name.startswith("bot.core")} == set()


@pytest.mark.parametrize("path", under("core"), ids=str)
def test_the_core_neither_waits_nor_looks_at_a_clock(path: Path) -> None:
    assert imports(path).isdisjoint({"asyncio", "time", "datetime", "threading", "random"})
    waits = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.AsyncFunctionDef)
    assert not [node for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, waits)]


@pytest.mark.parametrize("path", under("workspace"), ids=str)
def test_the_workspace_knows_slack_and_nothing_of_the_bot(path: Path) -> None:
    ours = {name for name in imports(path) if name.split(".")[0] == "bot"}
    assert {name for name in ours if not name.startswith("slack_emulator")} == set()


@pytest.mark.parametrize("path", outside("workspace", "commands/demo.py"), ids=str)
def test_only_the_demo_starts_a_workspace(path: Path) -> None:
    assert {name for name in imports(path) if name.startswith("slack_emulator")} == set()


@pytest.mark.parametrize("path", outside("commands", "__main__.py"), ids=str)
def test_nothing_knows_the_app_but_the_commands(path: Path) -> None:
    assert {name for name in imports(path) if name.startswith("bot.app")} == set()


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_can_be_read_in_one_go(path: Path) -> None:
    assert len((ROOT / path).read_text().splitlines()) <= 300
