"""What is decided about many questions is held against what the lists and the budgets allow."""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from benchmarks.decisions import ANSWERED, DecisionPlan, Decisions, Question, decide

if TYPE_CHECKING:
    from pathlib import Path

PLAN = DecisionPlan(questions=4, each=1, all=5)
ADA, GUS = Question("member", "ada", "general"), Question("guest", "gus", "general")
OFF = Question("guest", "gus", "off")


def decided(*made: str, questions: tuple[Question, ...] = (ADA, ADA, GUS, OFF)) -> Decisions:
    return Decisions(
        PLAN, list(questions), {number: Counter([one]) for number, one in enumerate(made) if one}
    )


def test_a_member_is_answered_as_often_as_there_is_room_and_a_guest_never() -> None:
    assert decided(ANSWERED, "person's quota", "guest", "channel off").wrong() == []
    assert decided("person's quota", ANSWERED, "guest", "guest").wrong() == []


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ((ANSWERED, ANSWERED, "guest", "guest"), "ada was given 2 answers"),
        (
            ("person's quota", "person's quota", "guest", "guest"),
            "0 answers were given where there was room for 1",
        ),
        ((ANSWERED, "person's quota", ANSWERED, "guest"), "question 2 of gus (guest)"),
        ((ANSWERED, "person's quota", "guest", ""), "question 3 of gus (guest): {}"),
        ((ANSWERED, "guest", "guest", "guest"), "question 1 of ada (member)"),
    ],
)
def test_what_is_decided_otherwise_is_told(made: tuple[str, ...], words: str) -> None:
    assert words in " ".join(decided(*made).wrong())


def test_a_question_with_two_decisions_is_told() -> None:
    twice = decided(ANSWERED, "person's quota", "guest", "guest")
    twice.note(0, "person's quota")
    assert "question 0 of ada" in twice.wrong()[0]


def test_the_table_has_a_line_for_each_group_and_channel() -> None:
    console = Console(width=120, file=io.StringIO(), record=True)
    console.print(decided(ANSWERED, "person's quota", "guest", "channel off").table())
    said = console.export_text()
    assert [said.count(word) for word in ("member", "guest")] == [1, 3]  # and a column


@pytest.mark.slow
async def test_two_replicas_decide_each_question_once_and_overspend_nothing(tmp_path: Path) -> None:
    plan = DecisionPlan(questions=60, members=8, denied=2, guests=2, outsiders=2, each=3, all=15)
    url = f"sqlite:///{tmp_path / 'turns.sqlite'}"
    made = await decide(plan, database_url=url, folder=tmp_path, tell=lambda _: None)
    assert made.wrong() == []
    assert made.answered.total() == 15
