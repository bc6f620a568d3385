"""A conversation with one model: messages in, deltas out, whichever provider it is.

    async with aclosing(chat.stream(messages)) as deltas:
        async for delta in deltas: ...

A stream ends with exactly one `Finish`, or raises a `bot.errors.ModelError`. Leaving it, by `aclose()` or because the task is
cancelled, closes the connection to the provider at once: words nobody reads are not paid for.

                 ┌──── failed, may go well later, nothing said yet ────┐
                 ▼                                                     │
    [asking] ── chunk that says something ──► [speaking] ── end ──► Finish
        │                                         │
        ├── silent for `first_token` seconds      ├── silent for `idle` seconds ──► ModelStalled
        └── no end within `answer_seconds` or `answer_tokens` ────────────────────► ModelEndless
"""

from __future__ import annotations

import asyncio
import math
from contextlib import aclosing, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from bot.core.backoff import Backoff
from bot.errors import ModelEndless, ModelStalled
from bot.model.blocking_clients import blocks, stream_in_thread
from bot.model.call_meter import metered_call
from bot.model.chunks import ChunkReader
from bot.model.failures import read_failure
from bot.model.hang_up import hanging_up
from bot.model.light_model import LightModel
from bot.model.message_content import langchain_messages
from bot.model.watchdog import Watchdog
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from langchain_core.language_models import LanguageModelInput
    from langchain_core.messages import AIMessage, BaseMessage
    from langchain_core.runnables import Runnable

    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.history import ChatMessage
    from bot.errors import ModelError
    from bot.language.translatable import Translatable
    from bot.model.failures import Failure

_BREATH = 32
"""Chunks after which the loop gets a turn. A proxy's cache delivers a whole answer in one packet, and nothing in the path of
a chunk that has arrived ever waits."""

_WORD = 40
"""Characters of a provider's word that the log is told at most."""

_RETRY = Backoff(0.5)
"""Before a call is made again where the provider names no pause."""


def model_window(model: object) -> int | None:
    """Returns how many tokens a model reads at once, as LangChain's own table says; None where it does not know."""
    tokens = _profile(model).get("max_input_tokens")
    return tokens if isinstance(tokens, int) and tokens > 0 else None


def takes_images(model: object) -> bool:
    """Tells whether a model sees pictures, as LangChain's own table says; not where it does not know."""
    return _profile(model).get("image_inputs") is True


def _profile(model: object) -> Mapping[str, object]:
    profile: object = getattr(model, "profile", None)
    return cast("Mapping[str, object]", profile) if profile else {}


class Chat:
    """One model, as people are told of it (`label`), with the patience we have with it.

    `first_token` and `idle` are in seconds: the longest silence before the model's first word, and between two of its words. Every
    chunk that comes breaks the silence, also one that holds nothing: some integrations drop a model's thoughts. Keep-alives are no
    chunks. `answer_seconds` and `answer_tokens` are the most that one answer may take, retries and thoughts included; tokens are the
    provider's, or about as many where it does not count them as it goes. A reader's own slowness does not count.

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
        answer_seconds: float = math.inf,
        answer_tokens: float = math.inf,
        retries: int = 2,
    ) -> None:
        self.label = label
        self.caution: Translatable | None = None
        self.window = model_window(model)
        self.takes_images = takes_images(model)
        self._model = model
        self._limits = _Limits(first_token, idle, answer_seconds, answer_tokens)
        self._retries = retries

    async def stream(self, messages: Sequence[ChatMessage]) -> DeltaStream:
        """The model's answer to `messages`, as it is written. Raises ModelError where there is none, or no end to it."""
        prompt = langchain_messages(messages)
        with closing(_Deadline(self.label, self._limits)) as patience:
            async with aclosing(self._tries(prompt, patience)) as deltas:
                async for delta in deltas:
                    yield delta

    async def _tries(self, prompt: list[BaseMessage], patience: _Deadline) -> DeltaStream:
        waits = (_RETRY.pause(failures) for failures in range(1, self._retries + 1))
        while True:
            try:
                async with aclosing(self._attempt(prompt, patience)) as deltas:
                    async for delta in deltas:
                        yield delta
                return
            except Exception as error:  # whatever a provider's client raises: here it becomes one of ours
                failure = read_failure(error, self.label)
                pause = patience.pause(failure, next(waits, None))
                tell(
                    facts.ModelCallFailed(
                        kind=type(failure.error).__name__,
                        evidence=failure.details,
                        model=self.label,
                        retried=pause is not None,
                    )
                )
                if pause is None:
                    # Without its cause, whose text may repeat the prompt or the key.
                    raise failure.error from None
            await asyncio.sleep(pause)

    async def _attempt(self, prompt: list[BaseMessage], patience: _Deadline) -> DeltaStream:
        """One call of the model. Raises what the provider's client raises, ModelStalled and ModelBroke."""
        reader, count = ChunkReader(), 0
        chunks = self._call(prompt)
        try:
            async with metered_call(self.label) as meter, hanging_up(chunks):
                while (chunk := await patience.next(chunks)) is not None:
                    meter.hear(chunk)
                    for delta in reader.read(chunk):
                        yield delta
                    patience.heard(reader)
                    count += 1
                    if count % _BREATH == 0:
                        await asyncio.sleep(0)
        except Exception:  # whatever broke the stream: what was held back until then was written, too
            for delta in reader.flush():
                yield delta
            raise
        for delta in reader.flush():
            yield delta
        if reader.strange:
            tell(facts.ModelEndUnknown(model=self.label, word=reader.strange[:_WORD]))
        yield reader.finish()

    def _call(self, prompt: list[BaseMessage]) -> AsyncGenerator[BaseMessage | str, None]:
        if blocks(self._model):
            return cast("AsyncGenerator[BaseMessage | str, None]", stream_in_thread(self._model, prompt))
        if isinstance(self._model, LightModel):
            return self._model.stream_light(prompt)
        # LangChain annotates an iterator and returns a generator; only the latter can be closed.
        return cast("AsyncGenerator[BaseMessage | str, None]", self._model.astream(prompt))


@dataclass(frozen=True, slots=True)
class _Limits:
    first_token: float
    idle: float
    answer_seconds: float
    answer_tokens: float


class _Deadline:
    """Says how long the model may still be silent, and go on. It wears away while we wait for the model, or to ask it again."""

    def __init__(self, label: str, limits: _Limits) -> None:
        self._label = label
        self._limits = limits
        self._left = limits.first_token  # of silence
        self._rest = limits.answer_seconds  # of the answer
        self._progress = 0
        self._watchdog = Watchdog()

    async def next(self, chunks: AsyncGenerator[BaseMessage | str, None]) -> BaseMessage | str | None:
        """The next chunk, or None after the last one. Raises ModelStalled or ModelEndless when patience is at its end."""
        clock = asyncio.get_running_loop().time
        asked = clock()
        try:
            # Around this one wait only: a deadline that spanned a yield would cancel what the reader does.
            return await self._watchdog.wait(anext(chunks, None), min(self._left, self._rest))
        except TimeoutError:
            if self._watchdog.expired:
                raise self._complaint() from None
            raise
        finally:
            self._spend(clock() - asked)

    def close(self) -> None:
        """No more is waited for."""
        self._watchdog.close()

    def heard(self, reader: ChunkReader) -> None:
        """A chunk has come, and the answer has come as far as `reader` has. Raises ModelEndless where that is too far."""
        self._progress = reader.progress
        self._left = self._limits.idle if self._progress else self._limits.first_token
        if reader.tokens > self._limits.answer_tokens and not reader.ended:
            raise self._endless(f"{self._limits.answer_tokens:g} tokens", "TELEPRINTER_ANSWER_TOKENS")

    def pause(self, failure: Failure, wait: float | None) -> float | None:
        """Seconds until the failed call is worth another try; None where it is not.

        `wait` is our own mind of it, None when tries are used up; the provider's word goes before it. A pause that outlasts our
        patience is none: the person is told now what is wrong. After the first word there is none either, since a second
        answer would not go on where the first broke off.
        """
        if wait is None or not failure.again or self._progress:
            return None
        pause = wait if failure.wait is None else failure.wait
        if pause >= min(self._left, self._rest):
            return None
        self._spend(pause)
        return pause

    def _spend(self, seconds: float) -> None:
        self._left -= seconds
        self._rest -= seconds

    def _complaint(self) -> ModelError:
        limits = self._limits
        if self._rest < self._left:
            return self._endless(f"{limits.answer_seconds:g} s", "TELEPRINTER_ANSWER_SECONDS")
        if self._progress:
            return ModelStalled(
                f"{self._label} fell silent for {limits.idle:g} s: "
                "check its status, or raise TELEPRINTER_IDLE_SECONDS"
            )
        return ModelStalled(
            f"{self._label} said nothing within {limits.first_token:g} s: "
            "check its status, or raise TELEPRINTER_FIRST_TOKEN_SECONDS"
        )

    def _endless(self, limit: str, setting: str) -> ModelEndless:
        return ModelEndless(
            f"{self._label} had not come to an end after {limit}, and was stopped: "
            f"ask for less, or raise {setting}"
        )
