"""Who may press what, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.core.conversation import notices
from bot.core.conversation.answer_key import MOST_TAKES, AnswerTag
from bot.core.delivery.control_rules import ANSWERING, Standing, next_take, refusal
from bot.core.delivery.controls import AnswerEnd, ControlKind, Controls

if TYPE_CHECKING:
    from bot.language.translatable import Translatable

TAG = AnswerTag("1700000000.000100", 2, 1)
OVER = Standing(there=True, may=True, running=False)
RUNNING = Standing(there=True, may=True, running=True)
STRANGE = Standing(there=True, may=False, running=True)
GONE = Standing(there=False, may=False, running=False)


@pytest.mark.parametrize(
    ("control", "standing", "word"),
    [
        (ControlKind.STOP, RUNNING, None),
        (ControlKind.STOP, STRANGE, notices.NOT_YOURS),
        (ControlKind.STOP, OVER, notices.OVER),
        (ControlKind.STOP, GONE, notices.OVER),
        (ControlKind.STOP, Standing(there=True, may=True, running=True, ending=True), notices.STOPPING),
        (ControlKind.REGENERATE, OVER, None),
        (ControlKind.REGENERATE, RUNNING, None),
        (ControlKind.REGENERATE, STRANGE, notices.NOT_YOURS),
        (ControlKind.REGENERATE, GONE, notices.VANISHED),
        (ControlKind.EDITED, RUNNING, None),
        (ControlKind.EDITED, STRANGE, notices.NOT_YOURS),
        (ControlKind.DELETE, OVER, None),
        (ControlKind.LEAVE, OVER, None),
        (ControlKind.LEAVE, STRANGE, notices.NOT_YOURS),
        (ControlKind.FEEDBACK, STRANGE, None),
        (ControlKind.FEEDBACK, GONE, notices.VANISHED),
        (None, OVER, notices.UNKNOWN),
    ],
)
def test_a_press_is_done_or_refused_with_a_word(
    control: ControlKind | None, standing: Standing, word: Translatable | None
) -> None:
    assert refusal(control, TAG, standing) == word


@given(st.sampled_from(ControlKind), st.builds(Standing, *[st.booleans()] * 4))
def test_what_was_made_up_is_refused_whatever_stands_there(control: ControlKind, standing: Standing) -> None:
    assert refusal(control, None, standing) == notices.UNKNOWN


@given(
    st.sampled_from([*ANSWERING, ControlKind.STOP, ControlKind.DELETE, ControlKind.LEAVE]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_a_stranger_changes_nothing_of_an_answer(
    control: ControlKind, there: bool, running: bool, ending: bool
) -> None:
    assert refusal(control, TAG, Standing(there=there, may=False, running=running, ending=ending))


def test_a_question_is_answered_a_number_of_times_and_no_more() -> None:
    last = AnswerTag(TAG.ts, MOST_TAKES)
    assert refusal(ControlKind.RETRY, last, OVER) == notices.TOO_MANY
    assert refusal(ControlKind.DELETE, last, OVER) is None


def test_a_take_answers_anew_what_the_one_before_it_answered() -> None:
    assert next_take(ControlKind.REGENERATE, TAG) == AnswerTag(TAG.ts, 3, 1)
    assert next_take(ControlKind.RETRY, AnswerTag(TAG.ts)) == AnswerTag(TAG.ts, 1)


def test_a_take_that_goes_on_does_so_where_the_one_before_it_ended() -> None:
    assert next_take(ControlKind.CONTINUE, TAG) == AnswerTag(TAG.ts, 3, 2)


def test_an_edited_question_is_answered_from_its_beginning() -> None:
    assert next_take(ControlKind.EDITED, TAG) == AnswerTag(TAG.ts, 3)


class PeoplePressing(RuleBasedStateMachine):
    """Somebody who asked, and a stranger, press whatever stands below any answer, once or many times, old buttons too.

    A take stands for itself: it is being written, or over; every press is of an answer that stood there at some time.
    """

    def __init__(self) -> None:
        super().__init__()
        first = AnswerTag("1.0")
        self.ends: dict[AnswerTag, AnswerEnd | None] = {first: None}  # of the answers that stand there
        self.begun = {first.name}
        self.seen = [first]
        self.presses = 0

    @rule(which=st.integers(0, 50), end=st.sampled_from([*AnswerEnd]))
    def end_one(self, which: int, end: AnswerEnd) -> None:
        writing = [tag for tag, how in self.ends.items() if how is None]
        if writing:
            self.ends[writing[which % len(writing)]] = end

    @rule(which=st.integers(0, 50), control=st.sampled_from(ControlKind), may=st.booleans())
    def press(self, which: int, control: ControlKind, may: bool) -> None:
        tag = self.seen[which % len(self.seen)]
        there, running = tag in self.ends, self.ends.get(tag, AnswerEnd.WHOLE) is None
        before = dict(self.ends)
        if not refusal(control, tag, Standing(there=there, may=may, running=running)):
            self.do(control, tag)
        changes_answers = control in (*ANSWERING, ControlKind.STOP, ControlKind.DELETE)
        assert may or not changes_answers or self.ends == before

    def do(self, control: ControlKind, tag: AnswerTag) -> None:
        if control is ControlKind.STOP:
            self.ends[tag] = AnswerEnd.STOPPED
        elif control is ControlKind.DELETE:
            del self.ends[tag]
        elif control in ANSWERING and (take := next_take(control, tag)).name not in self.begun:
            self.begun.add(take.name)
            self.seen.append(take)
            self.ends[take] = None

    @invariant()
    def no_take_is_begun_twice_and_each_has_the_number_behind_the_last(self) -> None:
        assert len({tag.name for tag in self.seen}) == len(self.seen)
        assert sorted(tag.take for tag in self.seen) == list(range(len(self.seen)))

    @invariant()
    def only_what_is_written_can_be_stopped(self) -> None:
        for tag, end in self.ends.items():
            offered = Controls(str(tag), end).offers
            assert (ControlKind.STOP in offered) is (end is None)


TestPeoplePressing = PeoplePressing.TestCase
