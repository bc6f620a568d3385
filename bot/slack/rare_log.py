"""Log lines that strangers can cause: one an hour and kind, however often it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR = 3600.0  # seconds between two lines of one kind


class Seldom:
    """Counts what happens by kind, and says when a line is due. The kinds are named in the code, so they stay few."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._told: dict[str, float] = {}
        self._since: dict[str, int] = {}

    def due(self, kind: str) -> int | None:
        """Returns how many of that kind there were since its last line, this one included; None where no line is due yet."""
        now = self._clock()
        self._since[kind] = self._since.get(kind, 0) + 1
        if kind in self._told and now - self._told[kind] < HOUR:
            return None
        self._told[kind] = now
        return self._since.pop(kind)
