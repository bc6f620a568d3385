"""What docs/workspace.md shows is so."""

from __future__ import annotations

import re
import shutil
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
import yaml

from slack_emulator.__main__ import parser
from slack_emulator.control_api import DOABLE, ROUTES
from slack_emulator.disputed_rules import STRICT
from slack_emulator.scenario.fault_script import STEPS, read_script
from slack_emulator.seeding.loader import sown
from slack_emulator.seeding.seed import read_seed
from tests.slack_emulator.npm import NODE

if TYPE_CHECKING:
    from pathlib import Path

ROOT = NODE.parent.parent.parent
TEXT = (ROOT / "docs" / "workspace.md").read_text()


def section(name: str) -> str:
    return TEXT.partition(f"## {name}\n")[2].partition("\n## ")[0]


def rows(name: str) -> list[str]:
    """The first cell of each row of a section's table."""
    return [line.split("|")[1].strip() for line in section(name).splitlines() if line.startswith("| `")]


def test_its_seed_makes_workspaces(tmp_path: Path) -> None:
    path = tmp_path / "seed.yml"
    path.write_text(section("Seeds").partition("```yaml\n")[2].partition("```")[0])
    shutil.copy(ROOT / "manifest.yml", tmp_path)
    teams = sown(read_seed(path), 1_766_458_026.0)
    assert [state.team.name for state in teams] == ["Sparkling", "Still"]
    assert {each.app.name for each in teams.known()} == {"Teleprinter", "Second", "Shop"}


def test_its_steps_can_be_carried_out_and_every_action_is_among_them() -> None:
    steps = [yaml.safe_load(step) for row in rows("Scripts") for step in re.findall(r"`(\{.*?\})`", row)]
    assert len(read_script(steps)) == len(steps)
    assert {name for name in STEPS for step in steps if name in step} == set(STEPS)


def test_every_option_is_told() -> None:
    options = {action.option_strings[-1] for action in parser()._actions} - {"--help"}  # noqa: SLF001
    assert [option for option in options if f"`{option}" not in TEXT] == []


def test_every_reading_is_told() -> None:
    assert [row.strip("`") for row in rows("Readings")] == list(asdict(STRICT))


def test_every_call_of_the_control_api_is_told() -> None:
    told = {call.partition("?")[0] for row in rows("The control API") for call in re.findall(r"`(.*?)`", row)}
    assert told == {f"{verb} {name}" for verb, name in ROUTES}


@pytest.mark.parametrize("name", ["edit", "delete", "react", "press", "command", "submit"])
def test_people_can_do_what_it_says(name: str) -> None:
    assert name in DOABLE
