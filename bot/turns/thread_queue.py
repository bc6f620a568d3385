"""Decides whose turn it is in a thread. Turns of this process wake each other; those of other replicas are seen on record."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from bot.core.conversation import notices as notes
from bot.core.conversation.turn_order import TurnStage, TurnStanding, move

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.incoming import ThreadKey
    from bot.durable.turn_store import Entry
    from bot.language.translatable import Translatable

WAITS_LONG = 5.0  # seconds after which who waits is told so


class WaitNotifier(Protocol):
    """Shows a line under a turn's thread; see `bot.turns.turn_context`."""

    async def status(self, turn: AnswerKey, text: Translatable) -> None: ...


class ThreadQueue:
    """Lets the turns of a thread speak one after the other. The record decides; this says when it is worth asking."""

    def __init__(self, notifier: WaitNotifier) -> None:
        self._notifier = notifier
        self._worth_asking: dict[AnswerKey, asyncio.Event] = {}
        self._asking = asyncio.Lock()

    @property
    def threads(self) -> frozenset[ThreadKey]:
        """The threads that a turn of this process waits for."""
        return frozenset(turn.thread for turn in self._worth_asking)

    @property
    def waiting(self) -> int:
        """Returns how many turns of this process wait."""
        return len(self._worth_asking)

    async def claim(self, turn: AnswerKey, attempt: Callable[[], Awaitable[Entry]]) -> Entry:
        """Waits until an `attempt` says that the turn no longer waits; returns what it said."""
        # Before the attempt, which may miss what comes after it.
        again = self._worth_asking[turn] = asyncio.Event()
        try:
            entry = await attempt()
            return await self._wait(turn, again, attempt) if entry.waits else entry
        finally:
            del self._worth_asking[turn]

    def leave(self, thread: ThreadKey) -> None:
        """A turn of this process in the thread is over: wakes the one whose question came next."""
        waiting = [turn for turn in self._worth_asking if turn.thread == thread]
        # Only one: many who wait must not keep the database from those who work.
        for turn in sorted(waiting, key=lambda turn: turn.name)[:1]:
            self._worth_asking[turn].set()

    def look(self, threads: Mapping[ThreadKey, Sequence[TurnStanding]]) -> None:
        """Wakes those who may go on, given the turns on record of each of their threads that are not over."""
        for turn, again in self._worth_asking.items():
            others = [one for one in threads.get(turn.thread, ()) if one.ts != turn.name]
            step = move(TurnStanding(turn.name, turn.user, TurnStage.WAITING), others)
            if turn.thread in threads and (step.begins or step.supersedes):
                again.set()

    # ---- inside

    async def _wait(
        self, turn: AnswerKey, again: asyncio.Event, attempt: Callable[[], Awaitable[Entry]]
    ) -> Entry:
        async with asyncio.TaskGroup() as tasks:
            telling = tasks.create_task(self._tell(turn))
            entry = await self._ask(again, attempt)
            while entry.waits:
                entry = await self._ask(again, attempt)
            telling.cancel()
        return entry

    async def _ask(self, again: asyncio.Event, attempt: Callable[[], Awaitable[Entry]]) -> Entry:
        await again.wait()
        again.clear()
        # One after the other: a look may wake many at once.
        async with self._asking:
            return await attempt()

    async def _tell(self, turn: AnswerKey) -> None:
        await asyncio.sleep(WAITS_LONG)
        await self._notifier.status(turn, notes.NEXT)
