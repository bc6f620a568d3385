"""All answers of a workspace together, under Slack's limits and Slack's failures: whatever happens, every word is shown.

In virtual time, with the real replier and pacing; Slack is a fake that counts as the local workspace does.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.conversation.deltas import Finish, Reason, Text
from bot.core.delivery.reply import ReplyState
from bot.core.delivery.slack_calls import Delete, Post, ShownMessage, Update
from bot.core.pacing.budget import POST_LIMIT, workspace_budgets
from bot.core.pacing.pacing import Pacing
from bot.delivery.sender import Sender
from bot.errors import RateLimited, SlackUnreachable
from slack_emulator.web_api.rate_limits import Limits, Rate
from tests.clock import VirtualLoop
from tests.fakes import an_answer

if TYPE_CHECKING:
    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.incoming import ThreadKey
    from bot.core.delivery.delivery import Delivery
    from bot.core.delivery.slack_calls import Edit, SlackCall

LIMIT = 12  # updates a minute: a small workspace meets all that a large one would, sooner
HANGS = 8.0  # seconds after which the surface gives a call up


@dataclass(frozen=True)
class Ask:
    """One question: when it is asked, in which channel, and how its answer comes."""

    at: float
    channel: int
    words: int
    every: float


@dataclass(frozen=True)
class Trouble:
    """What a call meets: nothing; a 429; a call that hangs; a broken connection, with its work done or not."""

    kind: str = "none"
    seconds: int = 1
    carried_out: bool = False


@dataclass
class TroubledSlack:
    """Messages by ts, and a limit that answers 429 to whoever goes over it. The next calls meet `troubles`."""

    troubles: list[Trouble]
    messages: dict[str, str] = field(default_factory=dict)
    live: dict[str, bool] = field(default_factory=dict)  # whether Stop stands below it
    owners: dict[str, str] = field(default_factory=dict)  # ts -> the answer's marker
    posts: int = 0
    refused: int = 0  # calls over the limit: our own fault
    limits: Limits = field(default_factory=lambda: Limits.strict(chat_update=Rate(LIMIT, 60)))

    async def carry_out(self, call: SlackCall) -> str:
        match call:
            case Post():
                self.posts += 1
                ts = f"{self.posts}.0"
                await self._call(call.method, call.thread, lambda: self._show(ts, call, call.marker))
                return ts
            case Update():
                await self._call(call.method, call.thread, lambda: self._show(call.ts, call, ""))
            case Delete():
                raise AssertionError("nothing here is resumed")
            case _:
                """A line that nothing here depends on."""
        return ""

    async def find(self, thread: ThreadKey, marker: str, *, since: str) -> str | None:
        return next((ts for ts, owner in self.owners.items() if owner == marker), None)

    async def read(self, thread: ThreadKey, ts: str) -> ShownMessage | None:
        return ShownMessage(self.messages[ts], self.live[ts]) if ts in self.messages else None

    def _show(self, ts: str, edit: Edit, marker: str) -> None:
        self.messages[ts], self.live[ts] = edit.body.text, edit.body.live
        if marker:
            self.owners[ts] = marker

    async def _call(self, method: str, thread: ThreadKey, work: object) -> None:
        await asyncio.sleep(0.12)
        trouble = self.troubles.pop() if self.troubles else Trouble()
        if trouble.kind == "limited":
            raise RateLimited(trouble.seconds)
        now = asyncio.get_running_loop().time()
        if wait := self.limits.take(method, team="T", app="A", channel=thread.channel, now=now):
            self.refused += 1
            raise RateLimited(wait)
        if trouble.kind == "none" or trouble.carried_out:
            work()  # type: ignore[operator]
        if trouble.kind == "hangs":
            await asyncio.sleep(HANGS)
        if trouble.kind != "none":
            raise SlackUnreachable(f"{method}: {trouble.kind}")


class WatchedPacing(Pacing):
    """Pacing that proves its order: an edit in between never leaves while a last edit could."""

    def survey(self, now: float) -> tuple[Delivery | None, float]:
        chosen, wake_at = super().survey(now)
        if chosen is not None and not chosen.closing:
            last = [r for r in self.replies if r.closing and r.wants and r.timeline.not_before <= now]
            assert not [r for r in last if self.budget(r).free(now) and chosen.method != Post.method]
        return chosen, wake_at


def words_of(number: int, ask: Ask) -> list[str]:
    return [f"a{number}w{n}" for n in range(ask.words)]


async def answer(number: int, ask: Ask) -> DeltaStream:
    for word in words_of(number, ask):
        await asyncio.sleep(ask.every)
        yield Text(f"{word} ")
    yield Finish(Reason.STOP)


async def play(asks: list[Ask], slack: TroubledSlack, burst: int = POST_LIMIT) -> list[ReplyState]:
    """All answers to their ends; returns how they ended."""
    pacing = WatchedPacing(workspace_budgets(updates=LIMIT, posts=burst))
    replier = Sender(slack, pacing, clock=asyncio.get_running_loop().time)

    async def one(number: int, ask: Ask) -> ReplyState:
        await asyncio.sleep(ask.at)
        key = an_answer(f"{number}.0", channel=f"C{ask.channel}", thread_ts=f"{number}.0")
        return await replier.show(key, answer(number, ask))

    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(replier.run())
        ended = await asyncio.gather(*(one(number, ask) for number, ask in enumerate(asks)))
        running.cancel()
    return ended


def played(asks: list[Ask], slack: TroubledSlack, burst: int = POST_LIMIT) -> list[ReplyState]:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(play(asks, slack, burst))


def missing(asks: list[Ask], slack: TroubledSlack) -> set[str]:
    """Words that were generated and cannot be read anywhere."""
    read = set(" ".join(slack.messages.values()).split())
    return {word for number, ask in enumerate(asks) for word in words_of(number, ask)} - read


ASKS = st.lists(
    st.builds(
        Ask,
        at=st.floats(0, 30),
        channel=st.integers(0, 2),
        words=st.integers(1, 60),
        every=st.floats(0.01, 0.5),
    ),
    min_size=1,
    max_size=15,
)
TROUBLES = st.lists(
    st.builds(
        Trouble,
        kind=st.sampled_from(["none", "none", "none", "limited", "hangs", "reset"]),
        seconds=st.integers(1, 40),
        carried_out=st.booleans(),
    ),
    max_size=30,
)
QUICKLY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICKLY
@given(ASKS, TROUBLES)
def test_every_word_is_visible_in_the_end_and_the_limit_is_never_exceeded(
    asks: list[Ask], troubles: list[Trouble]
) -> None:
    slack = TroubledSlack(troubles)
    assert set(played(asks, slack)) == {ReplyState.DONE}
    assert missing(asks, slack) == set()
    assert slack.refused == 0


@QUICKLY
@given(ASKS)
def test_without_troubles_no_last_word_is_late(asks: list[Ask]) -> None:
    """Nobody starves: an answer is over at most a few seconds after its model, however many there are."""
    slack, late = TroubledSlack([]), 0.0

    async def timed() -> float:
        clock = asyncio.get_running_loop().time
        await play(asks, slack)
        return clock()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        late = runner.run(timed()) - max(ask.at + ask.words * ask.every for ask in asks)
    # Two messages each (its first words, and what no edit could carry), five in five seconds a channel, all in one.
    assert late < 2 * len(asks) + 3.0


def test_a_hundred_in_a_minute_are_all_answered() -> None:
    asks = [Ask(at=0.6 * n, channel=n % 3, words=100, every=0.05) for n in range(100)]
    slack = TroubledSlack([])
    assert set(played(asks, slack)) == {ReplyState.DONE}
    assert missing(asks, slack) == set()
    assert slack.refused == 0


@pytest.mark.parametrize(
    ("posting", "burst", "refused"),
    [
        ("3/3", POST_LIMIT, 0),
        ("4/4", POST_LIMIT, 0),
        ("5/5", POST_LIMIT, 0),
        ("9/9", POST_LIMIT, 0),
        ("1/1", 1, 0),
        ("4/4", 5, 1),  # it learns
    ],
)
def test_forty_in_one_channel_are_answered_however_short_bursts_are_read(
    posting: str, burst: int, refused: int
) -> None:
    asks = [Ask(at=n / 8, channel=0, words=60, every=0.05) for n in range(40)]
    slack = TroubledSlack([], limits=Limits.of({"posting": posting, "chat.update": f"{LIMIT}/60"}))
    assert set(played(asks, slack, burst)) == {ReplyState.DONE}
    assert missing(asks, slack) == set()
    assert slack.refused == refused
