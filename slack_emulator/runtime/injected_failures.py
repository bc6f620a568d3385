"""Making Slack fail on purpose: calls of a method, and acknowledgements, in the ways Slack has failed others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Fault:
    """Says how calls fail. The first that is set counts: `body` (what a proxy might say, as it is, with `status` and `headers`),
    `retry_after` (a 429), `error` (an answer with ok false), `drop` (the connection closes without an answer), `status` (a
    bare one). None of them: the call is only late, by `latency`. A byte that is no UTF-8 is a lone surrogate in `body`.

    With `carried_out` the call does its work first and only its answer is lost: the case a careless retry turns into a
    duplicate. It begins with the `nth` call from now, and ends after `times` calls, or `lasting` seconds after the first.
    """

    status: int | None = None
    error: str | None = None
    retry_after: int | None = None
    drop: bool = False
    carried_out: bool = False
    latency: float = 0.0
    nth: int = 1
    times: int | None = 1
    lasting: float | None = None
    ends: float | None = None
    body: str | None = None
    headers: dict[str, str] | None = None

    @property
    def fails(self) -> bool:
        """Tells whether the call is answered with a failure at all."""
        ways = (self.status, self.error, self.retry_after, self.body)
        return self.drop or any(each is not None for each in ways)

    def meets(self) -> bool:
        """Count a call; whether it is the nth, or comes after it."""
        self.nth -= 1
        return self.nth <= 0

    def use(self, now: float) -> Fault:
        """Let a call fail."""
        if self.lasting is not None and self.ends is None:
            self.ends = now + self.lasting
        if self.times is not None:
            self.times -= 1
        return self

    def over(self, now: float) -> bool:
        """Tells whether nothing fails any more."""
        return self.times == 0 or (self.ends is not None and now >= self.ends)


EVERY = "*"


class Faults:
    """The faults that wait, method by method ("*": all methods together), each met in its turn."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Fault]] = {}
        self._lost_acks = 0

    @property
    def waiting(self) -> list[tuple[str, Fault]]:
        """Returns which methods have yet to fail, and how."""
        return [(method, fault) for method, faults in self._waiting.items() for fault in faults]

    @property
    def lost_acks(self) -> int:
        """Returns how many acknowledgements will still be lost."""
        return self._lost_acks

    def add(self, method: str, fault: Fault) -> None:
        """Let that method fail, after the faults it already has."""
        self._waiting.setdefault(method, []).append(fault)

    def next(self, method: str, now: float) -> Fault | None:
        """The fault this call meets; None where it goes well. Every fault counts it, the first it meets counts."""
        for name in (method, EVERY):
            self._waiting[name] = [fault for fault in self._waiting.get(name, ()) if not fault.over(now)]
        met = [fault for name in (method, EVERY) for fault in self._waiting[name] if fault.meets()]
        return met[0].use(now) if met else None

    def lose_acks(self, times: int) -> None:
        """Let the next acknowledgements get lost on their way."""
        self._lost_acks += times

    def loses_ack(self) -> bool:
        """Tells whether this acknowledgement is one of those."""
        lost = self._lost_acks > 0
        self._lost_acks -= lost
        return lost

    def clear(self) -> None:
        """Everything works again."""
        self._waiting.clear()
        self._lost_acks = 0
