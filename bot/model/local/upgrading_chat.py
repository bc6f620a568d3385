"""Two local models as one chat: a small one that answers at once, and a better one from the moment it is there.

    small   |== ready ==================== its last answer ends =| process gone
    better  |-- fetched, checked, loaded --|== ready =====================...
                                           ^ answers that begin from here on are its

An answer is written to its end by the model that began it. Where the better one cannot be had, the small one stays.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Protocol

from bot.errors import LocalModelError
from bot.language.translatable import Translatable
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from contextlib import AbstractAsyncContextManager

    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.history import ChatMessage
    from bot.model.local.embedded_chat import LocalChat

CAUTION = Translatable("Very small models running on this computer: they show streaming, and are often wrong")


class Growth(Protocol):
    """Hears how the better model fares."""

    def ready(self, label: str) -> None:
        """It answers from now on."""
        ...

    def failed(self, error: LocalModelError) -> None:
        """It cannot be had; the small one goes on."""
        ...


class GrowingChat:
    """Answers with the model that is best by now. `label` is what that one is called; see `bot.model.configured_model.Answering`."""

    caution = CAUTION
    window = None  # its history has a figure of its own
    takes_images = False

    def __init__(self, first: LocalChat) -> None:
        self._chat = first
        self._running: dict[LocalChat, int] = {first: 0}
        self._idle = asyncio.Event()

    @property
    def label(self) -> str:
        """Names the model that answers what is asked now."""
        return self._chat.label

    async def stream(self, messages: Sequence[ChatMessage]) -> DeltaStream:
        """The answer of the model that is best at its beginning; see `bot.model.chat_stream.Chat.stream`."""
        chat = self._chat
        self._running[chat] += 1
        try:
            async with aclosing(chat.stream(messages)) as deltas:
                async for delta in deltas:
                    yield delta
        finally:
            self._running[chat] -= 1
            self._idle.set()

    async def become(self, better: LocalChat) -> None:
        """Answers with `better` from now on. Returns when what the model before it has begun is written."""
        before, self._chat = self._chat, better
        self._running[better] = 0
        while self._running[before]:
            self._idle.clear()
            await self._idle.wait()
        del self._running[before]


@asynccontextmanager
async def grow(
    small: AbstractAsyncContextManager[LocalChat],
    better: AbstractAsyncContextManager[LocalChat],
    growth: Growth,
) -> AsyncGenerator[GrowingChat]:
    """A chat that is ready when `small` is, and goes on with `better` when that is; the small one is left then.

    Raises LocalModelError where the small one cannot be had.
    """
    async with AsyncExitStack() as first:
        growing = GrowingChat(await first.enter_async_context(small))
        async with asyncio.TaskGroup() as tasks:
            fetching = tasks.create_task(_grow(growing, better, growth, first))
            try:
                yield growing
            finally:
                fetching.cancel()


async def _grow(
    growing: GrowingChat,
    better: AbstractAsyncContextManager[LocalChat],
    growth: Growth,
    first: AsyncExitStack,
) -> None:
    try:
        async with better as chat:
            growth.ready(chat.label)
            await growing.become(chat)
            await first.aclose()
            await asyncio.Event().wait()  # for as long as the block around lasts
    except LocalModelError as error:
        tell(facts.BetterModelMissing(problem=str(error)))
        growth.failed(error)
