"""An answer's own name. A question may be answered more than once, and each time is an answer of its own.

The first take is named as its question is, and so it was before there were others: what an older version has left on record
or in Slack is found under the same names. A later one has its number behind that: `1700000000.000100+01`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.conversation.incoming import Claim, Kind, ThreadKey, TurnKey

AGAIN = "+"
"""Between the question's ts and the number of the take. It is in no id of Slack's, and sorts before all that is: the takes at a
question come behind each other and before the next question."""


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """One take at answering a question, counted from 0, without a word of either: all that is ever on record of it."""

    turn: TurnKey
    take: int = 0

    @property
    def thread(self) -> ThreadKey:
        """Returns where it stands."""
        return self.turn.thread

    @property
    def user(self) -> str:
        """Returns who asked."""
        return self.turn.user

    @property
    def kind(self) -> Kind:
        """Returns why the question may be for us."""
        return self.turn.kind

    @property
    def name(self) -> str:
        """Names it in its channel. Those of a channel sort by their questions' times, and then by take."""
        return f"{self.turn.ts}{AGAIN}{self.take:02d}" if self.take else self.turn.ts

    @property
    def claim(self) -> Claim:
        """Returns what makes it one, whoever takes it on: team, channel and name."""
        return (self.thread.team, self.thread.channel, self.name)

    @property
    def marker(self) -> str:
        """Names it in Slack: the metadata of its messages."""
        return ":".join(self.claim)


def answer_marker(message_marker: str) -> str:
    """Returns which answer a message belongs to, given the marker of the message: that of its answer, and the name of its
    segment."""
    return message_marker.rpartition(":")[0]


def turn_marker(message_marker: str) -> str:
    """The same for all takes at one question: the marker of the first."""
    return answer_marker(message_marker).partition(AGAIN)[0]
