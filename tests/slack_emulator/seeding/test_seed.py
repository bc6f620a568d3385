"""What a seed's file may say, and what is told of one that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from slack_emulator.errors import WorkspaceError
from slack_emulator.seeding.seed import SPARKLING, Registration, read_seed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SMALL = "workspaces: [{name: Still, people: [{name: eve}]}]\n"


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "seed.yml"
        path.write_text(text)
        return path

    return write


def test_the_seed_everybody_starts_with_is_a_good_one() -> None:
    seed = read_seed(SPARKLING)
    assert [home.name for home in seed.workspaces] == ["Sparkling"]
    assert [person.name for person in seed.workspaces[0].people] == ["ada", "grace", "linnea", "raj"]
    assert seed.apps == [Registration("Teleprinter")]


def test_a_workspace_and_somebody_in_it_is_enough(written: Callable[[str], Path]) -> None:
    seed = read_seed(written(SMALL))
    assert (seed.apps, seed.limits, seed.script) == ([], True, [])


def test_a_seed_chooses_readings_limits_and_what_goes_wrong(written: Callable[[str], Path]) -> None:
    more = "readings: {update_text: 40000}\nlimits: {chat.update: 5/60}\nscript: [{lose_acks: 1}]\n"
    seed = read_seed(written(SMALL + more))
    assert (seed.readings.update_text, seed.limits) == (40_000, {"chat.update": "5/60"})
    assert seed.script == [{"lose_acks": 1}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("[]", "a seed is a mapping", id="a list"),
        pytest.param("workspaces: [", "is no YAML", id="broken"),
        pytest.param("workspaces: []", "wants a workspace, and somebody in it", id="empty"),
        pytest.param("workspaces: [{name: X, people: []}]", "somebody in it", id="nobody"),
        pytest.param("workspaces: [{name: X}]", "workspaces.0.people: Field required", id="no people"),
        pytest.param(f"{SMALL}colour: red", "colour: ", id="an unknown key"),
        pytest.param(f"{SMALL}readings: {{update_text: long}}", "readings.update_text", id="no number"),
    ],
)
def test_a_seed_that_is_wrong_is_told_where(written: Callable[[str], Path], text: str, words: str) -> None:
    path = written(text)
    with pytest.raises(WorkspaceError) as told:
        read_seed(path)
    assert words in str(told.value)
    assert str(path) in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"none\.yml cannot be read: No such file"):
        read_seed(tmp_path / "none.yml")
