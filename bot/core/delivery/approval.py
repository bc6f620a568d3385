"""Decides what becomes of an action that a model wants to take, and says so to everybody: once, or not at all.

    state      means                                       written by                         goes on to
    =========  ==========================================  =================================  ==============================
    OPEN       somebody is asked                           the turn, before the message       APPROVED, DECLINED, EXPIRED,
                                                                                              STOPPED
    APPROVED   somebody has said yes                       a press, on any replica            BEGUN, STOPPED
    BEGUN      it is being done, or was, by who has died   the turn, before the call          DONE, FAILED, UNKNOWN
    DONE       it was done                                 who did it, after the call
    FAILED     it was refused, and not done                who did it
    UNKNOWN    it may have been done                       who did it, without an answer; or  DONE, FAILED (who did it was
                                                           whoever goes on with the turn      only slow)
    DECLINED   somebody has said no                        a press
    EXPIRED    nobody said anything in time                the turn, or a press
    STOPPED    its answer was over before, or its          the turn's end, or who hears that
               message is gone                             somebody has deleted it

*What always holds.* Each step is one statement that asks for the state before it, so of two that are taken at once one is. Only who has
moved an action from APPROVED to BEGUN does it, and nothing leads back to either: it is done once at most, whoever dies, and never unasked.

*What the simple way gets wrong* is to note that an action was done after it was: the process dies between the two, the turn goes on
elsewhere, and it is done again. To note it before alone is as wrong: then nobody knows whether it was. So both are noted, and who finds
the first without the second says that it may have been done.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from bot.core.conversation import notices
from bot.core.conversation.answer_key import AGAIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.conversation.incoming import ThreadKey
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable


class ApprovalState(Enum):
    """Says how far an action has come."""

    OPEN = "open"
    APPROVED = "approved"
    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DECLINED = "declined"
    EXPIRED = "expired"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ApprovalKey:
    """Names an action on record, without a word of it: the `number`th of that keyed `digest` in the `answer` of the thread."""

    thread: ThreadKey
    answer: str
    digest: str
    number: int

    @property
    def value(self) -> str:
        """Returns what its buttons say before the answer's tag."""
        return f"{self.digest}.{self.number}"

    @property
    def since(self) -> str:
        """Returns the ts of the question: whatever asks for the action was written later."""
        return self.answer.partition(AGAIN)[0]

    @property
    def marker(self) -> str:
        """Names its message in Slack. It is no part of the answer, and nothing that reads answers takes it for one."""
        return f"{self.value}@{self.thread.team}:{self.thread.channel}:{self.answer}"


@dataclass(frozen=True, slots=True)
class Approval:
    """Holds what is on record of an action. `ts` is its message's, "" where none is known; `approvers` are empty where the `asker`
    decides; `expires_at` is in seconds since the epoch; and `shown` is what its message says."""

    key: ApprovalKey
    ts: str
    asker: str
    approvers: frozenset[str]
    state: ApprovalState
    decided_by: str
    expires_at: float
    shown: ApprovalState = ApprovalState.OPEN

    @property
    def deciders(self) -> frozenset[str]:
        """Returns who may say yes or no."""
        return self.approvers or frozenset({self.asker})

    @property
    def was_begun(self) -> bool:
        """Tells whether something of it may have been done."""
        return self.state in _BEGUN

    @property
    def is_unsaid(self) -> bool:
        """Tells whether its message does not say how far it has come."""
        return self.state not in (self.shown, ApprovalState.OPEN)

    def has_expired(self, now: float) -> bool:
        """Tells whether nobody can say yes any more."""
        return self.state is ApprovalState.OPEN and now >= self.expires_at


_BEGUN = (ApprovalState.BEGUN, ApprovalState.DONE, ApprovalState.FAILED, ApprovalState.UNKNOWN)

_OUTCOMES = {
    ApprovalState.APPROVED: notices.APPROVED,
    ApprovalState.BEGUN: notices.APPROVED_BEGUN,
    ApprovalState.DONE: notices.APPROVED_DONE,
    ApprovalState.FAILED: notices.APPROVED_FAILED,
    ApprovalState.UNKNOWN: notices.APPROVED_UNKNOWN,
    ApprovalState.DECLINED: notices.DECLINED,
    ApprovalState.EXPIRED: notices.EXPIRED,
    ApprovalState.STOPPED: notices.STOPPED_BEFORE,
}
_TOLD = {
    ApprovalState.DONE: "It was done already, by an earlier attempt at this answer, and is not repeated. What it gave is not known any more.",
    ApprovalState.FAILED: "An earlier attempt at this answer tried it, and it failed: it was not done.",
    ApprovalState.DECLINED: "It was declined by a person and not done. Do not ask for it again; go on without it.",
    ApprovalState.EXPIRED: "Nobody approved it in time, so it was not done. Say so.",
    ApprovalState.STOPPED: "It was stopped before it was done.",
}
_MAY_HAVE = (
    "It was begun, and then I was interrupted: it may have been done, or not. It is not repeated. "
    "Tell the person to look whether it was."
)


def outcome_words(approval: Approval, language: Language) -> str:
    """Returns what stands below the message of an action, as mrkdwn; "" where somebody is still asked."""
    words = _OUTCOMES.get(approval.state)
    return language.say(words.fill(user=approval.decided_by)) if words else ""


def told_model(state: ApprovalState) -> str:
    """Returns what the model is told of an action that is not done now."""
    return _TOLD.get(state, _MAY_HAVE)


def told_before(approvals: Iterable[Approval]) -> str:
    """Returns what the model is told first of what was done for its answer by a process that died; "" where nothing was."""
    begun = [one.state for one in approvals if one.was_begun]
    if not begun:
        return ""
    done = begun.count(ApprovalState.DONE)
    unsure = len(begun) - done - begun.count(ApprovalState.FAILED)
    return (
        f"An earlier attempt at this answer was interrupted. Of its actions {done} were done, and {unsure} may have been done. "
        "None of them is repeated: if you call the same tool with the same arguments again, you are told what became of it. "
        "Tell the person what may have been done."
    )


def press_refusal(approval: Approval | None, user: str, now: float) -> Translatable | None:
    """Returns why somebody's press below an action changes nothing; None where it decides."""
    if approval is None:
        return notices.UNKNOWN
    if user not in approval.deciders:
        return notices.NOT_YOUR_DECISION
    if approval.has_expired(now):
        return notices.TOO_LATE_TO_DECIDE
    return None if approval.state is ApprovalState.OPEN else notices.DECIDED_ALREADY
