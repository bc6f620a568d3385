"""Stop below a message that had no last edit, in virtual time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation.deltas import Finish, Reason, Text
from bot.core.delivery.controls import AnswerEnd, ControlKind, Controls
from bot.core.delivery.message_format import Dialect
from bot.core.delivery.slack_calls import Body, ShownMessage, Update
from bot.core.pacing.budget import Budget
from bot.delivery.leftover_controls import AGAIN, MOST, Leftover, LeftoverControls
from bot.delivery.paid_calls import PaidCalls
from bot.errors import MessageGone, RateLimited, SlackDenied, SlackUnreachable
from bot.language.catalogue import ENGLISH
from tests.clock import VIRTUAL
from tests.delivery.test_sender import a_replier
from tests.fakes import FakeSurface, an_answer, words
from tests.purse import Purse

if TYPE_CHECKING:
    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.incoming import ThreadKey

ANSWER = an_answer()
UPDATE = Update(ANSWER.thread, 0, "100.0", Body("one", "one", Dialect.BLOCK), last=True)
LEFT = Leftover(ANSWER, UPDATE)


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


def leftovers(surface: FakeSurface, budget: Budget, purse: Purse | None = None) -> LeftoverControls:
    clock = asyncio.get_running_loop().time
    return LeftoverControls(surface, PaidCalls(surface, clock=clock, purse=purse), budget, clock=clock)


async def test_under_a_long_rate_limit_stop_stays_below_what_was_shown_until_there_is_an_edit_to_spare() -> (
    None
):
    surface = FakeSurface()
    surface.fail.extend([None, RateLimited(30)])
    async with a_replier(surface) as replier:
        await replier.show(ANSWER, words("one two three four five six seven eight nine"))
        assert surface.live == {"100.0": True, "101.0": False}
        assert asyncio.get_running_loop().time() < 2
        await asyncio.sleep(120)
    assert surface.live == {"100.0": False, "101.0": False}
    assert surface.messages == {"100.0": "one", "101.0": "two three four five six seven eight nine"}
    assert [surface.controls[ts] for ts in ("100.0", "101.0")] == [None, Controls("1.0", AnswerEnd.WHOLE)]


async def test_an_answer_that_was_all_shown_is_over_at_once_and_gets_its_buttons_later() -> None:
    async def silent_at_the_end() -> DeltaStream:
        yield Text("one ")
        await asyncio.sleep(1.0)
        yield Finish(Reason.STOP)

    surface = FakeSurface()
    surface.fail.extend([None, RateLimited(30)])
    async with a_replier(surface) as replier:
        await replier.show(ANSWER, silent_at_the_end())
        assert (surface.live, asyncio.get_running_loop().time() < 3) == ({"100.0": True}, True)
        await asyncio.sleep(120)
    assert surface.controls == {"100.0": Controls("1.0", AnswerEnd.WHOLE)}
    assert surface.messages == {"100.0": "one"}


async def test_an_edit_to_spare_is_one_of_more_than_half_of_a_minute_s() -> None:
    surface, budget = FakeSurface(), Budget(4, 60.0)
    left = leftovers(surface, budget)
    left.add(ANSWER, [UPDATE])
    budget.leave()
    budget.leave()
    budget.leave()
    assert left.due(0.0) is None
    assert left.wake_at(0.0) == AGAIN
    budget.withdraw()
    assert left.due(0.0) == LEFT
    assert (left.due(0.0), left.wake_at(0.0)) == (None, float("inf"))


async def test_what_is_refused_for_now_is_tried_again() -> None:
    surface, budget = FakeSurface(), Budget(50, 60.0)
    surface.fail.append(RateLimited(3))
    left = leftovers(surface, budget)
    await left.send(LEFT)
    assert left.due(asyncio.get_running_loop().time()) is None
    assert left.due(asyncio.get_running_loop().time() + 10) == LEFT


@pytest.mark.parametrize("error", [MessageGone("message_not_found"), SlackDenied("invalid_auth")], ids=str)
async def test_what_is_refused_for_good_is_left(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    surface, budget = FakeSurface(), Budget(50, 60.0)
    surface.fail.append(error)
    left = leftovers(surface, budget)
    await left.send(LEFT)
    assert left.due(0.0) is None
    caplog.clear()


async def test_where_slack_says_nothing_it_is_asked_again_and_one_at_a_time() -> None:
    surface, budget, clock = FakeSurface(), Budget(50, 60.0), asyncio.get_running_loop().time
    surface.messages["100.0"] = "one"
    surface.fail.append(SlackUnreachable("chat.update: HTTP 503"))
    left = leftovers(surface, budget)
    left.add(ANSWER, [UPDATE, UPDATE])
    assert left.due(clock()) == LEFT
    assert left.due(clock()) is None
    await left.send(LEFT)
    assert left.due(clock()) is None
    await asyncio.sleep(AGAIN)
    assert left.due(clock()) == LEFT
    await left.send(LEFT)
    assert left.due(clock()) == LEFT


async def test_many_are_taken_away_one_after_the_other_while_there_are_edits_to_spare() -> None:
    surface = FakeSurface()
    surface.messages = {str(number): "one" for number in range(20)}
    surface.live = dict.fromkeys(surface.messages, True)
    async with a_replier(surface) as replier:
        await replier.tidy(ANSWER, dict(enumerate(surface.messages)), ENGLISH, end=AnswerEnd.WHOLE)
        await replier.tidied(ANSWER)
    assert surface.live == dict.fromkeys(surface.messages, False)
    assert asyncio.get_running_loop().time() < AGAIN


async def test_the_other_replicas_are_asked_before_and_told_afterwards() -> None:
    surface, budget, purse = FakeSurface(), Budget(50, 60.0), Purse(False, True)
    surface.messages["100.0"] = "one"
    left = leftovers(surface, budget, purse)
    left.add(ANSWER, [UPDATE])
    first = left.due(0.0)
    assert first is not None
    await left.send(first)
    assert surface.shown == []
    assert left.due(0.0) is None
    again = left.due(AGAIN)
    assert again is not None
    await left.send(again)
    assert [text for _, text in surface.shown] == ["one"]
    assert (purse.asked, purse.back) == ([("chat.update", 26)] * 2, 1)


# ---- until nothing is left, and what another process has left


async def test_nothing_is_left_of_an_answer_once_slack_has_taken_the_edit_or_will_not() -> None:
    surface, budget = FakeSurface(), Budget(50, 60.0)
    surface.messages["100.0"] = "one"
    surface.fail.extend([None, MessageGone("message_not_found")])
    left = leftovers(surface, budget)
    left.add(ANSWER, [UPDATE, UPDATE])
    waiting = asyncio.create_task(left.removed(ANSWER))
    for _ in range(2):
        assert not waiting.done()
        due = left.due(asyncio.get_running_loop().time())
        assert due is not None
        await left.send(due)
    await waiting
    await left.removed(ANSWER)


async def test_what_is_too_much_to_be_kept_in_mind_is_not_waited_for() -> None:
    left, other = leftovers(FakeSurface(), Budget(50, 60.0)), an_answer(ts="2.0")
    left.add(ANSWER, [UPDATE])
    left.add(other, [UPDATE] * MOST)
    await left.removed(ANSWER)


async def test_there_are_no_more_to_be_kept_in_mind_where_one_comes_back() -> None:
    surface, other = FakeSurface(), an_answer(ts="2.0")
    surface.fail.append(RateLimited(3))
    left = leftovers(surface, Budget(50, 60.0))
    left.add(ANSWER, [UPDATE] * MOST)
    due = left.due(0.0)
    assert due is not None
    left.add(ANSWER, [UPDATE])
    await left.send(due)
    left.add(other, [UPDATE] * MOST)
    assert (left.owes(ANSWER), left.owes(other)) == (False, True)


@pytest.mark.parametrize(
    ("end", "offered"),
    [(AnswerEnd.WHOLE, Controls("1.0", AnswerEnd.WHOLE).offers), (AnswerEnd.CLOSED, ())],
    ids=["whole", "its question is gone"],
)
async def test_what_a_dead_process_has_left_is_found_by_what_slack_shows(
    end: AnswerEnd, offered: tuple[ControlKind, ...]
) -> None:
    surface = FakeSurface()
    surface.messages = {"100.0": "one", "101.0": "two", "102.0": "three"}
    surface.live = {"100.0": True, "101.0": False, "102.0": True}
    async with a_replier(surface) as replier:
        await replier.tidy(ANSWER, {0: "100.0", 1: "101.0", 2: "102.0"}, ENGLISH, end=end)
        await replier.tidied(ANSWER)
    assert surface.messages == {"100.0": "one", "101.0": "two", "102.0": "three"}
    assert surface.live == {"100.0": False, "101.0": False, "102.0": False}
    assert [one and one.offers for one in surface.controls.values()] == [None, offered]


async def test_where_slack_does_not_tell_what_stands_there_it_stays() -> None:
    class Silent(FakeSurface):
        async def read(self, thread: ThreadKey, ts: str) -> ShownMessage | None:
            raise SlackDenied("invalid_auth")

    surface = Silent()
    async with a_replier(surface) as replier:
        await replier.tidy(ANSWER, {0: "100.0"}, ENGLISH, end=AnswerEnd.WHOLE)
        await replier.tidied(ANSWER)
    assert surface.shown == []
