"""A turn: one prompt and its reply. Who takes it, in which order, and with what the model is asked."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol

from bot.core import notes
from bot.core.deltas import Finish, Reason, Text
from bot.core.events import Kind
from bot.core.history import Message, Said, to_messages
from bot.errors import RateLimited, SlackError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from bot.core.deltas import DeltaStream
    from bot.core.events import Prompt, ThreadKey
    from bot.turns.claims import Claims
    from bot.turns.replier import Replier

log = logging.getLogger(__name__)

THINKING = "is thinking…"
LAST_WORDS = 10.0  # seconds that a reply which is ended has to reach Slack
LONGEST_WAIT = 20.0  # seconds that a reader may be kept waiting for the thread's history under a rate limit
STRANGERS = 5000  # threads we know we have no part in; ids only


class Reader(Protocol):
    """What a workspace tells us about a thread; see `bot.slack.surface`."""

    async def read_thread(self, thread: ThreadKey) -> list[Said]: ...
    async def status(self, thread: ThreadKey, text: str) -> None: ...


class Model(Protocol):
    """Whoever answers; see `bot.model.chat`."""

    def stream(self, messages: Sequence[Message]) -> DeltaStream: ...


class Turns:
    """The turns of one process. `claim` and `start` are for the listeners, and belong inside the block of `open`."""

    def __init__(
        self,
        claims: Claims,
        reader: Reader,
        replier: Replier,
        model: Model,
        *,
        system: str,
        history_tokens: int,
    ) -> None:
        self._claims = claims
        self._reader = reader
        self._replier = replier
        self._model = model
        self._system = system
        self._history_tokens = history_tokens
        self._order = _Order()
        self._strangers: OrderedDict[ThreadKey, None] = OrderedDict()
        self._tasks = asyncio.TaskGroup()
        self._running: set[asyncio.Task[None]] = set()

    async def claim(self, prompt: Prompt) -> bool:
        """True for the first who asks for this message, for ever. To be awaited before Slack gets its ack."""
        return await self._claims.claim(prompt)

    def start(self, prompt: Prompt) -> None:
        """Begin to answer a prompt that was claimed."""
        task = self._tasks.create_task(self._turn(prompt))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """Turns can be started, and are owned, while the block runs. Leaving it cancels what `drain` has left over."""
        async with asyncio.TaskGroup() as self._tasks:
            try:
                yield
            finally:
                for task in self._running:
                    task.cancel()

    async def drain(self, grace: float) -> None:
        """Let running turns finish for `grace` seconds, then end the rest as they stand, with a word to their readers."""
        if self._running:
            await asyncio.wait(self._running, timeout=grace)
        if self._running:
            log.warning("turns.stopped", extra={"turns": len(self._running)})
            self._replier.stop()
            await asyncio.wait(self._running, timeout=LAST_WORDS)

    async def _turn(self, prompt: Prompt) -> None:
        async with self._order.turn(prompt.thread):
            try:
                if await self._is_ours(prompt):
                    await self._answer(prompt)
            except Exception:
                # A turn ends here: one that breaks must not take the others with it.
                log.exception("turn.crashed", extra={"thread_ts": prompt.thread.thread_ts})

    async def _answer(self, prompt: Prompt) -> None:
        log.info("turn.started", extra={"thread_ts": prompt.thread.thread_ts, "kind": prompt.kind.value})
        await self._claims.join(prompt.thread)
        await self._status(prompt.thread, THINKING)
        said, footnote = await self._history(prompt)
        deltas = self._ask(prompt, said)
        await self._replier.show(prompt.thread, deltas, marker=":".join(prompt.claim), footnote=footnote)

    def _ask(self, prompt: Prompt, said: list[Said]) -> DeltaStream:
        if not prompt.text:
            return _greeting()
        return self._model.stream(to_messages(said, system=self._system, budget=self._history_tokens))

    async def _status(self, thread: ThreadKey, text: str) -> None:
        try:
            await self._reader.status(thread, text)
        except SlackError as error:
            # A courtesy: a workspace without it gets its answer all the same.
            log.info("status.refused", extra={"error": str(error)})

    # ---- what was said before

    async def _is_ours(self, prompt: Prompt) -> bool:
        """A follow-up is for us only in a thread that we answered in; anything else is always."""
        if prompt.kind is not Kind.FOLLOW_UP or await self._claims.took_part(prompt.thread):
            return True
        if prompt.thread in self._strangers:
            return False
        # The record may be younger than the thread: Slack remembers who spoke in it.
        said = await self._read(prompt.thread)
        if any(one.ours for one in said or ()):
            return True
        self._remember_stranger(prompt.thread)
        return False

    def _remember_stranger(self, thread: ThreadKey) -> None:
        self._strangers[thread] = None
        if len(self._strangers) > STRANGERS:
            self._strangers.popitem(last=False)

    async def _history(self, prompt: Prompt) -> tuple[list[Said], str]:
        """What the model reads, and what the reader should know about it."""
        asked = Said(prompt.ts, prompt.user, prompt.text)
        if prompt.starts_thread:
            return [asked], ""
        said = await self._read(prompt.thread)
        if said is None:
            return [asked], notes.UNREAD
        # Timestamps of one channel sort as text. What came after the question is the next turn's.
        return [*(one for one in said if one.ts < prompt.ts), asked], ""

    async def _read(self, thread: ThreadKey) -> list[Said] | None:
        for _ in range(2):
            try:
                return await self._reader.read_thread(thread)
            except RateLimited as limit:
                if limit.retry_after > LONGEST_WAIT:
                    break
                await asyncio.sleep(limit.retry_after)
            except SlackError as error:
                log.warning("history.failed", extra={"kind": type(error).__name__, "error": str(error)})
                break
        return None


async def _greeting() -> DeltaStream:
    yield Text(notes.HELLO)
    yield Finish(Reason.STOP)


class _Order:
    """One turn at a time in a thread, in the order they came."""

    def __init__(self) -> None:
        self._locks: dict[ThreadKey, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, thread: ThreadKey) -> AsyncGenerator[None]:
        lock, waiting = self._locks.get(thread, (asyncio.Lock(), 0))
        self._locks[thread] = lock, waiting + 1
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks[thread]
            if waiting == 1:
                del self._locks[thread]
            else:
                self._locks[thread] = lock, waiting - 1
