"""Decides whether what was pressed is done, and what take at a question comes of it.

    control                       is refused to who    and where
    ============================  ===================  ========================================================
    Stop                          may not              the answer is over, or is being stopped
    Continue, Regenerate,         may not              the answer or its question is gone; that take was begun before
    Try again
    Answer again                  may not              the question is gone; that take was begun before
    Delete, Stop following        may not              the answer is gone
    feedback                      nobody               the answer is gone

Who may is who asked, and every admin of the workspace. A take has the number behind that of the answer below which the button stands,
so a button that is pressed twice, at whichever replicas, asks twice for the same take, which is begun once. It waits until the thread is
free, as a question does: who is quick presses Try again before the record knows that the answer is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.conversation import notices
from bot.core.conversation.answer_key import MOST_TAKES, AnswerTag
from bot.core.delivery.controls import ControlKind

if TYPE_CHECKING:
    from bot.language.translatable import Translatable

ANSWERING = (ControlKind.CONTINUE, ControlKind.REGENERATE, ControlKind.RETRY, ControlKind.EDITED)
"""Controls that ask for another take."""
_ANYBODY = (ControlKind.FEEDBACK, ControlKind.NOTE, ControlKind.FORMER)


@dataclass(frozen=True, slots=True)
class Standing:
    """Holds what is known, on record or from Slack, of the answer that a control stands below: whether it is `there`, its question
    too where that counts; whether who pressed `may`; whether it is `running`, and is `ending` already."""

    there: bool
    may: bool
    running: bool = False
    ending: bool = False


def refusal(control: ControlKind | None, tag: AnswerTag | None, standing: Standing) -> Translatable | None:
    """Returns the word with which a press is refused; None where it is to be done."""
    if control is None or tag is None:
        return notices.UNKNOWN
    if not standing.there:
        return notices.OVER if control is ControlKind.STOP else notices.VANISHED
    if not standing.may and control not in _ANYBODY:
        return notices.NOT_YOURS
    if control is ControlKind.STOP:
        return _not_stopped(standing)
    return notices.TOO_MANY if control in ANSWERING and tag.take >= MOST_TAKES else None


def next_take(control: ControlKind, tag: AnswerTag) -> AnswerTag:
    """Returns the take that a control below the answer `tag` asks for."""
    if control is ControlKind.CONTINUE:
        return AnswerTag(tag.ts, tag.take + 1, continues=tag.take)
    # Regenerated is what that answer was: the whole, or where another one went on.
    return AnswerTag(tag.ts, tag.take + 1, continues=None if control is ControlKind.EDITED else tag.continues)


def _not_stopped(standing: Standing) -> Translatable | None:
    if not standing.running:
        return notices.OVER
    return notices.STOPPING if standing.ending else None
