"""Takes Stop away from messages that are complete and had no edit for that, once there is one to spare.

Where edits run out, the rest of an answer is posted as a message of its own (`bot.core.pacing.pacing`), and the message before it
stays as it is, with Stop below it. Nobody's words wait for such an edit, so it leaves only where half of all that a minute allows is
free. What is left when the process ends stays; who presses it is told that its answer is over.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from bot.core.pacing.budget import budget_name
from bot.errors import RateLimited, SlackError
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.core.delivery.slack_calls import Update
    from bot.core.pacing.budget import Budget
    from bot.delivery.session import MessageSurface, SharedQuota

TO_SPARE = 0.5  # of a minute's edits
AGAIN = 5.0  # seconds after which it is looked at again whether there is one to spare
MOST = 100  # messages, the newest: what is older has been seen by whoever wanted to see it


class LeftoverControls:
    """Knows the messages of a workspace below which Stop was left. Its calls are the sender's to make."""

    def __init__(
        self,
        surface: MessageSurface,
        budget: Budget,
        *,
        clock: Callable[[], float],
        purse: SharedQuota | None,
    ) -> None:
        self._surface = surface
        self._budget = budget
        self._clock = clock
        self._purse = purse
        self._left: deque[Update] = deque(maxlen=MOST)

    def add(self, updates: Iterable[Update]) -> None:
        """These would take Stop away."""
        self._left.extend(updates)

    def due(self, now: float) -> Update | None:
        """Returns one that may leave now, which is then the caller's to `send`; None where there is none, or none to spare."""
        if not self._left or not self._budget.free(now):
            return None
        if min(self._budget.left(now)) < TO_SPARE * self._budget.limit(now):
            return None
        self._budget.leave()
        return self._left.popleft()

    def wake_at(self, now: float) -> float:
        """Returns when to look again, `inf` where nothing is left."""
        return now + AGAIN if self._left else float("inf")

    async def send(self, update: Update) -> None:
        """Makes the call. It is made again later where Slack or the other replicas have nothing to spare for it."""
        if not await self._fits(update):
            self._budget.withdraw()
            self._left.append(update)
            return
        try:
            await self._surface.carry_out(update)
        except RateLimited as limit:
            self._budget.limited(self._clock(), limit.retry_after)
            self._left.append(update)
        except SlackError as error:
            tell(facts.SurplusRefused(kind=type(error).__name__, error=str(error)))
        else:
            self._budget.taken(self._clock())
        finally:
            self._budget.answered(self._clock())
            if self._purse is not None:
                self._purse.answered(self._budget)

    async def _fits(self, update: Update) -> bool:
        if self._purse is None:
            return True
        name = budget_name(update.method, update.thread.channel)
        slots = 1 + int(TO_SPARE * self._budget.limit(self._clock()))
        return await self._purse.ask(self._budget, name, slots=slots, urgent=False)
