"""What pacing may know of an answer on its way."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.delivery.delivery import Delivery, Timeline
from bot.core.delivery.reply import Reply
from bot.core.pacing.budget import workspace_budgets
from bot.core.pacing.pacing import Pacing
from tests.fakes import an_answer

MEMBERS = {"thread", "method", "wants", "writing", "closing", "at_boundary", "timeline", "watch", "spill"}


class OnlyADelivery:
    """A reply of which no more can be seen than a delivery shows."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def __getattr__(self, name: str) -> Any:
        if name not in MEMBERS:
            raise AttributeError(f"pacing must not know a reply's {name}")
        return getattr(self._reply, name)


@pytest.fixture
def reply() -> Reply:
    return Reply(an_answer())


@pytest.fixture
def pacing(reply: Reply) -> Pacing:
    pacing = Pacing(workspace_budgets(updates=5))
    delivery: Delivery = OnlyADelivery(reply)
    pacing.add(delivery, 0.0)
    return pacing


def leaves(pacing: Pacing, reply: Reply, now: float) -> str:
    """The method of the call that leaves at `now`, and lands; "" where none may."""
    due, _ = pacing.survey(now)
    if due is None:
        return ""
    pacing.slots(due, now)
    budget = pacing.budget(due)
    edit = reply.take(now)
    assert edit is not None
    budget.leave()
    budget.answered(now)
    reply.sent(edit, "2.0")
    return edit.method


def test_pacing_shows_an_answer_from_its_first_word_to_a_spilled_end_by_what_a_delivery_tells(
    pacing: Pacing, reply: Reply
) -> None:
    reply.feed("One ", 0.0)
    made = [leaves(pacing, reply, 2.0)]
    reply.feed("two. ", 3.0)
    made.append(leaves(pacing, reply, 20.0))
    pacing.updates.leave()
    pacing.updates.limited(41.0, 30.0)
    reply.feed("three", 41.0)
    reply.end(42.0)
    made.append(leaves(pacing, reply, 42.0))
    pacing.remove(next(iter(pacing.replies)))
    assert made == ["chat.postMessage", "chat.update", "chat.postMessage"]


def test_a_delivery_shows_no_more_than_is_said_here() -> None:
    assert {name for name in vars(Delivery) if not name.startswith("_")} == MEMBERS


def test_what_came_first_is_what_readers_have_waited_for() -> None:
    times = Timeline()
    times.came(1.0)
    times.came(2.0)
    assert (times.began_at, times.unseen_since) == (1.0, 1.0)
    assert times.leave(3.0) == 1.0
    assert (times.unseen_since, times.sent_at) == (None, 3.0)


def test_what_a_refused_call_carried_is_unseen_since_it_came() -> None:
    times = Timeline()
    times.came(1.0)
    since = times.leave(3.0)
    times.came(4.0)
    times.withdraw(since)
    assert times.unseen_since == 1.0


def test_a_refused_call_without_a_new_word_is_owed_since_it_left() -> None:
    times = Timeline()
    times.withdraw(times.leave(3.0))
    assert times.unseen_since == 3.0


def test_a_resumed_answer_counts_as_shown_when_its_first_text_comes() -> None:
    times = Timeline(landed=1)
    times.came(5.0)
    assert times.sent_at == 5.0
