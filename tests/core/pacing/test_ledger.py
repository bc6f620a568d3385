"""What all replicas have spent of one budget."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.core.pacing.ledger import FRESH, REMEMBERED, Ledger
from bot.core.pacing.pacing import Crowd

times = st.floats(0, 2e9)
crowds = st.builds(Crowd, st.integers(0, 99), st.floats(0, 99), st.floats(0, 99))
ledgers = st.builds(
    Ledger,
    st.dictionaries(st.text(max_size=3), st.tuples(st.sampled_from("ab"), times), max_size=5),
    times,
    st.none() | st.tuples(st.floats(2, 50), times),
    st.dictionaries(st.sampled_from("ab"), st.tuples(crowds, times)),
)


@given(ledgers)
def test_what_is_written_is_read_again(ledger: Ledger) -> None:
    assert Ledger.parse(ledger.text()) == ledger


def test_a_row_that_is_new_is_an_empty_ledger() -> None:
    assert Ledger.parse("") == Ledger()


def test_each_hears_of_what_the_others_have_spent() -> None:
    ledger = Ledger()
    ledger.spend("1", "ours", 10.0)
    ledger.spend("2", "theirs", 20.0)
    ledger.spend("2", "theirs", 12.0)  # it was answered earlier than was feared
    assert ledger.spent_beside("ours") == [12.0]
    assert ledger.spent_beside("theirs") == [10.0]


def test_what_counts_no_more_is_forgotten() -> None:
    ledger = Ledger()
    ledger.spend("1", "ours", 10.0)
    ledger.spend("2", "ours", 11.0)
    ledger.gather("theirs", Crowd(), 70.5 - REMEMBERED)
    ledger.gather("ours", Crowd(), 70.5)
    ledger.forget(70.5, window=60.0)
    assert list(ledger.calls) == ["2"]
    assert ledger.sharers == 1


def test_a_deadline_only_moves_later_and_the_newest_lesson_counts() -> None:
    ledger = Ledger()
    ledger.taught(30.0, (20, 5.0))
    ledger.taught(10.0, (40, 1.0))
    ledger.taught(float("-inf"), None)
    assert (ledger.closed_until, ledger.lowered) == (30.0, (20, 5.0))


def test_the_replies_of_all_others_are_one_crowd_while_somebody_speaks_of_them() -> None:
    ledger = Ledger()
    ledger.gather("b", Crowd(2, 1, 5), 1.0)
    ledger.gather("c", Crowd(3, 0, 1), 2.0)
    assert ledger.gather("a", Crowd(9, 9, 9), 2.0) == Crowd(5, 1, 6)
    assert ledger.gather("a", Crowd(9, 9, 9), 1.5 + FRESH) == Crowd(3, 0, 1)
    assert ledger.sharers == 3
