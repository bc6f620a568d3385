"""What counts as missing, as doubled, and as two writers at once."""

from __future__ import annotations

import pytest

from benchmarks.chaos.front import Write
from benchmarks.chaos.model import answer_words
from benchmarks.chaos.verdict import judge, writers_at_once

WHOLE = " ".join(answer_words(1, 4))


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
    verdict = judge({1: texts}, words=4, gaps=[0.5, 2.0, 1.0], writes=[])
    assert (verdict.missing, verdict.doubled) == (missing, doubled)
    assert verdict.passed is (missing == doubled == 0)
    assert (verdict.takeovers, verdict.gap, verdict.worst_gap) == (3, 1.0, 2.0)


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
