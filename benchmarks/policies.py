"""How other bots stream, rebuilt from their published constants.

A policy shows one answer; several run at once, each in a task of its own, as they do in those bots. The constants and the
projects they come from are named with each. None of them knows when the answer ends before it has. Where a bot would give
up, or cut an answer, it is taken to go on: what is compared is when readers see the words, not what becomes of errors.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from benchmarks.slacks import Limited

if TYPE_CHECKING:
    from benchmarks.measure import Answer
    from benchmarks.slacks import Slack

Words: TypeAlias = AsyncIterator[str]
Show: TypeAlias = Callable[[str, "Answer", Words], Awaitable[None]]
"""Shows the words of an answer in the channel of that id, to their end."""

WINDOW = 60.0  # seconds in which Slack counts


@dataclass(slots=True)
class Newest:
    """What the model has written so far, for a policy that edits beside the reading of it."""

    text: str = ""
    done: bool = False

    async def read(self, words: Words) -> None:
        """Take in the words, to their end."""
        async for word in words:
            self.text += word
        self.done = True


async def patiently(call: Callable[[], Awaitable[None]], *, tries: int, extra: float = 0.5) -> bool:
    """Call; on a 429 wait as long as it says and `extra` seconds, and call again, `tries` times. False: all in vain.

    Slack's Python SDK waits up to a second more than it is told to: half a second on average.
    """
    for _ in range(tries + 1):
        try:
            await call()
        except Limited as limit:
            await asyncio.sleep(limit.seconds + extra)
        else:
            return True
    return False


async def posted(slack: Slack, channel: str, answer: Answer, text: str) -> str:
    """The ts of a new message, however long it takes."""
    while True:
        try:
            return await slack.post(channel, answer, text)
        except Limited as limit:
            await asyncio.sleep(limit.seconds)


async def finished(slack: Slack, channel: str, ts: str, answer: Answer, text: str) -> None:
    """The last edit, tried until it lands: kinder than most of them are."""
    while not await patiently(partial(slack.update, channel, ts, answer, text), tries=3):
        pass


def every_chunks(slack: Slack, chunks: int = 20) -> Show:
    """An edit each 20 chunks, each in a thread of its own (ChatGPT-in-Slack: app/openai_ops.py, two retries of its SDK)."""

    async def show(channel: str, answer: Answer, words: Words) -> None:
        ts = await posted(slack, channel, answer, "Wait a second, please …")
        text, count = "", 0
        async with asyncio.TaskGroup() as edits:
            async for word in words:
                text += word
                count += 1
                if count % chunks == 0:
                    edit = partial(slack.update, channel, ts, answer, text)
                    edits.create_task(_one_edit(edit))
        await finished(slack, channel, ts, answer, text)

    return show


async def _one_edit(edit: Callable[[], Awaitable[None]]) -> None:
    await patiently(edit, tries=2)


def every_seconds(slack: Slack, seconds: float) -> Show:
    """An edit `seconds` after the last one landed, skipped when nothing changed.

    500 ms: Chat SDK's fallback (thread.ts); 1 s: llmcord, OpenClaw's drafts, innogames' update_interval. A refused edit is
    tried again up to ten times, each time with the newest text: kinder than Slack's SDK for Node, which repeats the old.
    """

    async def show(channel: str, answer: Answer, words: Words) -> None:
        ts = await posted(slack, channel, answer, "…")
        newest, shown = Newest(), ""

        async def edit() -> None:
            nonlocal shown
            text = newest.text
            await slack.update(channel, ts, answer, text)
            shown = text

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(newest.read(words))
            while not newest.done:
                await asyncio.sleep(seconds)
                if newest.text != shown:
                    await patiently(edit, tries=10, extra=0.0)
        if newest.text != shown:
            await finished(slack, channel, ts, answer, newest.text)

    return show


class Window:
    """Dust's throttleWithRedis: at most `limit` edits a minute, of all answers and all replicas together."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._clock = asyncio.get_running_loop().time
        self._taken: deque[float] = deque()

    def take(self) -> bool:
        """A slot now, or none: for what may be dropped."""
        now = self._clock()
        while self._taken and self._taken[0] <= now - WINDOW:
            self._taken.popleft()
        if len(self._taken) >= self._limit:
            return False
        self._taken.append(now)
        return True

    async def reserve(self) -> None:
        """A slot now, or the next one that comes free: for what may not."""
        if self.take():
            return
        at = self._taken[-self._limit] + WINDOW
        self._taken.append(at)
        await asyncio.sleep(at - self._clock() + 0.01)


def shared_window(slack: Slack, seconds: float = 0.5, limit: int = 50) -> Show:
    """An edit each 500 ms while a window of 50 a minute, shared by all answers, has room; the last one waits for its turn.

    Dust: stream_conversation_handler.ts and throttle.ts. An interim edit is dropped when the window is full; a final one
    reserves the next slot and sleeps until then.
    """
    window = Window(limit)

    async def show(channel: str, answer: Answer, words: Words) -> None:
        ts = await posted(slack, channel, answer, "…")
        newest, shown = Newest(), ""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(newest.read(words))
            while not newest.done:
                await asyncio.sleep(seconds)
                if newest.text != shown and window.take():
                    shown = newest.text
                    await patiently(partial(slack.update, channel, ts, answer, shown), tries=0)
        await window.reserve()
        await finished(slack, channel, ts, answer, newest.text)

    return show


def native(slack: Slack, buffer: int = 256) -> Show:
    """Slack's own stream through its SDK: an append each 256 characters (slack_sdk/web/chat_stream.py).

    In a channel only one person sees such a stream live; here everybody does.
    """

    async def show(channel: str, answer: Answer, words: Words) -> None:
        ts, held = "", ""
        async for word in words:
            held += word
            if len(held) >= buffer:
                ts, held = await _streamed(slack, channel, ts, answer, held), ""
        ts = ts or await _streamed(slack, channel, "", answer, "")
        while not await patiently(partial(slack.stop, channel, ts, answer, held), tries=3):
            pass

    return show


async def _streamed(slack: Slack, channel: str, ts: str, answer: Answer, more: str) -> str:
    """Add to the stream `ts`, or begin one where that is ""; returns its ts."""
    while True:
        try:
            if not ts:
                return await slack.start(channel, answer, more)
            await slack.append(channel, ts, answer, more)
        except Limited as limit:
            await asyncio.sleep(limit.seconds)
        else:
            return ts
