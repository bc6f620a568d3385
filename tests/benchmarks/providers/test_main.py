"""The command, with environments that are ready: in them, a stand-in for Python that tells a row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from benchmarks.providers.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path


def prepare(folder: Path, name: str, *, says: str, status: int = 0) -> None:
    """An environment for `name`, whose probe says this."""
    python = folder / name / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\ncat <<'END'\n{says}\nEND\nexit {status}\n")
    python.chmod(0o755)
    (folder / name / "ready").touch()


def row(**cells: str) -> str:
    return json.dumps({"finished": "right", "usage": "right", "filter": "no such thing", **cells})


def test_rows_that_are_right_are_a_table_and_no_fault(tmp_path: Path) -> None:
    prepare(tmp_path, "groq", says=row())
    prepare(tmp_path, "xai", says=row())
    told = CliRunner().invoke(main, ["--keep", str(tmp_path), "xai", "groq"])
    assert told.exit_code == 0
    assert told.stdout.splitlines() == [
        "| | finished | usage | filter |",
        "|---|---|---|---|",
        "| xai | right | right | - |",
        "| groq | right | right | - |",
    ]


def test_a_cell_that_is_wrong_is_named_and_is_a_fault(tmp_path: Path) -> None:
    prepare(tmp_path, "groq", says=row(usage="(9, 3) of (10, 3)"))
    told = CliRunner().invoke(main, ["--keep", str(tmp_path), "groq"])
    assert told.exit_code == 1
    assert "| groq | right | **(9, 3) of (10, 3)** | - |" in told.stdout
    assert told.stderr == "wrong: groq, usage: (9, 3) of (10, 3)\n"


def test_what_is_known_to_be_the_package_s_own_doing_is_told_and_no_fault(tmp_path: Path) -> None:
    prepare(tmp_path, "anthropic", says=row(usage="(0, 3) of (10, 3)"))
    told = CliRunner().invoke(main, ["--keep", str(tmp_path), "anthropic"])
    assert told.exit_code == 0
    assert "(0, 3): the integration drops the prompt's tokens" in told.stdout


@pytest.mark.parametrize(
    ("says", "status"), [("", 1), ("no JSON", 0), ("", 0)], ids=["failed", "words", "silent"]
)
def test_a_probe_that_does_not_play_is_a_fault_and_keeps_no_other_from_its_turn(
    says: str, status: int, tmp_path: Path
) -> None:
    prepare(tmp_path, "groq", says=says, status=status)
    prepare(tmp_path, "xai", says=row())
    told = CliRunner().invoke(main, ["--keep", str(tmp_path), "groq", "xai"])
    assert told.exit_code == 1
    assert "wrong: groq, finished: not played: " in told.stderr
    assert "| xai | right | right | - |" in told.stdout


def test_an_integration_that_nobody_knows_is_refused() -> None:
    told = CliRunner().invoke(main, ["acme"])
    assert told.exit_code == 2
    assert "'acme' is not one of 'openai', 'openai_responses'" in told.stderr
