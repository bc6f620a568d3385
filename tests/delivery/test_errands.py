"""Calls of no answer beside those of answers, under Slack's limits and in virtual time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation.deltas import Finish, Reason, Text
from bot.core.delivery.reply import ReplyState
from bot.core.delivery.slack_calls import PostApproval, UpdateApproval
from bot.core.pacing.budget import workspace_budgets
from bot.core.pacing.mixed_pacing import MixedPacing
from bot.delivery.errands import OVERDUE
from bot.delivery.patient_call import insist
from bot.delivery.sender import Sender
from bot.errors import MessageGone, RateLimited, SlackUnreachable
from slack_emulator.web_api.rate_limits import Limits, Rate
from tests.clock import VIRTUAL
from tests.fakes import an_answer
from tests.purse import TELL, Purse
from tests.turns.test_together import Trouble, TroubledSlack

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bot.core.conversation.deltas import DeltaStream
    from bot.core.delivery.slack_calls import SlackCall
    from bot.core.pacing.budget import Budget
    from bot.delivery.session import SharedQuota

LIMIT = 20  # edits a minute
ASK = PostApproval(TELL.thread, "May I?", (), "1.0.1@")


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


@dataclass
class AskingSlack(TroubledSlack):
    """Takes questions and what came of them as well, and counts them as Slack does."""

    limits: Limits = field(default_factory=lambda: Limits.strict(chat_update=Rate(LIMIT, 60)))
    taken: list[tuple[float, str]] = field(default_factory=list)  # when which

    async def carry_out(self, call: SlackCall) -> str:
        if not isinstance(call, PostApproval | UpdateApproval):
            return await super().carry_out(call)
        words = call.text
        await self._call(call.method, call.thread, lambda: self.taken.append((now(), words)))
        return "7.0"


@dataclass
class SlowPurse:
    """Lets every call pass after a second. `budget` is the one that it was asked about last."""

    back: int = 0
    budget: Budget | None = None

    async def ask(self, budget: Budget, name: str, *, slots: int, urgent: bool) -> bool:
        self.budget = budget
        await asyncio.sleep(1.0)
        return True

    def answered(self, budget: Budget) -> None:
        self.back += 1


def now() -> float:
    return asyncio.get_running_loop().time()


@asynccontextmanager
async def a_sender(slack: TroubledSlack, purse: SharedQuota | None = None) -> AsyncGenerator[Sender]:
    sender = Sender(slack, MixedPacing(workspace_budgets(updates=LIMIT)), clock=now, purse=purse)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(sender.run())
        yield sender
        running.cancel()


async def answer(words: int) -> DeltaStream:
    for number in range(words):
        await asyncio.sleep(0.1)
        yield Text(f"w{number} ")
    yield Finish(Reason.STOP)


async def resting_answer() -> DeltaStream:
    yield Text("I have asked. ")
    await asyncio.sleep(3600.0)
    yield Finish(Reason.STOP)


@asynccontextmanager
async def resting_answers(sender: Sender, many: int) -> AsyncGenerator[None]:
    """So many answers, each in a channel of its own, wait for a person while the block runs."""
    async with asyncio.TaskGroup() as tasks:
        keys = [an_answer(f"{one}.0", channel=f"R{one}", thread_ts=f"{one}.0") for one in range(many)]
        running = [tasks.create_task(sender.show(key, resting_answer())) for key in keys]
        await asyncio.sleep(5.0)
        yield
        _ = [one.cancel() for one in running]


@asynccontextmanager
async def one_answer_a_second(sender: Sender, many: int) -> AsyncGenerator[None]:
    """So many answers are written, each in a channel of its own, for five seconds."""

    async def show_later(number: int) -> None:
        await asyncio.sleep(number)
        key = an_answer(f"{number}.0", channel=f"E{number}", thread_ts=f"{number}.0")
        await sender.show(key, answer(50))

    async with asyncio.TaskGroup() as tasks:
        for number in range(many):
            tasks.create_task(show_later(number))
        yield


async def show(sender: Sender, number: int, *, words: int = 100) -> float:
    """Returns how many seconds after its model an answer is over."""
    key = an_answer(f"{number}.0", channel="C1", thread_ts=f"{number}.0")
    began = now()
    assert await sender.show(key, answer(words)) is ReplyState.DONE
    return now() - began - 0.1 * words


async def ask_and_tell(sender: Sender) -> None:
    """Asks, is answered after three seconds, and says so twice."""
    await sender.errands.carry_out(ASK)
    await asyncio.sleep(3.0)
    await sender.errands.carry_out(TELL)
    await sender.errands.carry_out(TELL)


async def test_questions_beside_many_answers_meet_no_limit_and_make_no_last_word_late() -> None:
    slack = AskingSlack([])
    async with a_sender(slack) as sender:
        answers = [asyncio.create_task(show(sender, number)) for number in range(6)]
        await asyncio.sleep(2.0)
        await asyncio.gather(*(ask_and_tell(sender) for _ in range(6)))
        late = await asyncio.gather(*answers)
    assert (slack.refused, len(slack.taken)) == (0, 18)
    assert max(late) < 2.0


async def test_a_call_that_is_alone_leaves_at_once() -> None:
    slack = AskingSlack([])
    async with a_sender(slack) as sender:
        assert await sender.errands.carry_out(ASK) == "7.0"
        await sender.errands.carry_out(TELL)
    assert [at for at, _ in slack.taken] == pytest.approx([0.12, 0.24])


async def test_more_questions_than_a_channel_takes_are_asked_one_a_second_in_their_order() -> None:
    slack = AskingSlack([])
    asks = [PostApproval(TELL.thread, str(number), (), "m") for number in range(6)]
    async with a_sender(slack) as sender:
        await asyncio.gather(*map(sender.errands.carry_out, asks))
    assert [words for _, words in slack.taken] == ["0", "1", "2", "3", "4", "5"]
    assert slack.refused == 0


async def test_a_limit_is_told_to_the_caller_and_closes_the_method_for_all() -> None:
    slack = AskingSlack([Trouble("limited", 20)])
    async with a_sender(slack) as sender:
        with pytest.raises(RateLimited):
            await sender.errands.carry_out(TELL)
        await sender.errands.carry_out(TELL)
    assert [at for at, _ in slack.taken] == pytest.approx([20.24])


@pytest.mark.parametrize("error", [MessageGone("gone"), SlackUnreachable("reset"), ValueError("a bug")])
async def test_what_slack_says_is_its_caller_s(error: Exception) -> None:
    class BrokenSlack(AskingSlack):
        async def carry_out(self, call: SlackCall) -> str:
            raise error

    async with a_sender(BrokenSlack([])) as sender:
        with pytest.raises(type(error)):
            await sender.errands.carry_out(TELL)


async def test_a_call_that_nobody_waits_for_any_more_does_not_leave() -> None:
    slack = AskingSlack([])
    async with a_sender(slack) as sender:
        asks = [asyncio.create_task(sender.errands.carry_out(ASK)) for _ in range(5)]
        await asyncio.sleep(0.5)
        asks[-1].cancel()
        await asyncio.sleep(30)
    assert len(slack.taken) == 4


async def test_whoever_leaves_while_slack_is_asked_hears_nothing_more() -> None:
    slack = AskingSlack([])
    async with a_sender(slack) as sender:
        asking = asyncio.create_task(sender.errands.carry_out(ASK))
        await asyncio.sleep(0.05)
        asking.cancel()
        await asyncio.sleep(1)
    assert (len(slack.taken), asking.cancelled()) == (1, True)


@pytest.mark.parametrize("after", [0.05, 0.5], ids=["while Slack is asked", "while it waits"])
async def test_nobody_waits_for_a_sender_that_has_ended(after: float) -> None:
    slack = AskingSlack([])
    async with a_sender(slack) as sender:
        asks = [asyncio.create_task(sender.errands.carry_out(ASK)) for _ in range(5)]
        await asyncio.sleep(after)
    with pytest.raises(SlackUnreachable):
        await asks[-1]
    await asyncio.gather(*asks, return_exceptions=True)


async def test_whoever_asks_again_after_the_sender_has_ended_is_not_kept() -> None:
    async with a_sender(AskingSlack([])) as sender:
        await asyncio.sleep(0.1)
    with pytest.raises(SlackUnreachable):
        await insist(lambda: sender.errands.carry_out(TELL), seconds=90.0)


async def test_a_question_whose_asker_leaves_while_the_other_replicas_are_asked_is_not_posted() -> None:
    slack, purse = AskingSlack([]), SlowPurse()
    async with a_sender(slack, purse) as sender:
        asking = asyncio.create_task(sender.errands.carry_out(ASK))
        await asyncio.sleep(0.5)
        asking.cancel()
        await asyncio.sleep(3)
    assert purse.budget is not None
    assert (slack.taken, purse.budget.free(3.5), purse.back) == ([], 3, 1)


async def test_answers_that_wait_for_people_do_not_keep_an_edit_waiting_for_long() -> None:
    slack = AskingSlack([])
    async with a_sender(slack) as sender, resting_answers(sender, LIMIT + 5):
        began = now()
        await asyncio.gather(*[sender.errands.carry_out(TELL) for _ in range(5)])
    assert slack.taken[-1][0] - began < OVERDUE + 1.0
    assert slack.refused == 0


async def test_answers_that_end_all_the_time_do_not_keep_an_edit_waiting_for_ever() -> None:
    slack = AskingSlack([])
    async with a_sender(slack) as sender, one_answer_a_second(sender, 150):
        await asyncio.sleep(60.0)
        await sender.errands.carry_out(TELL)
    assert slack.taken[0][0] < 60.0 + 2 * OVERDUE


async def test_where_other_replicas_have_spent_what_is_free_a_call_waits() -> None:
    slack, purse = AskingSlack([]), Purse(False, True)
    async with a_sender(slack, purse) as sender:
        await sender.errands.carry_out(ASK)
    assert (purse.asked, purse.back) == ([("chat.postMessage C1", 1)] * 2, 1)
    assert [at for at, _ in slack.taken] == pytest.approx([0.62])


async def test_an_edit_leaves_other_replicas_and_answers_their_last_words() -> None:
    slack, purse = AskingSlack([]), Purse(*[True] * 200)
    async with a_sender(slack, purse) as sender:
        showing = asyncio.create_task(show(sender, 1, words=10))
        await asyncio.sleep(0.3)
        await sender.errands.carry_out(TELL)
        await showing
    assert ("chat.update", 2) in purse.asked
