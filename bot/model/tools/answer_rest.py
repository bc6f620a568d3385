"""Lets an answer rest while all that it has under way waits for a person: meanwhile it can kill nobody, and nobody waits for it.

    at work ──every call that is under way asks somebody──► resting ──one of them goes on, or another is made──► at work

The model comes again only when all its calls are over, so it is never at work meanwhile.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from bot.core.conversation.answer_key import AnswerKey


class Resting(Protocol):
    """Knows who is at work; see `bot.turns.turn_rest`."""

    async def rest(self, turn: AnswerKey) -> None:
        """The turn waits for a person: it is not at work until it resumes."""
        ...

    async def resume(self, turn: AnswerKey) -> None:
        """Waits until the turn may be at work again."""
        ...


class AnswerRest:
    """The calls of one answer that are under way. Without a gate or a turn nobody needs to know of them."""

    def __init__(self, gate: Resting | None = None, turn: AnswerKey | None = None) -> None:
        self._gate = gate
        self._turn = turn
        self._asks: dict[object, bool] = {}  # by the call: whether it waits for a person
        self._rests = False
        self._settling = asyncio.Lock()

    @asynccontextmanager
    async def call(self) -> AsyncGenerator[Callable[[bool], Awaitable[None]]]:
        """A call is under way while the block runs. Yields what wants to hear when it begins to wait for a person, and when that is over."""
        call = object()

        async def asks(person: bool) -> None:
            self._asks[call] = person
            await self._settle()

        await asks(False)
        try:
            yield asks
        finally:
            del self._asks[call]
            await self._settle()

    async def _settle(self) -> None:
        if self._gate is None or self._turn is None:
            return
        async with self._settling:
            rests = all(self._asks.values())
            # Without any call it is over, or about to go on: then it has resumed already.
            if not self._asks or rests is self._rests:
                return
            await (self._gate.rest(self._turn) if rests else self._gate.resume(self._turn))
            self._rests = rests
