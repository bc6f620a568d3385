"""A small chaos run: real processes, one of them killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.chaos.run import Plan, play

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
async def test_with_one_killed_every_question_has_one_answer_and_what_is_pressed_is_done_once(
    tmp_path: Path,
) -> None:
    plan = Plan(seconds=8.0, replicas=2, rate=2.0, kill=4.0, words=20, presses=2.0)
    url = f"sqlite:///{tmp_path / 'turns.sqlite'}"
    verdict, run = await play(plan, database_url=url, folder=tmp_path, tell=lambda _: None)
    assert verdict.events == 16
    assert verdict.passed, run.wrong()
    assert run.presses.made > 0
    assert run.presses.unheeded == []
    assert len(run.replicas.all) == 3
