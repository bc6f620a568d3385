"""Whose turn it is in a thread. Turns of this process wake each other; those of other replicas are looked for on record."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from bot.core.conversation import texts as notes
from bot.core.conversation.turn_order import TurnStage, TurnStanding, move

if TYPE_CHECKING:
    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.incoming import ThreadKey
    from bot.turns.running import RunningRecord

LOOK = 0.25  # seconds between two looks whether another replica has left the thread
WAITS_LONG = 5.0  # seconds after which who waits is told so


class WaitNotifier(Protocol):
    """Shows a line under a thread; see `bot.turns.context`."""

    async def status(self, thread: ThreadKey, text: str) -> None: ...


class ThreadQueue:
    """Lets the turns of a thread speak one after the other."""

    def __init__(self, record: RunningRecord, teller: WaitNotifier) -> None:
        self._record = record
        self._teller = teller
        self._left: dict[
            ThreadKey, asyncio.Event
        ] = {}  # set when a turn of the thread is over, and then replaced
        self._looking = asyncio.Lock()

    def leave(self, thread: ThreadKey) -> None:
        """A turn of this process is over."""
        self._left.pop(thread, asyncio.Event()).set()

    async def take(self, turn: AnswerKey) -> None:
        """Wait until the thread is this turn's. Questions that it supersedes are told by the record."""
        looks = 0
        left = self._left.setdefault(turn.thread, asyncio.Event())
        begins = await self._look(turn)
        while not begins:
            looks += 1
            if looks * LOOK == WAITS_LONG:
                await self._teller.status(turn.thread, notes.NEXT)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await left.wait()
            left = self._left.setdefault(turn.thread, asyncio.Event())
            # One after the other: many who wait must not keep the database from those who work.
            async with self._looking:
                begins = await self._look(turn)

    async def _look(self, turn: AnswerKey) -> bool:
        """Whether the thread is this turn's now."""
        step = move(TurnStanding(turn.name, turn.user, TurnStage.WAITING), await self._record.others(turn))
        if step.supersedes:
            await self._record.supersede(turn, step.supersedes)
        return step.begins and await self._record.think(turn)
