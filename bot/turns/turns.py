"""A turn: one prompt and its reply. Who takes it, in which order, and with what the model is asked."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict
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
COURTESY = 1.0  # seconds that the "is thinking" line may take
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
        mention_asker: bool = False,
    ) -> None:
        self._claims = claims
        self._reader = reader
        self._replier = replier
        self._model = model
        self._system = system
        self._history_tokens = history_tokens
        self._mention_asker = mention_asker
        self._order = _Order()
        self._strangers: OrderedDict[ThreadKey, None] = OrderedDict()
        self._group = asyncio.TaskGroup()
        self._turns: set[asyncio.Task[None]] = set()
        self._claimed: Counter[Prompt] = Counter()  # and not started yet
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()

    async def claim(self, prompt: Prompt) -> bool:
        """True for the first who asks for this message, for ever. To be awaited before Slack gets its ack.

        From then on it is a turn, so that a process that is told to stop does not leave between claim and start.
        """
        self._claimed[prompt] += 1
        won = False
        try:
            won = await self._claims.claim(prompt)
        finally:
            if not won:
                self._unclaim(prompt)
        return won

    def start(self, prompt: Prompt) -> None:
        """Begin to answer a prompt that was claimed."""
        task = self._group.create_task(self._turn(prompt))
        self._turns.add(task)
        task.add_done_callback(self._over)
        self._unclaim(prompt)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """Turns can be started, and are owned, while the block runs. End it with `drain`; what is left is cancelled."""
        async with asyncio.TaskGroup() as self._group:
            try:
                yield
            finally:
                for task in self._turns:
                    task.cancel()

    async def drain(self, grace: float) -> None:
        """Let running turns finish for `grace` seconds, then end the rest as they stand, with a word to their readers."""
        if await self._idle_within(grace):
            return
        log.warning("turns.stopped", extra={"turns": len(self._turns)})
        self._stopping.set()
        self._replier.stop()
        await self._idle_within(LAST_WORDS)

    async def _idle_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                while self._turns or self._claimed:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    def _unclaim(self, prompt: Prompt) -> None:
        self._claimed[prompt] -= 1
        self._claimed = +self._claimed  # only what is above 0
        self._changed.set()

    def _over(self, task: asyncio.Task[None]) -> None:
        self._turns.discard(task)
        self._changed.set()

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
        try:
            deltas, footnote = await self._prepare(prompt)
        except Exception:
            log.exception("turn.crashed", extra={"thread_ts": prompt.thread.thread_ts})
            deltas, footnote = _said(f"⚠️ {notes.CRASHED}"), ""
        asker = prompt.user if self._mention_asker else ""
        await self._replier.show(
            prompt.thread, deltas, marker=":".join(prompt.claim), footnote=footnote, asker=asker
        )

    async def _prepare(self, prompt: Prompt) -> tuple[DeltaStream, str]:
        """The answer that is to be shown, not asked for yet, and what the reader should know besides."""
        await self._claims.join(prompt.thread)
        if not prompt.text:
            return _said(notes.HELLO), ""
        async with asyncio.TaskGroup() as tasks:
            # Beside the reading: it is a courtesy, and has to be over before the first post.
            tasks.create_task(self._status(prompt.thread, THINKING))
            said, footnote = await self._history(prompt)
        messages = to_messages(said, system=self._system, budget=self._history_tokens)
        return self._model.stream(messages), footnote

    async def _status(self, thread: ThreadKey, text: str) -> None:
        try:
            async with asyncio.timeout(COURTESY):
                await self._reader.status(thread, text)
        except (SlackError, TimeoutError) as error:
            # A workspace without it gets its answer all the same.
            log.info("status.refused", extra={"error": str(error) or "no answer"})

    # ---- what was said before

    async def _is_ours(self, prompt: Prompt) -> bool:
        """A follow-up is for us only in a thread that we answered in; anything else is always."""
        if prompt.kind is not Kind.FOLLOW_UP or await self._claims.took_part(prompt.thread):
            return True
        if prompt.thread in self._strangers:
            return False
        # The record may be younger than the thread: Slack remembers who spoke in it.
        said = await self._read(prompt.thread)
        if said is None:
            return False  # not known: the next message of the thread asks again
        if any(one.ours for one in said):
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
        # Timestamps of one channel sort as text. What people said after the question is the next turn's; what we said
        # is an answer to an earlier one, since a thread's turns come one after the other.
        return [*(one for one in said if one.ours or one.ts < prompt.ts), asked], ""

    async def _pause(self, seconds: float) -> None:
        """Wait, but not when we are told to stop."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return

    async def _read(self, thread: ThreadKey) -> list[Said] | None:
        for _ in range(2):
            try:
                return await self._reader.read_thread(thread)
            except RateLimited as limit:
                if limit.retry_after > LONGEST_WAIT:
                    break
                await self._pause(limit.retry_after)
            except SlackError as error:
                log.warning("history.failed", extra={"kind": type(error).__name__, "error": str(error)})
                break
        return None


async def _said(text: str) -> DeltaStream:
    """Words of our own, as if a model had said them."""
    yield Text(text)
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
