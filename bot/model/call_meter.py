"""Tells of each call of a model how long it took, what it used and how it ended: nothing of what was said."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from langchain_core.messages import AIMessage

from bot.model.finish_reasons import finish_word
from bot.model.token_counts import TokenCounter
from bot.observability import facts
from bot.observability.end_words import end_word
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from langchain_core.messages import BaseMessage

_LONGEST = 40  # characters of a provider's word


class CallMeter:
    """Hears the chunks of one call. `clock` tells seconds; `provider` is whom it is known to be of before it says so."""

    def __init__(self, label: str, clock: Callable[[], float], *, provider: str = "") -> None:
        self._label = label
        self._clock = clock
        self._began = clock()
        self._first: float | None = None
        self._provider = provider
        self._word = ""
        self._counter = TokenCounter()

    def hear(self, chunk: BaseMessage | str) -> None:
        """Notes what a chunk tells of the call; words tell nothing but that they are there."""
        self.note_chunk()
        if isinstance(chunk, str):
            return
        if metadata := chunk.response_metadata:
            self._provider = metadata.get("model_provider") or self._provider
            self._word = finish_word(metadata) or self._word
        if isinstance(chunk, AIMessage) and chunk.usage_metadata:
            self._counter.count(chunk.usage_metadata, self._provider)

    @property
    def finish(self) -> str:
        """Returns the provider's word for the end, as it was told last; "" as long as there is none."""
        return self._word

    def note_chunk(self) -> None:
        """Notes that a chunk has come."""
        if self._first is None:
            self._first = self._clock() - self._began

    def read(self, error: str) -> facts.ModelCalled:
        """Returns what has been noted until now, at the end of the call. `error` names what has ended it; "": nothing did."""
        return facts.ModelCalled(
            model=self._label,
            provider=self._provider,
            seconds=self._clock() - self._began,
            first_chunk=self._first,
            input_tokens=self._counter.usage.input_tokens,
            output_tokens=self._counter.usage.output_tokens,
            finish=self._word[:_LONGEST],
            error=error,
        )


@asynccontextmanager
async def metered_call(label: str) -> AsyncGenerator[CallMeter]:
    """Tells of the call that is made in the block when that ends, however it does. `label` names the model."""
    meter, error = CallMeter(label, asyncio.get_running_loop().time), ""
    try:
        yield meter
    except BaseException as raised:
        error = end_word(raised)
        raise
    finally:
        tell(meter.read(error))
