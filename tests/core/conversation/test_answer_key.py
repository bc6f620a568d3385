"""An answer's own name."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.conversation.answer_key import AnswerKey, AnswerTag, answer_marker, parse_tag, turn_marker
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey

THREAD = ThreadKey("T", "C", "1.0")
TURN = TurnKey(THREAD, "5.0", "U", Kind.MENTION)


def test_the_first_take_is_named_as_its_question_is() -> None:
    first = AnswerKey(TURN)
    assert (first.name, first.claim, first.marker) == ("5.0", TURN.claim, "T:C:5.0")


def test_a_later_take_has_a_name_of_its_own() -> None:
    again = AnswerKey(TURN, 1)
    assert (again.name, again.claim, again.marker) == ("5.0+01", ("T", "C", "5.0+01"), "T:C:5.0+01")


def test_a_take_stands_where_its_question_does() -> None:
    again = AnswerKey(TURN, 1)
    assert (again.thread, again.user, again.kind) == (THREAD, "U", Kind.MENTION)


def test_a_message_tells_its_answer_and_its_question() -> None:
    assert [answer_marker(one) for one in ("T:C:5.0:0", "T:C:5.0+01:0.1")] == ["T:C:5.0", "T:C:5.0+01"]
    assert [turn_marker(one) for one in ("T:C:5.0:0", "T:C:5.0+01:0.1")] == ["T:C:5.0", "T:C:5.0"]


def test_a_take_that_goes_on_from_another_says_so_in_slack_and_is_the_same_answer_on_record() -> None:
    again, going_on = AnswerKey(TURN, 2), AnswerKey(TURN, 2, continues=1)
    assert (going_on.name, going_on.tag, going_on.marker) == ("5.0+02", "5.0+02~01", "T:C:5.0+02~01")
    assert (going_on, going_on.claim) == (again, again.claim)
    assert turn_marker(f"{going_on.marker}:0") == "T:C:5.0"


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("1700000000.000100", AnswerTag("1700000000.000100")),
        ("1700000000.000100+01", AnswerTag("1700000000.000100", 1)),
        ("1700000000.000100+12~03", AnswerTag("1700000000.000100", 12, 3)),
        ("", None),
        ("1700000000", None),
        ("1700000000.000100+00", None),
        ("1700000000.000100+1", None),
        ("1700000000.000100~00", None),
        ("1700000000.000100+01~01", None),
        ("1700000000.000100+01~00 ", None),
        ("1700000000.000100+01~00\n", None),
        ("1\uff1700000000.000100", None),
        ("1700000000.000100'; --", None),
    ],
)
def test_a_tag_is_read_and_what_somebody_made_up_is_none(text: str, tag: AnswerTag | None) -> None:
    assert parse_tag(text) == tag


@given(st.text())
def test_whatever_is_read_as_a_tag_is_one(text: str) -> None:
    tag = parse_tag(text)
    assert tag is None or str(tag) == text


def test_a_message_without_a_name_is_nobodys() -> None:
    assert (answer_marker(""), turn_marker("")) == ("", "")


@given(st.lists(st.tuples(st.integers(0, 10**16 - 1), st.integers(0, 99)), min_size=2, max_size=9))
def test_names_sort_by_question_and_then_by_take(which: list[tuple[int, int]]) -> None:
    # As Slack writes a ts: ten digits, a dot, six digits.
    asked = [(f"{number:016d}", take) for number, take in sorted(which)]
    names = [
        AnswerKey(TurnKey(THREAD, f"{ts[:-6]}.{ts[-6:]}", "U", Kind.MENTION), take).name for ts, take in asked
    ]
    assert all(before <= after for before, after in pairwise(names))


def test_an_answer_is_paid_by_who_wanted_it_else_by_who_asked() -> None:
    assert AnswerKey(TURN).spender == "U"
    assert AnswerKey(TURN, 1, payer="U2").spender == "U2"
