"""What became of every question."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.chaos.model import answer_words
from bot.core.conversation.notices import HALTED
from bot.core.delivery.controls import ControlKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from benchmarks.chaos.front import Write


class Ending(Enum):
    """How an answer may have ended."""

    WHOLE = "whole"
    STOPPED = "stopped"  # somebody has pressed Stop
    FAILED = "failed"  # the model broke off
    GONE = "gone"  # somebody has pressed Delete
    REMOVED = "removed"  # somebody has deleted a message of it


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to the question `number` as it stands at the end: the texts of its messages in their order, what can be pressed below
    each, and which `endings` what people did allows."""

    number: int
    texts: tuple[str, ...]
    controls: tuple[tuple[ControlKind, ...], ...]
    endings: frozenset[Ending] = frozenset({Ending.WHOLE})

    def shown(self, words: int) -> list[str]:
        """The words of the answer that are shown. What we say ourselves besides may say a word twice."""
        wanted = set(answer_words(self.number, words))
        return [word for word in " ".join(self.texts).split() if word in wanted]

    def ended(self, words: int) -> bool:
        """Whether it has ended in one of the ways that are allowed, and offers what belongs to that."""
        if not self.texts:
            return bool({Ending.GONE, Ending.REMOVED} & self.endings)
        if Ending.REMOVED in self.endings:
            return True  # what is there may be a part of it
        whole = len(set(self.shown(words))) == words
        last = self.controls[-1]
        return (
            (Ending.WHOLE in self.endings and whole and ControlKind.REGENERATE in last)
            or (
                Ending.STOPPED in self.endings
                and HALTED.english in self.texts[-1]
                and ControlKind.CONTINUE in last
            )
            or (Ending.FAILED in self.endings and ControlKind.RETRY in last)
        )

    @property
    def stale(self) -> int:
        """How many of its messages offer what belongs to an answer that is being written, or deleted, or to another message."""
        if Ending.GONE in self.endings:
            return len(self.texts)
        early = sum(bool(each) for each in self.controls[:-1])
        return early + sum(ControlKind.STOP in each for each in self.controls[-1:])


@dataclass(frozen=True, slots=True)
class Verdict:
    """Figures of a run. From `missing` on they have to be 0; gaps are in seconds.

    `missing` answers are not there as they should be, `doubled` ones say a word twice, `together` were written by two processes,
    `twice` something was done that was asked for once or not at all, and `stale` messages offer what cannot be done any more.
    """

    events: int
    takeovers: int
    gap: float
    worst_gap: float
    missing: int
    doubled: int
    together: int
    twice: int
    stale: int

    @property
    def passed(self) -> bool:
        """Whether every answer is there once, written by one process at a time, and offers what can be done."""
        return self.missing == self.doubled == self.together == self.twice == self.stale == 0


def judge(
    answers: Collection[Answer],
    *,
    words: int,
    gaps: Sequence[float] = (),
    writes: Sequence[Write] = (),
    twice: int = 0,
) -> Verdict:
    """The verdict over all `answers` that there have to be, and those that there are besides."""
    shown = [answer.shown(words) for answer in answers]
    return Verdict(
        events=len({answer.number for answer in answers}),
        takeovers=len(gaps),
        gap=median(gaps) if gaps else 0.0,
        worst_gap=max(gaps, default=0.0),
        missing=sum(not answer.ended(words) for answer in answers),
        doubled=sum(doubles(each) for each in shown),
        together=writers_at_once(writes),
        twice=twice,
        stale=sum(answer.stale for answer in answers),
    )


def doubles(shown: Sequence[str]) -> bool:
    """Whether a word stands there twice."""
    return len(shown) > len(set(shown))


def writers_at_once(writes: Sequence[Write]) -> int:
    """How many messages somebody wrote whose place another had taken: they overlapped, or took turns."""
    by_message: dict[str, list[Write]] = defaultdict(list)
    for write in writes:
        by_message[write.ts].append(write)
    return sum(_crossed(sorted(each, key=lambda write: write.begun)) for each in by_message.values())


def _crossed(writes: Sequence[Write]) -> bool:
    left: set[str] = set()
    for earlier, later in pairwise(writes):
        if earlier.replica != later.replica:
            left.add(earlier.replica)
            if later.replica in left or later.begun < earlier.ended:
                return True
    return False
