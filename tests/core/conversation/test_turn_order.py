"""Whose turn it is in a thread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.conversation.turn_order import Move, Stage, Standing, move

US = Standing("5.0", "ada", Stage.WAITING)


def other(ts: str, stage: Stage, user: str = "grace") -> Standing:
    return Standing(ts, user, stage)


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        pytest.param([], Move((), begins=True), id="nobody else"),
        pytest.param([other("4.0", Stage.WAITING)], Move((), begins=False), id="somebody asked before"),
        pytest.param([other("6.0", Stage.WAITING)], Move((), begins=True), id="somebody asked later"),
        pytest.param([other("4.0", Stage.WRITING)], Move((), begins=False), id="an answer is written"),
        pytest.param([other("6.0", Stage.THINKING)], Move((), begins=False), id="a later one was quicker"),
        pytest.param(
            [other("4.0", Stage.THINKING, "ada")], Move(("4.0",), begins=True), id="we changed our mind"
        ),
        pytest.param(
            [other("3.0", Stage.WAITING, "ada"), other("4.0", Stage.WRITING)],
            Move(("3.0",), begins=False),
            id="we changed our mind while somebody else is answered",
        ),
        pytest.param(
            [other("4.0", Stage.WRITING, "ada")],
            Move((), begins=False),
            id="our first answer is already read",
        ),
        pytest.param(
            [other("6.0", Stage.THINKING, "ada")], Move((), begins=False), id="our later question is answered"
        ),
    ],
)
def test_what_a_waiting_turn_does(others: list[Standing], expected: Move) -> None:
    assert move(US, others) == expected


standings = st.builds(
    Standing,
    st.integers(1, 9).map(lambda n: f"{n}.0"),
    st.sampled_from(["ada", "grace"]),
    st.sampled_from([Stage.WAITING, Stage.THINKING, Stage.WRITING]),
)


@given(st.lists(standings, unique_by=lambda one: one.ts, min_size=1))
def test_of_those_who_wait_in_a_free_thread_exactly_one_begins(turns: list[Standing]) -> None:
    waiting = [one for one in turns if one.stage is Stage.WAITING]
    moves = {one.ts: move(one, [each for each in turns if each is not one]) for one in waiting}
    superseded = {ts for each in moves.values() for ts in each.supersedes}
    running = [one for one in turns if one.stage is not Stage.WAITING and one.ts not in superseded]
    begin = [ts for ts, each in moves.items() if each.begins and ts not in superseded]
    assert len(begin) <= 1
    assert not (begin and running)
