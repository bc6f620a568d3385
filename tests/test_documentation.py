"""What our pages and comments name is where they say it is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "slack_emulator", "benchmarks", "tests")
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MODULES = {path.name for path in SOURCES}
FOLDERS = {path.name for package in PACKAGES for path in (ROOT / package).glob("**/")}
# On GitHub a page also links to files beside it.
_PATH = re.compile(r"(?<![\w/.:~-])(?:[\w.-]+/)*[\w-]+\.(?:py|sh|yml|md|svg|png)\b")
_PATH_IN_SOURCE = re.compile(r"`((?:[a-z_]+/)+[a-z_]+\.(?:py|sh|yml|md))`")
_FOLDER = re.compile(r"`((?:[a-z_]+/)+)`")
_NAME = re.compile(r"`([a-z_]+)`")
WRITTEN_BY_READERS = {"team.yml", "outage.yml"}


def known(name: str, beside: Path) -> bool:
    """Whether there is such a file or folder. Modules are also named without their package, or by their name alone."""
    folders = (ROOT, beside, *(ROOT / package for package in PACKAGES))
    return any((folder / name).exists() for folder in folders) or name in MODULES


def test_a_path_that_is_not_there_is_found() -> None:
    assert _PATH.findall("see `markdown/guard.py`, docs/a.md") == ["markdown/guard.py", "docs/a.md"]
    assert not known("markdown/guard.py", ROOT)
    assert known("core/markdown/parse/literal_guard.py", ROOT)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_and_folder_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = {*_PATH.findall(text), *_FOLDER.findall(text)} - WRITTEN_BY_READERS
    missing = [name for name in named if not known(name, page.parent)]
    # In the tables of the layout a folder stands below the one above it.
    assert [name for name in missing if name.rstrip("/") not in FOLDERS] == []


def expanded(pattern: str) -> list[str]:
    """The patterns without braces that one with a pair of them stands for."""
    head, brace, rest = pattern.partition("{")
    inner, _, tail = rest.partition("}")
    return [f"{head}{one}{tail}" for one in inner.split(",")] if brace else [pattern]


def test_every_file_that_the_linter_makes_an_exception_for_exists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["ruff"]["lint"]["per-file-ignores"]
    named = [one for pattern in patterns for one in expanded(pattern)]
    assert [one for one in named if not any(ROOT.glob(one))] == []


def anchors(page: Path) -> set[str]:
    """The names under which GitHub reaches a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}


def is_there(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "SECURITY.md", ROOT / "CHANGELOG.md"], ids=lambda page: page.name
)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text(encoding="utf-8"))
    assert [one for one in links if not is_there(page, one)] == []


def test_the_operators_page_begins_with_all_its_headings_in_their_order() -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    listed = re.findall(r"\[([^\]]+)\]\(#", text.partition("\n## ")[0])
    assert [" ".join(one.split()) for one in listed] == re.findall(r"^## (.+)$", text, re.MULTILINE)


def test_a_link_that_leads_nowhere_is_found() -> None:
    assert is_there(ROOT / "README.md", "docs/operating.md#all-facts")
    assert not is_there(ROOT / "README.md", "docs/operating.md#all-the-facts")
    assert not is_there(ROOT / "README.md", "docs/operation.md")


def test_every_module_that_the_layout_names_exists() -> None:
    layout = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    layout = layout.partition("## Layout\n")[2].partition("\n## ")[0]
    modules = {path.stem for path in SOURCES} | {path.parent.name for path in SOURCES}
    assert sorted(set(_NAME.findall(layout)) - modules) == []


def test_the_layout_names_every_module_save_where_a_folder_stands_for_all_in_it() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    alike = (ROOT / "slack_emulator/page/html", ROOT / "slack_emulator/web_api/methods")
    modules = [
        path
        for path in SOURCES
        if path.relative_to(ROOT).parts[0] in ("bot", "slack_emulator")
        and path.parent not in alike
        and path.name != "__init__.py"
    ]
    assert [str(path.relative_to(ROOT)) for path in modules if not re.search(rf"\b{path.stem}\b", page)] == []


def test_every_file_that_a_comment_names_exists() -> None:
    named = [
        (path.name, name)
        for path in SOURCES
        if path != Path(__file__)
        for name in _PATH_IN_SOURCE.findall(path.read_text(encoding="utf-8"))
    ]
    assert [(path, name) for path, name in named if not known(name, ROOT)] == []
