"""Decides who speaks in a thread: one turn at a time, in the order the questions came.

    WAITING --nobody before it--> THINKING --first words--> WRITING --all shown--> OVER
       \\______________________________|__________________________________________/

A person who writes again before anything of the answer was shown has changed their mind: the new question supersedes
the old one, whose answer would be read by nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class TurnStage(Enum):
    """Says how far a turn has come."""

    WAITING = "waiting"  # another turn of its thread is running
    THINKING = "thinking"  # the model works, nothing is shown yet
    WRITING = "writing"  # readers see something of it
    OVER = "over"


class Ending(Enum):
    """Says why a turn ends before its answer does."""

    STOPPED = "stopped"  # a reader asked for it; what is there stays
    GONE = "gone"  # the question or the reply was deleted
    SUPERSEDED = "superseded"  # its author asked something else instead


@dataclass(frozen=True, slots=True)
class TurnStanding:
    """A turn among the others of its thread. `ts` is its question's."""

    ts: str
    user: str
    stage: TurnStage


@dataclass(frozen=True, slots=True)
class Move:
    """Holds what a waiting turn does now: it supersedes these questions, and then begins, or waits on."""

    supersedes: tuple[str, ...]
    begins: bool


def move(waiting: TurnStanding, others: Iterable[TurnStanding]) -> Move:
    """Returns what the turn `waiting` does, given the `others` of its thread that are not over."""
    before = [other for other in others if other.stage is not TurnStage.WAITING or other.ts < waiting.ts]
    superseded = tuple(other.ts for other in before if _gives_way(other, waiting))
    return Move(superseded, begins=len(superseded) == len(before))


def _gives_way(other: TurnStanding, newer: TurnStanding) -> bool:
    unseen = other.stage in (TurnStage.WAITING, TurnStage.THINKING)
    return unseen and other.user == newer.user and other.ts < newer.ts
