"""Figures that stand at some height at any time, and are looked at when somebody asks: a fact tells that something has happened, a level
how it is just now.

Whoever knows one offers it as long as it does: `with offer_levels(read): ...`. It is read in the thread of whoever asks, and must not wait.
"""

from __future__ import annotations

from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from typing import TypeAlias

    LevelReader: TypeAlias = "Callable[[], Iterable[Level]]"


class LevelKind(Enum):
    """Names the levels there are."""

    BUDGET_LEFT = "slack_budget_left"
    TURNS_WAITING = "turns_waiting"
    TURNS_ON_RECORD = "turns_on_record"


class Level(NamedTuple):
    """Holds how high one stands; `label` tells which of them where there are several: a method of Slack's."""

    kind: LevelKind
    value: float
    label: str = ""


_readers: list[LevelReader] = []


@contextmanager
def offer_levels(read: LevelReader) -> Generator[None]:
    """Lets whoever asks read these levels while the block runs."""
    _readers.append(read)
    try:
        yield
    finally:
        _readers.remove(read)


def read_levels() -> list[Level]:
    """Returns all levels as they stand now, in no order; of one kind and label there may be several."""
    return [level for read in tuple(_readers) for level in read()]
