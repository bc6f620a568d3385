"""The commands about durability, as they are typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from benchmarks import durable
from benchmarks.__main__ import cli
from benchmarks.chaos.run import Plan

if TYPE_CHECKING:
    from pathlib import Path


def test_starting_tells_the_figures_with_and_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable, "DATABASES", ("sqlite",))
    told = CliRunner().invoke(cli, ["starting", "--events", "3"])
    assert [line.split(":")[0] for line in told.output.splitlines()] == ["without durability", "sqlite"]


@pytest.mark.slow
def test_chaos_tells_what_became_of_every_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(durable.PLANS, "kill", Plan(replicas=1, rate=1.0, kill=None, words=5))
    log = tmp_path / "log"
    wanted = ["--plan", "kill", "--database", "sqlite", "--seconds", "2", "--busy", "1", "--log", str(log)]
    told = CliRunner().invoke(cli, ["chaos", *wanted])
    assert told.exit_code == 0
    assert "kill, sqlite: 2 events" in told.stdout
    assert "0 missing, 0 doubled, 0 written by two at once, 0 given up" in told.stdout
    assert "r1" in log.read_text()


def test_busy_processes_are_busy_until_the_block_ends() -> None:
    with durable.busy_processes(2) as busy:
        assert [process.poll() for process in busy] == [None, None]
    assert all(process.returncode for process in busy)
