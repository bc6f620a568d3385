"""What counts as missing, as doubled, and as two writers at once."""

from __future__ import annotations

import pytest

from benchmarks.chaos.front import Write
from benchmarks.chaos.model import answer_words
from benchmarks.chaos.verdict import Answer, Ending, judge, writers_at_once
from bot.core.conversation.notices import HALTED
from bot.core.delivery.controls import ControlKind

WHOLE = " ".join(answer_words(1, 4))
STOP, AFTER = (ControlKind.STOP,), (ControlKind.REGENERATE, ControlKind.MENU)
CONTINUE, RETRY = (ControlKind.CONTINUE, *AFTER), (ControlKind.RETRY, ControlKind.MENU)


@pytest.mark.parametrize(
    ("texts", "missing", "doubled"),
    [
        pytest.param([WHOLE], 0, 0, id="whole"),
        pytest.param(["q1w0 q1w1", "q1w2 q1w3"], 0, 0, id="in two messages"),
        pytest.param(["q1w0 q1w1"], 1, 0, id="half"),
        pytest.param([], 1, 0, id="nothing"),
        pytest.param([WHOLE, WHOLE], 0, 1, id="twice"),
        pytest.param([WHOLE, "q1w3"], 0, 1, id="its end twice"),
        pytest.param([" ".join(answer_words(2, 4))], 1, 0, id="another question's"),
        pytest.param(["I gave it up, as I said I would"], 1, 0, id="words of ours"),
    ],
)
def test_a_question_is_answered_once_and_whole(texts: list[str], missing: int, doubled: int) -> None:
    controls = [(), AFTER][-len(texts) :]
    answer = Answer(1, tuple(texts), tuple(controls))
    verdict = judge([answer], words=4, gaps=[0.5, 2.0, 1.0])
    assert (verdict.missing, verdict.doubled) == (missing, doubled)
    assert verdict.passed is (missing == doubled == 0)
    assert (verdict.takeovers, verdict.gap, verdict.worst_gap) == (3, 1.0, 2.0)


@pytest.mark.parametrize(
    ("text", "controls", "endings", "missing"),
    [
        pytest.param(f"q1w0 *{HALTED.english}*", CONTINUE, {Ending.STOPPED}, 0, id="stopped"),
        pytest.param(f"q1w0 *{HALTED.english}*", CONTINUE, {Ending.WHOLE}, 1, id="stopped by nobody"),
        pytest.param("q1w0", CONTINUE, {Ending.STOPPED}, 1, id="stopped without a word"),
        pytest.param("q1w0 and no more", RETRY, {Ending.FAILED}, 0, id="broken off"),
        pytest.param("q1w0 and no more", RETRY, {Ending.WHOLE, Ending.STOPPED}, 1, id="broken off by itself"),
        pytest.param(WHOLE, (), {Ending.WHOLE}, 1, id="whole, and nothing can be done"),
        pytest.param(WHOLE, AFTER, {Ending.WHOLE, Ending.STOPPED}, 0, id="whole before it was stopped"),
        pytest.param("q1w0", (), {Ending.WHOLE, Ending.REMOVED}, 0, id="a message of it removed"),
    ],
)
def test_an_answer_may_end_as_people_have_made_it_end(
    text: str, controls: tuple[ControlKind, ...], endings: set[Ending], missing: int
) -> None:
    assert judge([Answer(1, (text,), (controls,), frozenset(endings))], words=4).missing == missing


@pytest.mark.parametrize(
    ("controls", "endings", "stale"),
    [
        pytest.param([AFTER], {Ending.WHOLE}, 0, id="what can be done"),
        pytest.param([STOP], {Ending.WHOLE}, 1, id="Stop"),
        pytest.param([STOP, AFTER], {Ending.WHOLE}, 1, id="Stop below the first of two"),
        pytest.param([AFTER, AFTER], {Ending.WHOLE}, 1, id="two rows"),
        pytest.param([], {Ending.GONE}, 0, id="deleted"),
        pytest.param([()], {Ending.GONE}, 1, id="deleted, and there again"),
    ],
)
def test_what_cannot_be_done_any_more_is_not_offered(
    controls: list[tuple[ControlKind, ...]], endings: set[Ending], stale: int
) -> None:
    verdict = judge([Answer(1, ("",) * len(controls), tuple(controls), frozenset(endings))], words=4)
    assert verdict.stale == stale


def test_what_was_done_twice_fails_the_run() -> None:
    verdict = judge([Answer(1, (WHOLE,), (AFTER,))], words=4, twice=1)
    assert not verdict.passed


def write(replica: str, begun: float, ended: float, ts: str = "1.0") -> Write:
    return Write(replica, ts, begun, ended)


@pytest.mark.parametrize(
    ("writes", "messages"),
    [
        pytest.param([write("a", 0, 1), write("a", 2, 3), write("b", 4, 5)], 0, id="one takes over"),
        pytest.param([write("a", 0, 1), write("b", 2, 3), write("a", 4, 5)], 1, id="one comes back"),
        pytest.param([write("a", 0, 3), write("b", 2, 4)], 1, id="both at once"),
        pytest.param([write("a", 0, 3), write("b", 2, 4, "9.0")], 0, id="two messages"),
    ],
)
def test_two_writers_of_a_message(writes: list[Write], messages: int) -> None:
    assert writers_at_once(writes) == messages
