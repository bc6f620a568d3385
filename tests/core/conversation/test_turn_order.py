"""Whose turn it is in a thread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.conversation.turn_order import Move, TurnStage, TurnStanding, move

US = TurnStanding("5.0", "ada", TurnStage.WAITING)


def other(ts: str, stage: TurnStage, user: str = "grace") -> TurnStanding:
    return TurnStanding(ts, user, stage)


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        pytest.param([], Move((), begins=True), id="nobody else"),
        pytest.param([other("4.0", TurnStage.WAITING)], Move((), begins=False), id="somebody asked before"),
        pytest.param([other("6.0", TurnStage.WAITING)], Move((), begins=True), id="somebody asked later"),
        pytest.param([other("4.0", TurnStage.WRITING)], Move((), begins=False), id="an answer is written"),
        pytest.param(
            [other("6.0", TurnStage.THINKING)], Move((), begins=False), id="a later one was quicker"
        ),
        pytest.param(
            [other("4.0", TurnStage.THINKING, "ada")], Move(("4.0",), begins=True), id="we changed our mind"
        ),
        pytest.param(
            [other("3.0", TurnStage.WAITING, "ada"), other("4.0", TurnStage.WRITING)],
            Move(("3.0",), begins=False),
            id="we changed our mind while somebody else is answered",
        ),
        pytest.param(
            [other("4.0", TurnStage.WRITING, "ada")],
            Move((), begins=False),
            id="our first answer is already read",
        ),
        pytest.param(
            [other("6.0", TurnStage.THINKING, "ada")],
            Move((), begins=False),
            id="our later question is answered",
        ),
    ],
)
def test_what_a_waiting_turn_does(others: list[TurnStanding], expected: Move) -> None:
    assert move(US, others) == expected


standings = st.builds(
    TurnStanding,
    st.integers(1, 9).map(lambda n: f"{n}.0"),
    st.sampled_from(["ada", "grace"]),
    st.sampled_from([TurnStage.WAITING, TurnStage.THINKING, TurnStage.WRITING]),
)


@given(st.lists(standings, unique_by=lambda one: one.ts, min_size=1))
def test_of_those_who_wait_in_a_free_thread_exactly_one_begins(turns: list[TurnStanding]) -> None:
    waiting = [one for one in turns if one.stage is TurnStage.WAITING]
    moves = {one.ts: move(one, [each for each in turns if each is not one]) for one in waiting}
    superseded = {ts for each in moves.values() for ts in each.supersedes}
    running = [one for one in turns if one.stage is not TurnStage.WAITING and one.ts not in superseded]
    begin = [ts for ts, each in moves.items() if each.begins and ts not in superseded]
    assert len(begin) <= 1
    assert not (begin and running)
