"""Decides who is to blame where processes die: any turn that was at work in one may have killed it, and most have not.

    beside all --2 deaths--> beside no other suspect --4 deaths--> beside nobody
         \\_____________________________|_______________________________/
                        3 deaths while it was at work alone: given up

A death in company makes suspects, and never a culprit: whoever was at work is tried again, in less company each time. So a
turn that kills harms others twice at most, is alone at its fifth death, and is given up at its seventh, or at its third
where nobody asks anything else.
"""

from __future__ import annotations

from enum import IntEnum

SUSPECT, DANGEROUS = 2, 4  # deaths
CONVICTED = 3
"""Deaths while it was at work alone, after which a turn is given up. Not one: a process that is killed from outside looks
the same."""


class Isolation(IntEnum):
    """With whom a turn may be at work in one process."""

    NONE = 0
    SUSPECTS = 1  # beside no other suspect
    ALL = 2


def isolation(deaths: int) -> Isolation:
    """Returns how far a turn is kept from others, of which so many processes may have died."""
    if deaths < SUSPECT:
        return Isolation.NONE
    return Isolation.SUSPECTS if deaths < DANGEROUS else Isolation.ALL


class Ward:
    """The turns of one process, by name: who is at work, and who waits for it, in the order of their coming."""

    def __init__(self) -> None:
        self._at_work: dict[str, Isolation] = {}
        self._waiting: dict[str, Isolation] = {}

    def arrive(self, name: str, isolation: Isolation) -> None:
        """The turn waits to be let in."""
        self._waiting[name] = isolation

    def let_in(self) -> list[str]:
        """Those who may begin to work now, and do. Whoever comes after one that has to be alone waits for it."""
        begun: list[str] = []
        for name, wanted in list(self._waiting.items()):
            if self._has_room(wanted):
                self._at_work[name] = self._waiting.pop(name)
                begun.append(name)
            elif wanted is Isolation.ALL:
                break
        return begun

    def leave(self, name: str) -> None:
        """The turn works and waits no more."""
        self._at_work.pop(name, None)
        self._waiting.pop(name, None)

    def _has_room(self, wanted: Isolation) -> bool:
        if wanted is Isolation.ALL:
            return not self._at_work
        if Isolation.ALL in self._at_work.values():
            return False
        return wanted is Isolation.NONE or Isolation.SUSPECTS not in self._at_work.values()
