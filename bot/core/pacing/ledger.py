"""Keeps what all replicas have spent of one budget: the row that they keep of it together.

    a call     stands in the row as                            counts against the others
    =========  ==============================================  ======================================
    asked for  nothing yet, and never where no slot was left   not
    under way  some seconds after now: answered at the latest  until a window after that time
    answered   when it was answered                            until a window after its answer
    forgotten  nothing                                         not: the window is over

*What always holds.* A call stands in the row before it leaves, and whoever adds one holds the row and has read all that stands in it.
So in no window do all replicas together send more than one alone might.

*What the simple way gets wrong.* A counter that starts anew each minute lets fifty calls leave at the end of one and fifty more a second
later: a hundred in a window as Slack counts it. And a call that counts since it left is forgotten too early: Slack may have seen
it as late as it was answered.

Times are in seconds by the clock of whoever keeps the row, which all replicas ask; none trusts another's. By a clock that is a
minute ahead, all that the others have just spent would be over.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from bot.core.pacing.pacing import Crowd

FRESH = 5.0
"""Seconds after which what a replica said of its running replies counts no more: it has died, or none is running."""
REMEMBERED = 60.0
"""Seconds in which a replica that said something counts among those who may spend: as long as its calls do."""


@dataclass(slots=True)
class Ledger:
    """The row. `calls` are by their ids: whose they are, and since when they count; `crowds` by replica, with their times."""

    calls: dict[str, tuple[str, float]] = field(default_factory=dict[str, tuple[str, float]])
    closed_until: float = 0.0
    lowered: tuple[float, float] | None = None
    crowds: dict[str, tuple[Crowd, float]] = field(default_factory=dict[str, tuple[Crowd, float]])

    @classmethod
    def parse(cls, text: str) -> Ledger:
        """From the row's text; an empty one where there is none yet."""
        row: dict[str, Any] = json.loads(text or "{}")
        return cls(
            {name: (str(who), float(since)) for name, (who, since) in row.get("calls", {}).items()},
            float(row.get("closed_until", 0.0)),
            tuple(row["lowered"]) if row.get("lowered") else None,
            {who: (Crowd(*crowd), float(at)) for who, (crowd, at) in row.get("crowds", {}).items()},
        )

    def text(self) -> str:
        """As the row keeps it."""
        crowds = {
            who: ((crowd.running, crowd.to_go, crowd.coming), at) for who, (crowd, at) in self.crowds.items()
        }
        row = {"calls": self.calls, "closed_until": self.closed_until, "lowered": self.lowered}
        return json.dumps({**row, "crowds": crowds})

    def forget(self, now: float, *, window: float) -> None:
        """Leave out what counts no more."""
        self.calls = {name: call for name, call in self.calls.items() if call[1] + window > now}
        self.crowds = {who: each for who, each in self.crowds.items() if each[1] + REMEMBERED > now}

    def spend(self, name: str, replica: str, since: float) -> None:
        """A call of `replica`, new or known, counts since then."""
        self.calls[name] = (replica, since)

    def spent_beside(self, replica: str) -> list[float]:
        """Since when each call of the others counts."""
        return [since for who, since in self.calls.values() if who != replica]

    def taught(self, closed_until: float, lowered: tuple[float, float] | None) -> None:
        """What Slack's 429s have taught one replica, all learn; a deadline only moves later."""
        self.closed_until = max(self.closed_until, closed_until)
        if lowered is not None and (self.lowered is None or lowered[1] > self.lowered[1]):
            self.lowered = lowered

    def gather(self, replica: str, crowd: Crowd, now: float) -> Crowd:
        """`replica` has these replies; answers those of all others together."""
        self.crowds[replica] = (crowd, now)
        fresh = [each for who, (each, at) in self.crowds.items() if who != replica and at + FRESH > now]
        return Crowd(
            sum(each.running for each in fresh),
            sum(each.to_go for each in fresh),
            sum(each.coming for each in fresh),
        )

    @property
    def sharers(self) -> int:
        """Returns how many replicas have spent from it of late."""
        return max(1, len(self.crowds))
