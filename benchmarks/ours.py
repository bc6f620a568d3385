"""Our own policy: the replier of the bot, as it is, on the benchmark's Slack."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from benchmarks.slacks import Limited
from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.deltas import Finish, Reason, Text
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.core.delivery.message_format import Capabilities
from bot.core.delivery.slack_calls import AppendStream, Post, StartStream, StopStream, Update
from bot.core.pacing.budget import POST_LIMIT, workspace_budgets
from bot.core.pacing.mixed_pacing import MixedPacing
from bot.core.pacing.pacing import Pacing
from bot.delivery.sender import Sender
from bot.durable.change_poller import look_out
from bot.errors import RateLimited

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from benchmarks.measure import Answer
    from benchmarks.policies import Show, Words
    from benchmarks.slacks import Slack
    from bot.core.conversation.deltas import DeltaStream
    from bot.core.delivery.slack_calls import ShownMessage, SlackCall
    from bot.core.pacing.budget import Budgets
    from bot.durable.shared_budget import SharedBudget


class _Surface:
    """The bot's side of the benchmark's Slack. The thread says whose answer it is: each has its own."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self.answers: dict[ThreadKey, Answer] = {}

    async def carry_out(self, call: SlackCall) -> str:
        channel, answer = call.thread.channel, self.answers[call.thread]
        try:
            match call:
                case Post():
                    return await self._slack.post(channel, answer, call.body.text)
                case Update():
                    await self._slack.update(channel, call.ts, answer, call.body.text)
                case StartStream():
                    return await self._slack.start(channel, answer, call.body.text)
                case AppendStream():
                    await self._slack.append(channel, call.ts, answer, call.markdown)
                case StopStream():
                    await self._slack.stop(channel, call.ts, answer, call.markdown)
        except Limited as limit:
            raise RateLimited(limit.seconds) from limit
        return getattr(call, "ts", "")  # readers of a benchmark need no status, and nothing is deleted

    async def read(self, thread: ThreadKey, ts: str) -> ShownMessage | None:
        return None

    async def find(self, thread: ThreadKey, marker: str, *, since: str) -> str | None:
        return None


@asynccontextmanager
async def teleprinter(
    slack: Slack,
    make: Callable[[Budgets], Pacing | MixedPacing] = Pacing,
    *,
    burst: int = POST_LIMIT,
    share: Callable[[Pacing], SharedBudget] | None = None,
) -> AsyncGenerator[Show]:
    """The replier, running while the block does. `make` makes its pacing, `burst` is how many posts in a row it dares in a channel, `share` is its side of a budget that others spend from as well."""
    pacing = make(workspace_budgets(posts=burst))
    surface = _Surface(slack)
    purse = share(pacing) if share and isinstance(pacing, Pacing) else None
    may = Capabilities(streams=isinstance(pacing, MixedPacing))
    clock = asyncio.get_running_loop().time
    replier = Sender(surface, pacing, clock=clock, purse=purse, capabilities=may)
    if purse is not None:
        purse.changed = replier.poke

    async def show(channel: str, answer: Answer, words: Words) -> None:
        thread = ThreadKey("T", channel, f"{len(surface.answers)}.0")
        surface.answers[thread] = answer
        kind = Kind.DIRECT if channel.startswith("D") else Kind.MENTION
        key = AnswerKey(TurnKey(thread, thread.thread_ts, "U", kind))
        await replier.show(key, _deltas(words))

    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(replier.run())]
        if purse is not None:
            running.append(tasks.create_task(look_out(purse.look)))
        yield show
        for task in running:
            task.cancel()


async def _deltas(words: Words) -> DeltaStream:
    async for word in words:
        yield Text(word)
    yield Finish(Reason.STOP)
