"""Words generated against words visible: what a reader waits for, in figures.

The delay of a word is the time from the model's writing it until a reader can see it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from statistics import fmean, quantiles

WORD = re.compile(r"\bw\d{6}\b")


def word(number: int) -> str:
    """The answer's word of that number: eight characters with its space, as in Markdown with its marks and names.

    To what edits whole texts that is all the same; what appends by the character calls the oftener the longer words are.
    """
    return f"w{number:06d} "


@dataclass(slots=True)
class Answer:
    """One answer: when each of its words was generated, and when it became visible. Times in seconds."""

    generated: list[float] = field(default_factory=list[float])
    visible: list[float] = field(default_factory=list[float])
    messages: dict[str, str] = field(default_factory=dict[str, str])

    def wrote(self, now: float) -> None:
        """The model wrote one more word."""
        self.generated.append(now)

    def shows(self, ts: str, text: str, now: float) -> None:
        """Its message `ts` reads `text` from now on. What readers have seen once they keep.

        A word counts once however often it stands there, and whatever else does: a placeholder has no words.
        """
        self.messages[ts] = text
        words = len(set(WORD.findall(" ".join(self.messages.values()))))
        self.visible.extend([now] * (words - len(self.visible)))

    @property
    def delays(self) -> list[float]:
        """The delay of each word that was seen."""
        return [seen - written for written, seen in zip(self.generated, self.visible, strict=False)]

    @property
    def lost(self) -> int:
        """Words that nobody has seen."""
        return len(self.generated) - len(self.visible)

    @property
    def split(self) -> bool:
        """Whether it stands in more than one message: too long for one, or no edit could be had for its rest."""
        return len(self.messages) > 1


@dataclass(frozen=True, slots=True)
class Figures:
    """What a policy did in a scenario. Times in seconds.

    `first` is the delay of the first word, `last` that of the last word seen: on average over the answers, and at worst.
    `split` answers stand in more than one message.
    """

    mean: float
    p95: float
    first: float
    last: float
    last_worst: float
    split: int
    calls: int
    limited: int
    lost: int

    @classmethod
    def of(cls, answers: list[Answer], *, calls: int, limited: int) -> Figures:
        """The figures of all answers together. What was never seen counts as lost, and has no delay.

        `calls` were made, and `limited` of them answered 429.
        """
        delays = [delay for answer in answers for delay in answer.delays]
        seen = [answer.delays for answer in answers if answer.visible]
        if not seen:
            raise ValueError("nobody saw a word of any answer: there is nothing to measure")
        return cls(
            mean=fmean(delays),
            p95=quantiles([*delays, *delays], n=20, method="inclusive")[-1],  # twice: it wants two at least
            first=fmean(each[0] for each in seen),
            last=fmean(each[-1] for each in seen),
            last_worst=max(each[-1] for each in seen),
            split=sum(answer.split for answer in answers),
            calls=calls,
            limited=limited,
            lost=sum(answer.lost for answer in answers),
        )
