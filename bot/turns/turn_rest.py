"""Lets turns rest that wait for a person: here and on record they are not at work meanwhile.

A question may be open for a day. A turn that waited so long among those at work would be blamed for each process that dies
meanwhile, and a suspect that waits for its turn to be alone would wait for that person, and everybody behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.core.conversation.answer_key import AnswerKey
    from bot.turns.quarantine_gate import Gate


class WorkRecord(Protocol):
    """Holds what is at work on record; see `bot.durable.turn_store`."""

    async def work(self, turn: AnswerKey, *, at_work: bool) -> None: ...


class TurnRest:
    """The turns of a process that rest; see `bot.model.tools.answer_rest.Resting`. Raises what the record does."""

    def __init__(self, gate: Gate, record: WorkRecord) -> None:
        self._gate = gate
        self._record = record

    async def rest(self, turn: AnswerKey) -> None:
        """The turn waits for a person."""
        await self._record.work(turn, at_work=False)
        # Only then: whoever comes in its place must not be blamed together with it.
        self._gate.rest(turn)

    async def resume(self, turn: AnswerKey) -> None:
        """Waits until the turn may be at work again."""
        await self._gate.resume(turn)
        await self._record.work(turn, at_work=True)
