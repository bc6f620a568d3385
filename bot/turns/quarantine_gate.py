"""Lets turns work in this process, and keeps apart what may not be at work together: `bot.core.conversation.quarantine` decides."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.core.conversation.quarantine import Isolation, Ward, isolation
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from bot.core.conversation.answer_key import AnswerKey


class Gate:
    """Lets turns work, the suspects among them apart. Whoever reserves, enters or resumes has to `leave`, however that ends."""

    def __init__(self) -> None:
        self._ward = Ward()
        self._let_in: dict[str, asyncio.Event] = {}
        self._deaths: dict[str, int] = {}  # of who was let in, where processes may have died of it

    def reserve(self, turn: AnswerKey) -> bool:
        """Lets the turn work where one that is no suspect may at once; False where somebody has to be alone."""
        name = turn.marker
        self._ward.arrive(name, Isolation.NONE)
        if name in self._ward.let_in():
            return True
        self._ward.leave(name)
        return False

    async def enter(self, turn: AnswerKey, *, deaths: int) -> None:
        """Waits until the turn, of which so many processes may have died, may work."""
        apart = isolation(deaths)
        free = self._arrive(turn, deaths)
        if apart is not Isolation.NONE:
            tell(facts.TurnApart(ts=turn.name, deaths=deaths, waits=not free.is_set()))
        await free.wait()

    def rest(self, turn: AnswerKey) -> None:
        """The turn, which works, waits for a person: meanwhile it is in nobody's way."""
        self._ward.leave(turn.marker)
        self._open()

    async def resume(self, turn: AnswerKey) -> None:
        """Waits until the turn, which rests, may work again."""
        await self._arrive(turn, self._deaths.get(turn.marker, 0)).wait()

    def leave(self, turn: AnswerKey) -> None:
        """The turn works and waits no more; nothing happens where it did neither."""
        self._deaths.pop(turn.marker, None)
        self._let_in.pop(turn.marker, None)
        self.rest(turn)

    def _arrive(self, turn: AnswerKey, deaths: int) -> asyncio.Event:
        name = turn.marker
        self._deaths[name] = deaths
        free = self._let_in[name] = asyncio.Event()
        self._ward.arrive(name, isolation(deaths))
        self._open()
        return free

    def _open(self) -> None:
        for name in self._ward.let_in():
            self._let_in[name].set()
