"""The embedded model as a chat like any other."""

from __future__ import annotations

import asyncio
import math
from contextlib import aclosing
from typing import TYPE_CHECKING

from bot.errors import LocalModelError, ModelUnreachable
from bot.language.catalogue import ENGLISH
from bot.model.chat_stream import Chat
from bot.model.local.supervisor import SLOTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.history import ChatMessage
    from bot.language.translatable import Translatable
    from bot.model.local.supervisor import LocalServer


class LocalChat:
    """Answers with the model that `server` runs, and starts it again before an answer where it has died.

    It writes `SLOTS` answers at a time; further ones wait, first come, first served. Patience, as `Chat` has it, counts
    from the moment an answer has its slot, since a model that works for others is not silent.
    """

    window = None  # its history has a figure of its own
    takes_images = False

    def __init__(
        self,
        server: LocalServer,
        *,
        label: Translatable,
        first_token: float,
        idle: float,
        answer_seconds: float = math.inf,
        answer_tokens: float = math.inf,
    ) -> None:
        self.label, self.caution = (
            ENGLISH.say(label),
            label,
        )  # a small model is called what it is wherever its words are read
        self._server = server
        self._first_token = first_token
        self._idle = idle
        self._answer_seconds = answer_seconds
        self._answer_tokens = answer_tokens
        self._slots = asyncio.Semaphore(SLOTS)

    async def stream(self, messages: Sequence[ChatMessage]) -> DeltaStream:
        """The model's answer to `messages`; see `bot.model.chat_stream.Chat.stream`."""
        async with self._slots, aclosing(self._answer(messages)) as deltas:
            async for delta in deltas:
                yield delta

    async def _answer(self, messages: Sequence[ChatMessage]) -> DeltaStream:
        await self._server.ensure()
        chat = Chat(
            self._server.chat_model(),
            label=self.label,
            first_token=self._first_token,
            idle=self._idle,
            answer_seconds=self._answer_seconds,
            answer_tokens=self._answer_tokens,
        )
        try:
            async with aclosing(chat.stream(messages)) as deltas:
                async for delta in deltas:
                    yield delta
        except ModelUnreachable as error:
            raise LocalModelError(
                f"{self.label}: its process is gone; ask again to start it anew, and see llama.log in its cache folder"
            ) from error
