"""What a workspace asks of us, as far as it can be guessed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.core.delivery.reply import Reply
from bot.core.pacing.demand import LEAST, MOST, Demand
from bot.core.pacing.rhythm import Rhythm
from tests.fakes import an_answer

RHYTHM = Rhythm(horizon=10.0, learn=0.5, again=0.5, recent=0.5, steady=2.0)


def written(since: float = 0.0) -> Reply:
    reply = Reply(an_answer())
    reply.feed("word ", since)
    return reply


def test_an_answer_is_taken_to_last_as_long_as_those_before_it() -> None:
    load = Demand(RHYTHM)
    load.lasted(20.0)
    assert load.horizon == 15.0
    load.lasted(20.0)
    assert load.horizon == 17.5


@given(st.lists(st.floats(0, 10_000)))
def test_what_was_learned_stays_within_reason(lengths: list[float]) -> None:
    load = Demand(RHYTHM)
    for seconds in lengths:
        load.lasted(seconds)
    assert LEAST <= load.horizon <= MOST


def test_an_answer_has_its_whole_length_before_it_when_it_has_not_begun() -> None:
    assert Demand(RHYTHM).left(Reply(an_answer()), 99.0) == 10.0


def test_the_older_an_answer_the_sooner_it_is_over_until_it_outlives_the_others() -> None:
    load, reply = Demand(RHYTHM), written()
    assert [load.left(reply, now) for now in (0.0, 4.0, 6.0)] == [10.0, 6.0, 4.0]
    assert load.left(reply, 100.0) == 50.0


def test_an_answer_whose_model_is_done_has_nothing_before_it() -> None:
    reply = written()
    reply.end(1.0)
    assert Demand(RHYTHM).left(reply, 1.0) == 0.0


def test_a_rush_is_taken_to_go_on() -> None:
    load = Demand(RHYTHM)
    for begun in range(6):
        load.began(float(begun))
    assert load.coming(6.0) == 3.0


def test_where_it_is_quiet_just_now_the_last_minute_tells() -> None:
    load = Demand(RHYTHM)
    for begun in range(6):
        load.began(float(begun))
    assert load.coming(30.0) == 2.0


def test_what_is_older_than_a_minute_tells_nothing() -> None:
    load = Demand(RHYTHM)
    load.began(0.0)
    assert load.coming(60.0) == 0.0
