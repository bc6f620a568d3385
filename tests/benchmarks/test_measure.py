"""Words written against words seen, as figures."""

from __future__ import annotations

import pytest

from benchmarks.measure import Answer, Figures, word


def answer(*, written: list[float], shown: list[tuple[float, int]]) -> Answer:
    """`shown`: at which second how many words were to be seen."""
    made = Answer()
    for now in written:
        made.wrote(now)
    for now, words in shown:
        made.shows("1.0", "".join(word(number) for number in range(words)), now)
    return made


def test_a_words_delay_runs_from_its_writing_until_it_is_seen() -> None:
    made = answer(written=[1.0, 2.0, 3.0], shown=[(2.5, 2), (4.0, 3)])
    assert made.delays == [1.5, 0.5, 1.0]
    assert made.lost == 0


def test_what_was_seen_once_stays_seen() -> None:
    made = answer(written=[1.0, 2.0], shown=[(2.0, 2), (3.0, 1)])
    assert made.visible == [2.0, 2.0]


def test_a_placeholder_has_no_words() -> None:
    made = Answer()
    made.shows("1.0", "Wait a second, please …", 1.0)
    assert made.visible == []


def test_words_of_several_messages_add_up_and_count_once() -> None:
    made = answer(written=[1.0, 2.0, 3.0], shown=[(3.0, 2)])
    made.shows("2.0", word(1) + word(2), 4.0)
    assert made.visible == [3.0, 3.0, 4.0]


def test_the_figures_of_two_answers() -> None:
    answers = [
        answer(written=[1.0, 2.0], shown=[(1.0, 1), (4.0, 2)]),
        answer(written=[1.0, 2.0, 3.0], shown=[(3.0, 2)]),
    ]
    figures = Figures.of(answers, calls=7, limited=2)
    assert figures.mean == pytest.approx((0 + 2 + 2 + 1) / 4)
    assert (figures.first, figures.last, figures.last_worst) == (1.0, 1.5, 2.0)
    assert (figures.calls, figures.limited, figures.lost) == (7, 2, 1)
    assert figures.mean < figures.p95 <= 2.0


def test_an_answer_nobody_saw_is_lost_whole() -> None:
    seen, unseen = answer(written=[1.0], shown=[(1.5, 1)]), answer(written=[1.0, 2.0], shown=[])
    figures = Figures.of([seen, unseen], calls=1, limited=0)
    assert (figures.lost, figures.mean, figures.p95) == (2, 0.5, 0.5)


def test_where_nothing_was_seen_nothing_is_measured() -> None:
    with pytest.raises(ValueError, match="nobody saw a word"):
        Figures.of([answer(written=[1.0], shown=[])], calls=1, limited=0)
