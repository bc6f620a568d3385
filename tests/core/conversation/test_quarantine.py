"""Who is tried beside whom; and that whoever kills is found, and nobody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.conversation.quarantine import CONVICTED, DANGEROUS, SUSPECT, Isolation, Ward, isolation


@pytest.mark.parametrize(
    ("deaths", "apart"),
    [
        (0, Isolation.NONE),
        (1, Isolation.NONE),
        (2, Isolation.SUSPECTS),
        (3, Isolation.SUSPECTS),
        (4, Isolation.ALL),
        (9, Isolation.ALL),
    ],
)
def test_the_more_processes_have_died_the_fewer_are_beside_a_turn(deaths: int, apart: Isolation) -> None:
    assert isolation(deaths) is apart


def a_ward(*waiting: tuple[str, Isolation]) -> Ward:
    ward = Ward()
    for name, apart in waiting:
        ward.arrive(name, apart)
    return ward


def test_turns_without_suspicion_work_at_once_and_together() -> None:
    assert a_ward(("a", Isolation.NONE), ("b", Isolation.NONE)).let_in() == ["a", "b"]


def test_one_suspect_at_a_time_works_beside_those_without_suspicion() -> None:
    ward = a_ward(("s", Isolation.SUSPECTS), ("t", Isolation.SUSPECTS), ("a", Isolation.NONE))
    assert ward.let_in() == ["s", "a"]
    ward.leave("s")
    assert ward.let_in() == ["t"]


def test_who_has_to_be_alone_waits_for_the_others_and_those_who_come_later_wait_for_it() -> None:
    ward = a_ward(("a", Isolation.NONE), ("alone", Isolation.ALL), ("b", Isolation.NONE))
    assert ward.let_in() == ["a"]
    ward.leave("a")
    assert ward.let_in() == ["alone"]
    ward.arrive("s", Isolation.SUSPECTS)
    assert ward.let_in() == []
    ward.leave("alone")
    assert ward.let_in() == ["b", "s"]


def test_who_gives_up_waiting_holds_up_nobody() -> None:
    ward = a_ward(("a", Isolation.NONE), ("alone", Isolation.ALL), ("b", Isolation.NONE))
    ward.let_in()
    ward.leave("alone")
    assert ward.let_in() == ["b"]


class Turn:
    """A turn, and what is on record of it. A killer ends its process whenever it works."""

    def __init__(self, name: str, *, kills: bool) -> None:
        self.name = name
        self.kills = kills
        self.deaths = self.alone = 0
        self.end = ""


class Process:
    """One process, started again whenever it dies: with all turns that are not over, in any order, and new ones that come."""

    def __init__(self, draw: st.DataObject) -> None:
        self._draw = draw
        self._turns: dict[str, Turn] = {}
        self._ward = Ward()
        self._at_work: list[Turn] = []
        self.deaths = 0

    def ask(self, turn: Turn) -> None:
        self._turns[turn.name] = turn
        self._arrive(turn)

    def go_on(self) -> None:
        """One of those at work goes on to its end, whatever that is."""
        self._at_work += [self._turns[name] for name in self._ward.let_in()]
        turn = self._draw.draw(st.sampled_from(self._at_work))
        if turn.alone >= CONVICTED:
            self._end(turn, "given up")
        elif turn.kills:
            self._die()
        else:
            self._end(turn, "answered")

    @property
    def unfinished(self) -> list[Turn]:
        return [turn for turn in self._turns.values() if not turn.end]

    def _arrive(self, turn: Turn) -> None:
        self._ward.arrive(turn.name, isolation(turn.deaths))

    def _end(self, turn: Turn, how: str) -> None:
        turn.end = how
        self._ward.leave(turn.name)
        self._at_work.remove(turn)

    def _die(self) -> None:
        self.deaths += 1
        for turn in self._at_work:
            turn.deaths += 1
            turn.alone += len(self._at_work) == 1
        self._ward, self._at_work = Ward(), []
        for turn in self._draw.draw(st.permutations(self.unfinished)):
            self._arrive(turn)


@given(data=st.data(), crowd=st.lists(st.booleans(), max_size=12), later=st.lists(st.booleans(), max_size=12))
def test_whoever_kills_is_given_up_and_everybody_else_is_answered(
    data: st.DataObject, crowd: list[bool], later: list[bool]
) -> None:
    process, coming = Process(data), [Turn(f"later {n}", kills=kills) for n, kills in enumerate(later)]
    everybody = [Turn(str(n), kills=kills) for n, kills in enumerate(crowd)]
    for turn in everybody:
        process.ask(turn)
    everybody += coming
    while process.unfinished or coming:
        if coming and (not process.unfinished or data.draw(st.booleans())):
            process.ask(coming.pop())
        else:
            process.go_on()
    assert all(turn.end == ("given up" if turn.kills else "answered") for turn in everybody)
    killers = sum(turn.kills for turn in everybody)
    assert process.deaths <= (DANGEROUS + CONVICTED) * killers
    assert all(turn.deaths <= DANGEROUS for turn in everybody if not turn.kills)
    assert all(turn.deaths <= SUSPECT for turn in everybody if not turn.kills) or killers > 1
