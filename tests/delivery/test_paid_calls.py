"""Paid calls, and what is known of them afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.core.pacing.budget import Budget
from bot.delivery.paid_calls import PaidCalls
from bot.errors import MessageGone, RateLimited, SlackError
from tests.purse import TELL, Purse

if TYPE_CHECKING:
    from bot.core.delivery.slack_calls import SlackCall


class OneAnswer:
    """Slack, which says one thing."""

    def __init__(self, error: SlackError | None = None) -> None:
        self._error = error

    async def carry_out(self, call: SlackCall) -> str:
        if self._error is not None:
            raise self._error
        return "7.0"


def calls(purse: Purse | None = None, error: SlackError | None = None) -> PaidCalls:
    return PaidCalls(OneAnswer(error), clock=lambda: 5.0, purse=purse)


def a_budget() -> Budget:
    budget = Budget(4, 60.0)
    budget.leave()
    return budget


async def test_a_call_counts_for_as_long_as_slack_may_count_it() -> None:
    budget, purse = a_budget(), Purse()
    assert await calls(purse).carry_out(TELL, budget) == "7.0"
    assert (budget.left(5.0), budget.left(66.0), purse.back) == ([3], [4], 1)


async def test_a_limit_closes_the_budget() -> None:
    budget, purse = a_budget(), Purse()
    with pytest.raises(RateLimited):
        await calls(purse, RateLimited(30.0)).carry_out(TELL, budget)
    assert (budget.closed_for(5.0), purse.back) == (30.0, 1)


async def test_a_call_that_fails_is_counted_as_well() -> None:
    budget = a_budget()
    with pytest.raises(MessageGone):
        await calls(error=MessageGone("gone")).carry_out(TELL, budget)
    assert budget.left(5.0) == [3]


@pytest.mark.parametrize(("allows", "left"), [(True, 3), (False, 4)])
async def test_a_call_that_other_replicas_leave_nothing_for_has_not_left(allows: bool, left: int) -> None:
    budget, purse = a_budget(), Purse(allows)
    assert await calls(purse).fits(TELL, budget, slots=2) is allows
    assert (budget.left(5.0), purse.asked) == ([left], [("chat.update", 2)])


async def test_a_call_that_is_not_made_after_all_takes_nothing_of_the_budget() -> None:
    budget, purse = a_budget(), Purse()
    calls(purse).give_back(budget)
    assert (budget.left(5.0), purse.back) == ([4], 1)


async def test_where_there_are_no_other_replicas_every_call_fits() -> None:
    assert await calls().fits(TELL, a_budget(), slots=2)
