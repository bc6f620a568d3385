"""Makes calls to Slack that are paid from what answers are, and lets their budgets, and the other replicas, know what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.core.pacing.budget import budget_name
from bot.errors import RateLimited
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.delivery.slack_calls import ApprovalCall, Edit, SlackCall, Update
    from bot.core.pacing.budget import Budget
    from bot.delivery.session import SharedQuota


class CallCarrier(Protocol):
    """Carries calls out in a workspace; see `bot.slack.web_api_client`."""

    async def carry_out(self, call: SlackCall) -> str: ...


class PaidCalls:
    """Knows what the paid calls of one workspace may spend, and makes those that show no answer."""

    def __init__(
        self, surface: CallCarrier, *, clock: Callable[[], float], purse: SharedQuota | None
    ) -> None:
        self._surface = surface
        self._clock = clock
        self._purse = purse

    async def fits(
        self, call: ApprovalCall | Edit, budget: Budget, *, slots: int, urgent: bool = False
    ) -> bool:
        """Tells whether the other replicas leave so many slots for a call that has left its budget; where they do not it has not left."""
        if self._purse is None:
            return True
        name = budget_name(call.method, call.thread.channel)
        if await self._purse.ask(budget, name, slots=slots, urgent=urgent):
            return True
        budget.withdraw()
        return False

    def give_back(self, budget: Budget) -> None:
        """A call that fits is not made after all. The other replicas count it all the same, as one that was answered."""
        budget.withdraw()
        self._tell_answered(budget)

    def answered(self, budget: Budget) -> None:
        """Slack has answered a call that had left its budget, or never will."""
        budget.answered(self._clock())
        self._tell_answered(budget)

    async def carry_out(self, call: ApprovalCall | Update, budget: Budget) -> str:
        """Makes a call that has left its budget. Returns what Slack says, and raises SlackError, as `Surface.carry_out` does."""
        try:
            said = await self._surface.carry_out(call)
        except RateLimited as limit:
            tell(facts.SlackLimited(retry_after=limit.retry_after, method=limit.method or call.method))
            budget.limited(self._clock(), limit.retry_after)
            raise
        else:
            budget.taken(self._clock())
            return said
        finally:
            self.answered(budget)

    def _tell_answered(self, budget: Budget) -> None:
        if self._purse is not None:
            self._purse.answered(budget)
