"""Makes the calls of a workspace that show no answer and are paid from what answers are: questions whether a tool may act, and what came
of them.

    carry_out ──► waits ──► its budget allows it, and no answer's call that may leave has waited longer ──► leaves ──► its caller
                    ▲                                                                                         │
                    └── the other replicas have spent what seemed to be free ◄────────────────────────────────┘

Without this, several questions at once in a channel in which answers are written would meet Slack's 429s, and those close the method for
every answer of the workspace. An edit leaves only where one stays free for the last words of each answer, as edits in between do; and
where last words are due they go first. Who has waited long (`OVERDUE`) leaves with any slot, and before all that have waited less.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextvars import Context, copy_context
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.delivery.slack_calls import BEGINNING
from bot.core.pacing.send_queue import waited_since
from bot.errors import SlackUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.delivery.delivery import Delivery
    from bot.core.delivery.slack_calls import ApprovalCall
    from bot.core.pacing.budget import Budget
    from bot.core.pacing.mixed_pacing import MixedPacing
    from bot.core.pacing.pacing import Pacing
    from bot.delivery.paid_calls import PaidCalls


AGAIN = 0.5
"""Seconds after which it is looked again whether the other replicas leave something for a call."""

OVERDUE = 10.0
"""Seconds after which a call may take a slot that is kept for last words, and goes before those that have waited less. Answers that wait
for a person keep theirs as well, for as long as a day, and last words that find none can be posted; a call of ours can not, and the turn
that it belongs to may wait for it. As long an answer's reader waits before they are told why (`bot.delivery.sender`)."""


@dataclass(eq=False, slots=True)
class Errand:
    """A call that somebody waits for, `since` when, and the context that it is made in."""

    call: ApprovalCall
    since: float
    done: asyncio.Future[str]
    context: Context
    not_before: float = float("-inf")


class Errands:
    """Knows the calls that wait in a workspace. They are the sender's to send; `poke` lets it look."""

    def __init__(
        self,
        calls: PaidCalls,
        pacing: Pacing | MixedPacing,
        *,
        clock: Callable[[], float],
        poke: Callable[[], None],
    ) -> None:
        self._calls = calls
        self._pacing = pacing
        self._clock = clock
        self._poke = poke
        self._waiting: deque[Errand] = deque()  # oldest first
        self._closed = False

    async def carry_out(self, call: ApprovalCall) -> str:
        """Makes a call when it is its turn. Returns what Slack says, and raises SlackError, as `Surface.carry_out` does; SlackUnreachable as
        well where the sender ends before, or has ended."""
        if self._closed:
            raise _ended()
        errand = Errand(call, self._clock(), asyncio.get_running_loop().create_future(), copy_context())
        self._waiting.append(errand)
        self._poke()
        try:
            return await errand.done
        finally:
            if errand in self._waiting:
                self._waiting.remove(errand)

    def due(self, now: float, *, rival: Delivery | None) -> Errand | None:
        """Returns the call that may leave now, which is then the caller's to `send`; None where there is none, or where the answer goes
        first whose call may leave as well."""
        first = next((one for one in self._waiting if self._free_at(one, now) <= now), None)
        if first is None or (rival is not None and self._yields(first, rival, now)):
            return None
        self._waiting.remove(first)
        self._budget(first).leave()
        return first

    def wake_at(self, now: float) -> float:
        """Returns when to look again, `inf` where nothing waits, or only an answer of Slack's can change anything."""
        return min((self._free_at(one, now) for one in self._waiting), default=float("inf"))

    async def send(self, errand: Errand) -> None:
        """Makes the call, or lets it wait on where the other replicas leave nothing for it."""
        budget = self._budget(errand)
        try:
            fits = await self._calls.fits(errand.call, budget, slots=self._slots(errand, self._clock()))
            if fits and errand.done.done():  # its caller has left meanwhile: a question would ask for nobody
                self._calls.give_back(budget)
            elif fits:
                said = await self._calls.carry_out(errand.call, budget)
                _settle(errand, said)
            elif not errand.done.done():
                errand.not_before = self._clock() + AGAIN
                self._waiting.appendleft(errand)
        except Exception as error:  # its caller's, whatever it is
            _settle(errand, error)
        except asyncio.CancelledError:
            _settle(errand, _ended())
            raise
        finally:
            self._poke()

    def close(self) -> None:
        """Lets nobody wait any more for a call that will not leave, now or later."""
        self._closed = True
        while self._waiting:
            _settle(self._waiting.popleft(), _ended())

    # ---- inside

    def _budget(self, errand: Errand) -> Budget:
        return self._pacing.budgets.of(errand.call.method, errand.call.thread.channel)

    def _slots(self, errand: Errand, now: float) -> int:
        if errand.call.method in BEGINNING or _overdue(errand, now):
            return 1
        return self._pacing.slots(None, now)

    def _yields(self, errand: Errand, rival: Delivery, now: float) -> bool:
        return waited_since(rival) < errand.since or (rival.closing and not _overdue(errand, now))

    def _free_at(self, errand: Errand, now: float) -> float:
        budget = self._budget(errand)
        free_at = budget.free_at(now, slots=self._slots(errand, now))
        overdue_at = max(errand.since + OVERDUE, budget.free_at(now))
        return max(min(free_at, overdue_at), errand.not_before)


def _overdue(errand: Errand, now: float) -> bool:
    return now >= errand.since + OVERDUE


def _ended() -> SlackUnreachable:
    return SlackUnreachable("the sender has ended")


def _settle(errand: Errand, outcome: str | Exception) -> None:
    if errand.done.done():  # its caller has left
        return
    if isinstance(outcome, Exception):
        errand.done.set_exception(outcome)
    else:
        errand.done.set_result(outcome)
