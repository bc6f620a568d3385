"""What replicas say of themselves is held against what Slack has counted, and what differs is found."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from benchmarks.chaos.front import Heard, Troubles
from benchmarks.chaos.run import Plan, play
from benchmarks.chaos.scrape import Scrape, compare, table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

WRITTEN = {(7, place): [float(place)] for place in range(60)}
POST = Heard("r1", "chat.postMessage", "taken", 60.5, "1.0", frozenset((7, place) for place in range(40)))
EDIT = Heard("r1", "chat.update", "taken", 61.0, "1.0", frozenset(WRITTEN))
LIMITED = Heard("r1", "chat.update", "limited", 60.9)
OTHER = Heard("r2", "chat.update", "taken", 60.0, "2.0", frozenset({(8, 1)}))
CALLS = "teleprinter_slack_requests_total"
TOLD = {
    f"{CALLS} chat.postMessage taken": 1.0,
    f"{CALLS} chat.update taken": 1.0,
    f"{CALLS} chat.update RateLimited": 1.0,
    "teleprinter_first_text_seconds_count": 1.0,
    "teleprinter_chars_shown_total": 350.0,
    # 40 words of q7w0 … q7w39, then 20: 5 or 6 characters each, with the space
    "teleprinter_chars_delay_seconds_total": 350.0 * 31.4,
}


def differing(told: Mapping[str, float], *, begun: float = 70.0, answers: bool = True) -> list[str]:
    scrape = Scrape("r1", 3, told, begun, begun + 0.1)
    heard = [POST, LIMITED, EDIT, OTHER]
    return [one.figure for one in compare([scrape], heard, WRITTEN if answers else None) if not one.agrees]


def test_figures_that_are_the_same_agree() -> None:
    assert differing(TOLD) == []


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        (f"{CALLS} chat.postMessage taken", "posts"),
        (f"{CALLS} chat.update taken", "edits"),
        (f"{CALLS} chat.update RateLimited", "edits 429"),
        ("teleprinter_first_text_seconds_count", "answers begun"),
        ("teleprinter_chars_delay_seconds_total", "delay of words"),
    ],
)
def test_a_figure_that_is_another_is_found(name: str, figure: str) -> None:
    assert differing(TOLD | {name: TOLD[name] * 1.2}) == [figure]


def test_a_call_that_has_only_just_been_answered_may_be_counted_or_not() -> None:
    assert differing(TOLD, begun=61.5, answers=False) == []
    assert differing(TOLD | {f"{CALLS} chat.update taken": 0.0}, begun=61.5, answers=False) == []
    assert differing(TOLD | {f"{CALLS} chat.update taken": 0.0}, answers=False) == ["edits"]


def test_where_a_replica_goes_on_with_anothers_turns_only_its_calls_are_compared() -> None:
    adopted = TOLD | {"teleprinter_turns_adopted_total": 1.0, "teleprinter_first_text_seconds_count": 9.0}
    assert differing(adopted) == []


def test_the_table_says_what_differs() -> None:
    lines = compare([Scrape("r1", 3, {}, 70.0, 70.1)], [EDIT], None)
    console = Console(width=90, file=io.StringIO(), record=True)
    console.print(table(lines))
    said = console.export_text()
    assert "r1 after 3" in said
    assert said.count("differs") == 1


@pytest.mark.slow
async def test_what_two_replicas_say_is_what_slack_has_counted(tmp_path: Path) -> None:
    plan = Plan(
        seconds=12.0, replicas=2, rate=2.0, kill=None, presses=0.0, breaking=0.0, updates=240,
        troubles=Troubles(limited=0.05, lost=0.0),
    )  # fmt: skip
    url = f"sqlite:///{tmp_path / 'turns.sqlite'}"
    _, run = await play(plan, database_url=url, folder=tmp_path, tell=lambda _: None)
    lines = run.compare()
    assert [one for one in lines if not one.agrees] == []
    assert {one.figure for one in lines} >= {"posts", "edits", "edits 429", "answers begun", "delay of words"}
    assert run.unreached == []
