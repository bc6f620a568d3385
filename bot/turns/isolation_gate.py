"""Which turns may be at work together in this process: see `bot.core.conversation.quarantine`, which decides."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol

from bot.core.conversation.quarantine import Isolation, Ward, isolation

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bot.core.conversation.answer_key import AnswerKey

log = logging.getLogger(__name__)


class IsolationRecord(Protocol):
    """On record is who was at work where a process died; see `bot.durable.turn_store`."""

    async def work(self, turn: AnswerKey) -> None: ...


class Gate:
    """Lets turns work, the suspects among them apart."""

    def __init__(self, record: IsolationRecord) -> None:
        self._record = record
        self._ward = Ward()
        self._let_in: dict[str, asyncio.Event] = {}

    @asynccontextmanager
    async def at_work(self, turn: AnswerKey, *, deaths: int) -> AsyncGenerator[None]:
        """Wait until the turn, of which so many processes may have died, may work; it does while the block runs."""
        name, apart = turn.marker, isolation(deaths)
        free = self._let_in[name] = asyncio.Event()
        self._ward.arrive(name, apart)
        self._open()
        try:
            if apart is not Isolation.NONE:
                log.warning(
                    "turn.apart", extra={"ts": turn.name, "deaths": deaths, "waits": not free.is_set()}
                )
            await free.wait()
            await self._record.work(turn)
            yield
        finally:
            self._ward.leave(name)
            del self._let_in[name]
            self._open()

    def _open(self) -> None:
        for name in self._ward.let_in():
            self._let_in[name].set()
