"""An answer's own name. A question may be answered more than once, and each time is an answer of its own.

The first take is named as its question is, and so it was before there were others: what an older version has left on record
or in Slack is found under the same names. A later one has its number behind that: `1700000000.000100+01`.

Its tag says besides which take it goes on from, where it does: `1700000000.000100+01~00`. It is what Slack keeps of it: in the
metadata of its messages, and as the value of its buttons. Nothing in it is a secret, and nothing in it is believed: whoever
presses a button is held against what stands on record or in Slack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.conversation.incoming import Claim, Kind, ThreadKey, TurnKey

AGAIN = "+"
"""Between the question's ts and the number of the take. It is in no id of Slack's, and sorts before all that is: the takes at a
question come behind each other and before the next question."""
GOES_ON = "~"
"""Between the number of a take and that of the one that it goes on from."""
MOST_TAKES = 99
"""Further takes at a question: their names have two digits."""

_TAG = re.compile(
    rf"(?P<ts>\d{{1,16}}\.\d{{1,9}})(?:\{AGAIN}(?P<take>\d\d)(?:{GOES_ON}(?P<from>\d\d))?)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """One take at answering a question, counted from 0, without a word of either: all that is ever on record of it.

    It goes on where the take `continues` ended; None: it answers from the beginning. `payer` wanted it, and pays for it from their budget;
    "": who asked.
    """

    turn: TurnKey
    take: int = 0
    continues: int | None = field(default=None, compare=False)
    payer: str = field(default="", compare=False)

    def __hash__(self) -> int:
        # That of all fields calls five more, and keys are looked up hundreds of times in a turn.
        return hash((self.turn.ts, self.take))

    @property
    def spender(self) -> str:
        """Returns whose budget it is paid from."""
        return self.payer or self.turn.user

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
        return AnswerTag(self.turn.ts, self.take).name

    @property
    def claim(self) -> Claim:
        """Returns what makes it one, whoever takes it on: team, channel and name."""
        return (self.thread.team, self.thread.channel, self.name)

    @property
    def tag(self) -> str:
        """Names it in its channel, and the take that it goes on from: the value of its buttons."""
        return str(AnswerTag(self.turn.ts, self.take, self.continues))

    @property
    def marker(self) -> str:
        """Names it in Slack: the metadata of its messages."""
        return f"{self.thread.team}:{self.thread.channel}:{self.tag}"


@dataclass(frozen=True, slots=True)
class AnswerTag:
    """Holds what a tag says: the question's ts, the number of the take, and that of the one it goes on from, if any."""

    ts: str
    take: int = 0
    continues: int | None = None

    def __str__(self) -> str:
        goes_on = "" if self.continues is None else f"{GOES_ON}{self.continues:02d}"
        return f"{self.name}{goes_on}"

    @property
    def name(self) -> str:
        """Returns the name of the answer, as `AnswerKey.name` does."""
        return f"{self.ts}{AGAIN}{self.take:02d}" if self.take else self.ts


def parse_tag(text: str) -> AnswerTag | None:
    """Returns what the tag `text` says, or None where it is none: somebody has made it up."""
    found = _TAG.fullmatch(text)
    if found is None:
        return None
    take = int(found["take"] or 0)
    continues = None if found["from"] is None else int(found["from"])
    tag = AnswerTag(found["ts"], take, continues)
    return tag if str(tag) == text and (continues is None or continues < take) else None


def answer_tag(message_marker: str) -> AnswerTag | None:
    """Returns the tag of the answer that a message belongs to, given the marker of the message; None where it is of none."""
    return parse_tag(answer_marker(message_marker).rpartition(":")[2])


def answer_marker(message_marker: str) -> str:
    """Returns which answer a message belongs to, given the marker of the message: that of its answer, and the name of its
    segment."""
    return message_marker.rpartition(":")[0]


def turn_marker(message_marker: str) -> str:
    """The same for all takes at one question: the marker of the first."""
    return answer_marker(message_marker).partition(AGAIN)[0]
