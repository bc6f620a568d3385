"""The page of all settings is what the code says, and what people read of settings elsewhere is true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from bot.environment.setting_reference import SECTIONS
from scripts import settings_page

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]
DEFAULTS = {entry.name: entry.default for entries in SECTIONS.values() for entry in entries}
ROW = re.compile(r"^\| `([A-Z_]+)` \|.*\| (.*?) ?\|$", re.MULTILINE)


def test_the_page_of_settings_is_made_from_the_code() -> None:
    assert settings_page.main(check=True) == 0


def test_a_stale_page_is_told_with_its_mend_and_then_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settings_page, "ROOT", tmp_path)
    monkeypatch.setattr(settings_page, "PAGE", tmp_path / "settings.md")
    assert settings_page.main(check=True) == 1
    assert capsys.readouterr().out == "settings.md is stale: run `make settings`\n"
    assert settings_page.main(check=False) == 0
    assert settings_page.main(check=True) == 0


def test_every_variable_of_ours_that_a_page_names_is_read() -> None:
    pages = [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "deploy").iterdir(),
        ROOT / ".env.example",
    ]
    named = {name for page in pages for name in re.findall(r"\bTELEPRINTER_[A-Z_]*[A-Z]\b", page.read_text())}
    assert len(named) > 20
    assert named - set(DEFAULTS) == {"TELEPRINTER_REQUESTS"}  # how many requests a test sends


def test_the_readme_names_settings_that_there_are_with_their_defaults() -> None:
    rows = ROW.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(rows) >= 10
    assert dict(rows).items() <= DEFAULTS.items()
