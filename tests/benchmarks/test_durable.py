"""The commands about durability, as they are typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from benchmarks import durable
from benchmarks.__main__ import cli
from benchmarks.chaos.run import Plan

if TYPE_CHECKING:
    import pytest


def test_starting_tells_the_figures_with_and_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable, "DATABASES", ("sqlite",))
    told = CliRunner().invoke(cli, ["starting", "--events", "3"])
    assert [line.split(":")[0] for line in told.output.splitlines()] == ["without durability", "sqlite"]


def test_chaos_tells_what_became_of_every_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(durable.PLANS, "kill", Plan(seconds=2.0, replicas=1, rate=1.0, kill=None, words=5))
    told = CliRunner().invoke(cli, ["chaos", "--plan", "kill", "--database", "sqlite"])
    assert told.exit_code == 0
    assert "kill, sqlite: 2 events" in told.stdout
    assert "0 missing, 0 doubled, 0 written by two at once" in told.stdout
