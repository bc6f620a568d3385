"""What becomes of an action that a model wants to take."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation import notices
from bot.core.conversation.answer_key import answer_marker, answer_tag
from bot.core.conversation.incoming import ThreadKey
from bot.core.delivery.approval import (
    Approval,
    ApprovalKey,
    ApprovalState,
    outcome_words,
    press_refusal,
    told_before,
    told_model,
)
from bot.language.catalogue import ENGLISH

if TYPE_CHECKING:
    from bot.language.translatable import Translatable

KEY = ApprovalKey(ThreadKey("T", "C", "5.0"), "5.0", "ab12", 1)
OPEN = Approval(KEY, "6.0", "U1", frozenset(), ApprovalState.OPEN, "", 100.0)
NAMED = replace(OPEN, approvers=frozenset({"U8", "U9"}))
STATES = list(ApprovalState)


def in_state(state: ApprovalState) -> Approval:
    return replace(OPEN, state=state, decided_by="U9")


@pytest.mark.parametrize(
    ("approval", "user", "now", "word"),
    [
        (None, "U1", 0.0, notices.UNKNOWN),
        (OPEN, "U1", 0.0, None),
        (OPEN, "U2", 0.0, notices.NOT_YOUR_DECISION),
        (NAMED, "U1", 0.0, notices.NOT_YOUR_DECISION),
        (NAMED, "U9", 0.0, None),
        (OPEN, "U1", 100.0, notices.TOO_LATE_TO_DECIDE),
        (in_state(ApprovalState.APPROVED), "U1", 0.0, notices.DECIDED_ALREADY),
        (in_state(ApprovalState.EXPIRED), "U1", 200.0, notices.DECIDED_ALREADY),
    ],
    ids=["made up", "asker", "stranger", "asker beside approvers", "approver", "late", "again", "over"],
)
def test_who_may_decides_what_is_open_and_nobody_else(
    approval: Approval | None, user: str, now: float, word: Translatable | None
) -> None:
    assert press_refusal(approval, user, now) == word


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.value)
def test_every_end_is_told_to_people_and_to_the_model(state: ApprovalState) -> None:
    assert bool(outcome_words(in_state(state), ENGLISH)) is (state is not ApprovalState.OPEN)
    assert told_model(state)


def test_who_decided_is_named() -> None:
    assert outcome_words(in_state(ApprovalState.DONE), ENGLISH) == "✅ Approved by <@U9>. Done."


def test_of_what_was_begun_and_not_ended_the_model_is_told_that_it_may_have_been_done() -> None:
    assert "may have been done" in told_model(ApprovalState.BEGUN)
    assert told_model(ApprovalState.BEGUN) == told_model(ApprovalState.UNKNOWN)


def test_what_was_done_before_is_counted_for_the_model() -> None:
    states = [
        ApprovalState.DONE,
        ApprovalState.UNKNOWN,
        ApprovalState.FAILED,
        ApprovalState.DECLINED,
        ApprovalState.OPEN,
    ]
    words = told_before(map(in_state, states))
    assert "1 were done, and 1 may have been done" in words
    assert told_before([OPEN, in_state(ApprovalState.DECLINED)]) == ""


def test_its_message_is_no_part_of_an_answer() -> None:
    assert answer_tag(KEY.marker) is None
    assert answer_marker(KEY.marker) != "T:C:5.0"


@pytest.mark.parametrize(
    ("state", "shown", "unsaid"),
    [
        (ApprovalState.OPEN, ApprovalState.OPEN, False),
        (ApprovalState.EXPIRED, ApprovalState.OPEN, True),
        (ApprovalState.DONE, ApprovalState.APPROVED, True),
        (ApprovalState.DONE, ApprovalState.DONE, False),
    ],
    ids=["still asked", "never said", "further by now", "said"],
)
def test_what_a_message_does_not_say_is_known(
    state: ApprovalState, shown: ApprovalState, *, unsaid: bool
) -> None:
    assert replace(in_state(state), shown=shown).is_unsaid is unsaid


def test_what_asks_was_written_after_the_question_whichever_take_it_belongs_to() -> None:
    assert [replace(KEY, answer=name).since for name in ("5.0", "5.0+02")] == ["5.0", "5.0"]
