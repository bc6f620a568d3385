"""Making Slack fail on purpose: the next calls of a method, in one of the ways Slack has failed others."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Fault:
    """How a call fails. The first that is set counts: `retry_after` (a 429), `error` (an answer with ok false), `drop`
    (the connection closes without an answer), and else a bare HTTP `status`.

    With `carried_out` the call does its work first and only its answer is lost: the case a careless retry turns into a
    duplicate.
    """

    status: int = 500
    error: str | None = None
    retry_after: int | None = None
    drop: bool = False
    carried_out: bool = False
    times: int = 1


class Faults:
    """The faults that wait, method by method, each used up `times` times."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}

    def add(self, method: str, fault: Fault) -> None:
        """Let that method fail, after the faults it already has."""
        self._waiting.setdefault(method, deque()).append(fault)

    def next(self, method: str) -> Fault | None:
        """The fault this call meets; None where it goes well."""
        waiting = self._waiting.get(method)
        if not waiting:
            return None
        fault = waiting.popleft()
        if fault.times > 1:
            waiting.appendleft(replace(fault, times=fault.times - 1))
        return fault

    def clear(self) -> None:
        """Everything works again."""
        self._waiting.clear()
