"""Counts what rendering costs, in steps of the parser and the like: one takes some 5 to 10 microseconds.

The count serves two things. A text that costs far more than its length is worth is shown plainly (`limited`, `pay`). And
whoever must not be held up has a turn after every `SHARE` steps (`pausing`). What is shown depends on the text alone,
never on how the work was divided.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

Item = TypeVar("Item")

SHARE = 120
"""Steps in a row: some 1 to 2 milliseconds, and 10 at worst on a busy machine."""
LETTERS = 200
"""Characters that are looked at in the time of a step, where no rule looks at them one by one."""


class TooCostly(Exception):
    """A text costs more than it may."""


@dataclass(slots=True)
class _Meter:
    """The steps until the next pause, and those that may still be paid."""

    pause: Callable[[], None] | None = None
    share: float = SHARE
    budget: float = inf

    def spend(self, steps: float) -> None:
        self.share -= steps
        if self.share <= 0:
            self.share = SHARE
            if self.pause is not None:
                self.pause()


_meter: ContextVar[_Meter | None] = ContextVar("meter", default=None)


@contextmanager
def pausing(pause: Callable[[], None]) -> Generator[None]:
    """Call `pause` now and then, while what is inside renders."""
    token = _meter.set(_Meter(pause))
    try:
        yield
    finally:
        _meter.reset(token)


@contextmanager
def limited(steps: float) -> Generator[None]:
    """What is inside may cost so much. Inside of another limit, that one counts."""
    meter = _meter.get() or _Meter()
    token, before = _meter.set(meter), meter.budget
    meter.budget = min(before, steps)
    try:
        yield
    finally:
        meter.budget = before
        _meter.reset(token)


def pay(steps: float = 1) -> None:
    """So much of what is limited is about to be done. Raises TooCostly where it is too much."""
    meter = _meter.get()
    if meter is not None:
        meter.budget -= steps
        if meter.budget < 0:
            raise TooCostly
        meter.spend(steps)


def paced(items: Iterable[Item], steps: float = 0.5) -> Iterator[Item]:
    """`items`, each of which costs so much to make."""
    for item in items:
        spend(steps)
        yield item


def spend(steps: float = 1) -> None:
    """So much is about to be done that has no limit but its length."""
    meter = _meter.get()
    if meter is not None:
        meter.spend(steps)
