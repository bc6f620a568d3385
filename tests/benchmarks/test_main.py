"""`python -m benchmarks`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from benchmarks import cpu, front, loads
from benchmarks.__main__ import cli
from benchmarks.scenarios import SCENARIOS, alike

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str) -> tuple[str, str]:
    """What the command says: on standard output, and on standard error."""
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout, result.stderr


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """One answer is a very short one."""
    monkeypatch.setitem(SCENARIOS, "1 answer", alike("1 answer", (0.0,), words=20, rate=100.0))


def test_one_scenario_is_a_table_of_the_policies_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    chosen = ("--policy", "Teleprinter", "--policy", "every 1 s")
    out, _ = run("--scenario", "1 answer", *chosen, "--json", str(file))
    lines = out.splitlines()
    assert lines[0].startswith("1 answer · 300 words each")
    assert [line.split("  ")[0] for line in lines[2:4]] == ["Teleprinter", "every 1 s"]
    figures = json.loads(file.read_text())
    assert set(figures["scenarios"][0]["policies"]) == {"Teleprinter", "every 1 s"}
    assert figures["clock"] == "virtual"


@pytest.mark.usefixtures("tiny")
def test_in_real_time_it_says_what_it_is_at_and_for_how_long() -> None:
    out, err = run("--real", "--scenario", "1 answer", "--policy", "Teleprinter")
    assert err == "1 answer, Teleprinter: about 0 s …\n"
    assert "Teleprinter" in out


def test_a_scenario_of_no_such_name_is_refused_with_those_there_are() -> None:
    result = CliRunner().invoke(cli, ["--scenario", "a thousand"])
    assert result.exit_code == 2
    assert "5 at once" in result.stderr


def test_the_picture_is_drawn_twice(tmp_path: Path) -> None:
    out, _ = run("picture", "--folder", str(tmp_path))
    assert [line.rpartition("/")[2] for line in out.splitlines()] == ["delay-light.svg", "delay-dark.svg"]


def test_the_processors_time_is_told_beside_something_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu.costs, "__defaults__", (3,))
    out, _ = run("cpu", "--parts")
    assert [line.split("  ")[0] for line in out.splitlines()[2:5]] == ["a delta", "a decision", "an edit"]
    assert "times" in out


def test_the_front_is_searched_for_and_ours_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "played", lambda schedule: front.Point(schedule, (schedule.least, 1.0, 1.0)))
    out, _ = run("front", "--schedules", "2", "--seed", "3")
    assert out.splitlines()[-1].startswith("Of 2 schedules drawn at random ")


def test_random_loads_are_played_by_both_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    played = loads.play_all(range(1), busy=(5,), seconds=20.0)
    monkeypatch.setattr(loads, "play_all", lambda _seeds, **_: played)
    out, _ = run("random", "--seeds", "1")
    assert [line.split("  ")[0] for line in out.splitlines()[1:]] == ["5 a minute"] * 2
