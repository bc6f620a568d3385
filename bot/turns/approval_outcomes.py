"""Lets the messages of actions say how far each has come, whichever process dies on the way.

What its message says is on record beside how far an action has come. A turn is over for its thread at once, and for the engine only when
all that was asked in it says what became of it: so whoever takes on the turn of a process that died before says what is still unsaid.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol
from weakref import WeakValueDictionary

from bot.core.delivery.approval import ApprovalState
from bot.delivery.pending_edits import PendingEdits
from bot.errors import SlackError
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.delivery.approval import Approval, ApprovalKey
    from bot.turns.approval_messages import ApprovalMessages
    from bot.turns.owned_tasks import OwnedTasks


class OutcomeRecord(Protocol):
    """Keeps what is on record of actions; see `bot.durable.approval_store`."""

    async def read(self, keys: Collection[ApprovalKey]) -> list[Approval]: ...
    async def showed(self, key: ApprovalKey, state: ApprovalState) -> None: ...


class ApprovalOutcomes:
    """Says what became of the actions of a process. Work that nobody waits for is the `tasks`'."""

    def __init__(self, record: OutcomeRecord, messages: ApprovalMessages, tasks: OwnedTasks) -> None:
        self._record = record
        self._messages = messages
        self._tasks = tasks
        self._showing: WeakValueDictionary[ApprovalKey, asyncio.Lock] = WeakValueDictionary()
        self._pending = PendingEdits()

    async def show(self, key: ApprovalKey, *, pressed: str = "") -> None:
        """Lets the message of an action say how far it has come, where it does not; what is shown last is what is on record last.

        Whoever has `pressed` a button of that message has seen it as it was.
        """
        lock = self._showing.setdefault(key, asyncio.Lock())
        async with lock:
            shown: ApprovalState | None = None
            while (approval := await self._unsaid(key, shown, anyhow=bool(pressed))) is not None:
                try:
                    await self._messages.show_outcome(approval, approval.ts or pressed)
                except SlackError as error:
                    # Whoever presses a button that is left there hears what became of it.
                    tell(facts.ApprovalUnshown(thread=key.thread, kind=type(error).__name__))
                    return
                shown = approval.state
                await self._record.showed(key, shown)

    def owe(self, turn: AnswerKey, approvals: Iterable[Approval]) -> None:
        """Lets those of the turn's actions be shown that are not: beside it, since the next question of the thread waits for no edit."""
        for one in approvals:
            if one.is_unsaid:
                self._pending.add(turn)
                self._tasks.start("approval", self._pay(turn, one.key))

    def owes(self, turn: AnswerKey) -> bool:
        """Tells whether something is still to be said of a turn that is over."""
        return turn in self._pending

    async def settled(self, turn: AnswerKey) -> None:
        """Returns once nothing is left to be said of a turn that is over."""
        await self._pending.settled(turn)

    # ---- inside

    async def _unsaid(
        self, key: ApprovalKey, shown: ApprovalState | None, *, anyhow: bool
    ) -> Approval | None:
        """Returns the action where its message is to be edited, which we let say `shown` before; None where it needs no edit."""
        found = await self._record.read([key])
        if not found or found[0].state in (shown, ApprovalState.OPEN):
            return None
        # An edit of ours may have come after that of somebody who was further.
        return found[0] if anyhow or shown or found[0].is_unsaid else None

    async def _pay(self, turn: AnswerKey, key: ApprovalKey) -> None:
        try:
            await self.show(key)
        finally:
            self._pending.settle(turn)
