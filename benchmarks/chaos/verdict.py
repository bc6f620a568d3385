"""What became of every question."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.chaos.model import answer_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.chaos.front import Write


@dataclass(frozen=True, slots=True)
class Verdict:
    """Figures of a run. `missing`, `doubled` and `together` have to be 0; gaps are in seconds."""

    events: int
    takeovers: int
    gap: float
    worst_gap: float
    missing: int
    doubled: int
    together: int

    @property
    def passed(self) -> bool:
        """Whether every question has exactly one answer, written by one process at a time."""
        return self.missing == self.doubled == self.together == 0


def judge(
    replies: Mapping[int, Sequence[str]], *, words: int, gaps: Sequence[float], writes: Sequence[Write]
) -> Verdict:
    """The verdict over `replies`: for each question the texts of the messages that answer it, in their order."""
    wanted = {number: set(answer_words(number, words)) for number in replies}
    # What we say ourselves besides an answer may say a word twice.
    shown = {
        number: [word for word in " ".join(texts).split() if word in wanted[number]]
        for number, texts in replies.items()
    }
    doubled = [number for number in replies if len(shown[number]) > len(set(shown[number]))]
    return Verdict(
        events=len(replies),
        takeovers=len(gaps),
        gap=median(gaps) if gaps else 0.0,
        worst_gap=max(gaps, default=0.0),
        missing=sum(wanted[number] != set(shown[number]) for number in replies),
        doubled=len(doubled),
        together=writers_at_once(writes),
    )


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
