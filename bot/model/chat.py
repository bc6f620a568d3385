"""A conversation with one model: messages in, deltas out, whichever provider it is.

    async with aclosing(chat.stream(messages)) as deltas:
        async for delta in deltas: ...

A stream ends with exactly one `Finish`, or raises a `bot.errors.ModelError`. Leaving it, by `aclose()` or because the task is
cancelled, closes the connection to the provider at once: words nobody reads are not paid for.

                 ┌──── failed, may go well later, nothing said yet ────┐
                 ▼                                                     │
    [asking] ── chunk that says something ──► [speaking] ── end ──► Finish
        │                                         │
        └── silent for `first_token` seconds      └── silent for `idle` seconds ──► ModelStalled
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from typing import TYPE_CHECKING, cast

from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from bot.core.history import Role
from bot.errors import ModelStalled
from bot.model.chunks import ChunkReader
from bot.model.failures import read_failure

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from langchain_core.language_models import LanguageModelInput
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

    from bot.core.deltas import DeltaStream
    from bot.core.history import Message
    from bot.model.failures import Failure

log = logging.getLogger(__name__)

_BREATH = 32
"""Chunks after which the loop gets a turn. A proxy's cache delivers a whole answer in one packet, and nothing in the path of
a chunk that has arrived ever waits."""

_BACKOFF = 0.5
"""Seconds before the first retry where the provider names none; twice as many before each one after it."""

_MESSAGES = {Role.SYSTEM: SystemMessage, Role.USER: HumanMessage, Role.ASSISTANT: AIMessage}


class Chat:
    """One model, as people are told of it (`label`), with the patience we have with it.

    `first_token` and `idle` are in seconds: the longest silence before the model's first word, retries and all, and between two
    of its words. Thoughts and tool calls are words too; keep-alives are not. A reader's own slowness does not count.

    `retries` is how often a call that failed before its first word is made again. The model's own client should not retry
    besides: it would sleep through our patience, and a rate limit would pass for a silent model.
    """

    def __init__(
        self,
        model: Runnable[LanguageModelInput, AIMessage],
        *,
        label: str,
        first_token: float,
        idle: float,
        retries: int = 2,
    ) -> None:
        self.label = label
        self.caution = ""
        self._model = model
        self._first_token = first_token
        self._idle = idle
        self._retries = retries

    async def stream(self, messages: Sequence[Message]) -> DeltaStream:
        """The model's answer to `messages`, as it is written. Raises ModelError where there is none, or no end to it."""
        prompt: list[BaseMessage] = [_MESSAGES[message.role](message.text) for message in messages]
        patience = _Patience(self.label, first_token=self._first_token, idle=self._idle)
        waits = (_BACKOFF * 2**failures for failures in range(self._retries))
        while True:
            try:
                async with aclosing(self._attempt(prompt, patience)) as deltas:
                    async for delta in deltas:
                        yield delta
                return
            except Exception as error:  # whatever a provider's client raises: here it becomes one of ours
                failure = read_failure(error, self.label)
                pause = patience.pause(failure, next(waits, None))
                log.warning(
                    "model.failed",
                    extra={**failure.details, "model": self.label, "retried": pause is not None},
                )
                if pause is None:
                    # Without its cause, whose text may repeat the prompt or the key.
                    raise failure.error from None
            await asyncio.sleep(pause)

    async def _attempt(self, prompt: list[BaseMessage], patience: _Patience) -> DeltaStream:
        """One call of the model. Raises what the provider's client raises, ModelStalled and ModelBroke."""
        reader, count = ChunkReader(), 0
        # LangChain annotates an iterator and returns a generator; only the latter can be closed.
        chunks = cast("AsyncGenerator[BaseMessage, None]", self._model.astream(prompt))
        async with aclosing(chunks):
            while (chunk := await patience.next(chunks)) is not None:
                for delta in reader.read(chunk):
                    yield delta
                patience.heard(reader.progress)
                count += 1
                if count % _BREATH == 0:
                    await asyncio.sleep(0)
        yield reader.finish()


class _Patience:
    """How long the model may still be silent. It wears away while we wait for the model, or to ask it again."""

    def __init__(self, label: str, *, first_token: float, idle: float) -> None:
        self._label = label
        self._first_token = first_token
        self._idle = idle
        self._left = first_token
        self._progress = 0

    async def next(self, chunks: AsyncGenerator[BaseMessage, None]) -> BaseMessage | None:
        """The next chunk, or None after the last one. Raises ModelStalled when patience is at its end."""
        clock = asyncio.get_running_loop().time
        asked = clock()
        # Around this one wait only: a deadline that spanned a yield would cancel what the reader does.
        deadline = asyncio.timeout(self._left)
        try:
            async with deadline:
                return await anext(chunks, None)
        except TimeoutError:
            if deadline.expired():
                raise ModelStalled(self._complaint()) from None
            raise
        finally:
            self._left -= clock() - asked

    def heard(self, progress: int) -> None:
        """The model's answer has come this far: `ChunkReader.progress`."""
        if progress > self._progress:
            self._progress = progress
            self._left = self._idle

    def pause(self, failure: Failure, wait: float | None) -> float | None:
        """Seconds until the failed call is worth another try; None where it is not.

        `wait` is our own mind of it, None when tries are used up; the provider's word goes before it. A pause that outlasts our
        patience is none: the person is told now what is wrong. After the first word there is none either, since a second
        answer would not go on where the first broke off.
        """
        if wait is None or not failure.again or self._progress:
            return None
        pause = wait if failure.wait is None else failure.wait
        if pause >= self._left:
            return None
        self._left -= pause
        return pause

    def _complaint(self) -> str:
        if self._progress:
            return f"{self._label} fell silent for {self._idle:g} s: check its status, or raise TELEPRINTER_IDLE_SECONDS"
        return (
            f"{self._label} said nothing within {self._first_token:g} s: "
            "check its status, or raise TELEPRINTER_FIRST_TOKEN_SECONDS"
        )
