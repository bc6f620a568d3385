"""Asks people whether a tool may act, on whichever replica they answer, and lets it act once at most.

    a call that acts ──► on record, asked in its thread ──► approved ──► begun, on record ──► done ──► its end, on record
                                    │                          ▲
                                    └── declined, too late     └── a press, on any replica: heard at the next look

The call waits inside the model's turn, so nothing of the agent is kept anywhere: where the process dies, its turn goes on elsewhere, the
model is asked again, and what it calls is held against the record by a keyed digest of tool and arguments. What is approved there is
done, what was begun is not done again, and anything else is asked for anew. The states are a table in `bot.core.delivery.approval`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bot.core.conversation import notices
from bot.core.delivery.approval import (
    ApprovalKey,
    ApprovalState,
    press_refusal,
    told_before,
    told_model,
)
from bot.core.delivery.controls import ControlKind
from bot.errors import SlackError
from bot.model.tools.offered_tool import ToolBroken
from bot.observability import facts
from bot.observability.hooks import tell
from bot.turns.approval_messages import ApprovalMessages
from bot.turns.approval_outcomes import ApprovalOutcomes
from bot.turns.owned_tasks import OwnedTasks

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Collection

    from bot.core.conversation.answer_key import AnswerKey, AnswerTag
    from bot.core.delivery.approval import Approval
    from bot.core.delivery.press import Press
    from bot.language.translatable import Translatable
    from bot.model.tools.action_gate import Action
    from bot.model.tools.answer_rest import Resting
    from bot.model.tools.offered_tool import ToolAnswer
    from bot.turns.approval_messages import ApprovalSurfaces

NOT_ASKED = "Slack did not take the question whether it may be done, so it was not done."
_DECIDED = {ControlKind.APPROVE: ApprovalState.APPROVED, ControlKind.DECLINE: ApprovalState.DECLINED}


class ApprovalRecord(Protocol):
    """Keeps what is on record of actions; see `bot.durable.approval_store`."""

    async def ask(
        self, key: ApprovalKey, asker: str, approvers: frozenset[str], *, seconds: float
    ) -> Approval: ...
    async def posted(self, key: ApprovalKey, ts: str, *, seconds: float) -> None: ...
    async def showed(self, key: ApprovalKey, state: ApprovalState) -> None: ...
    async def decide(self, key: ApprovalKey, state: ApprovalState, person: str) -> bool: ...
    async def expire(self, key: ApprovalKey) -> bool: ...
    async def withdraw(self, key: ApprovalKey) -> bool: ...
    async def begin(self, key: ApprovalKey) -> bool: ...
    async def end(self, key: ApprovalKey, state: ApprovalState) -> None: ...
    async def interrupt(self, turn: AnswerKey) -> None: ...
    async def close(self, turn: AnswerKey) -> None: ...
    async def of_turn(self, turn: AnswerKey) -> list[Approval]: ...
    async def read(self, keys: Collection[ApprovalKey]) -> list[Approval]: ...


@dataclass(eq=False, slots=True)
class _Question:
    """Waits for an answer in this process, below the message `ts` once it stands there."""

    ts: str
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class Approvals:
    """All that is asked in a process; see `bot.model.tools.action_gate.ActionGate`. Whoever is asked has so many `seconds`, and `secret`
    is the key of the digests. All but the constructor belongs inside the block of `open`."""

    def __init__(self, *, seconds: float, secret: str) -> None:
        self._seconds = seconds
        self._secret = hashlib.sha256(f"approvals:{secret}".encode()).digest()
        self._tasks = OwnedTasks()
        self._waiting: dict[ApprovalKey, _Question] = {}
        self._record: ApprovalRecord
        self._messages: ApprovalMessages
        self._outcomes: ApprovalOutcomes
        self._resting: Resting

    @asynccontextmanager
    async def open(
        self, record: ApprovalRecord, surfaces: ApprovalSurfaces, resting: Resting
    ) -> AsyncGenerator[None]:
        """Actions can be asked for while the block runs; what is being done at its end has a few seconds to come to its own."""
        self._record, self._messages, self._resting = record, ApprovalMessages(surfaces), resting
        self._outcomes = ApprovalOutcomes(record, self._messages, self._tasks)
        async with self._tasks.open():
            yield

    # ---- for tools

    async def act(
        self,
        action: Action,
        do: Callable[[], Awaitable[ToolAnswer]],
        waits: Callable[[bool], Awaitable[None]] | None = None,
    ) -> ToolAnswer:
        """Does `do` once somebody has approved it. `waits` hears when somebody is asked, and when they have answered.

        Raises ToolBroken where it is not done, or not now, and as `do` does. Whoever is cancelled here does not cancel what was begun.
        """
        key = self._key(action)
        approval = await self._record.ask(key, action.turn.user, action.approvers, seconds=self._seconds)
        if approval.state is ApprovalState.OPEN:
            approval = await self._ask(action, approval, waits)
        if approval.state is not ApprovalState.APPROVED or not await self._record.begin(key):
            raise await self._refusal(key)
        done: asyncio.Future[ToolAnswer | ToolBroken] = asyncio.get_running_loop().create_future()
        self._tasks.start("action", self._do(approval, do, done))
        answer = await asyncio.shield(done)
        if isinstance(answer, ToolBroken):
            raise answer
        return answer

    async def before(self, turn: AnswerKey) -> str:
        """Returns what the model is to know of what was done for the answer by a process that died; "" for nothing."""
        if not await self._record.of_turn(turn):
            return ""
        await self._record.interrupt(turn)
        found = await self._record.of_turn(turn)
        for one in found:
            if one.is_unsaid:
                await self._outcomes.show(one.key)
        return told_before(found)

    async def rest(self, turn: AnswerKey) -> None:
        """The turn waits for a person, and for nothing else."""
        await self._resting.rest(turn)

    async def resume(self, turn: AnswerKey) -> None:
        """Waits until the turn may be at work again."""
        await self._resting.resume(turn)

    # ---- for people

    async def decide(self, press: Press, tag: AnswerTag) -> Translatable | None:
        """Takes somebody's yes or no. Returns why it changes nothing; None where it decides."""
        key = _pressed_key(press, tag)
        found = await self._record.read([key]) if key else []
        approval = next((one for one in found if one.key == key and one.ts in ("", press.ts)), None)
        word = press_refusal(approval, press.user, time.time())
        if approval is None or word == notices.NOT_YOUR_DECISION:
            return word
        if not word and not await self._record.decide(approval.key, _DECIDED[_control(press)], press.user):
            word = notices.DECIDED_ALREADY
        if word == notices.TOO_LATE_TO_DECIDE:
            await self._record.expire(approval.key)
        await self.look()
        if not word:
            tell(facts.ApprovalDecided(thread=press.thread, outcome=_DECIDED[_control(press)].value))
        await self._outcomes.show(approval.key, pressed=press.ts)
        return word

    # ---- for turns

    async def close(self, turn: AnswerKey) -> None:
        """The turn is over: what was asked in it and not begun is not done any more, and its messages say so."""
        if not await self._record.of_turn(turn):
            return
        await self._record.close(turn)
        self._outcomes.owe(turn, await self._record.of_turn(turn))

    def is_untidy(self, turn: AnswerKey) -> bool:
        """Tells whether a message of a turn that is over does not say yet what became of its action."""
        return self._outcomes.owes(turn)

    async def tidied(self, turn: AnswerKey) -> None:
        """Returns once all messages of a turn that is over say what became of their actions, or cannot."""
        await self._outcomes.settled(turn)

    async def withdraw(self, turn: AnswerKey, gone: Collection[str]) -> None:
        """Somebody has deleted these messages: what one of them asks for in the turn, nobody can decide any more."""
        for key, question in list(self._waiting.items()):
            ours = (key.thread, key.answer) == (turn.thread, turn.name)
            if ours and question.ts in gone and await self._record.withdraw(key):
                question.answered.set()
                tell(facts.ApprovalDecided(thread=key.thread, outcome=ApprovalState.STOPPED.value))

    async def look(self) -> None:
        """Looks whether what is waited for here has been decided, on whichever replica."""
        for one in await self._record.read(tuple(self._waiting)):
            if one.state is not ApprovalState.OPEN and one.key in self._waiting:
                self._waiting[one.key].answered.set()

    # ---- inside

    def _key(self, action: Action) -> ApprovalKey:
        digest = hmac.new(self._secret, action.canonical.encode(errors="replace"), hashlib.sha256).hexdigest()
        return ApprovalKey(action.turn.thread, action.turn.name, digest[:32], action.number)

    async def _ask(
        self, action: Action, approval: Approval, waits: Callable[[bool], Awaitable[None]] | None
    ) -> Approval:
        """Show the question, where it does not stand there already, and wait for its answer."""
        question = self._waiting[approval.key] = _Question(approval.ts)
        try:
            question.ts = question.ts or await self._show(action, approval)
            if waits is not None:
                await waits(True)
            approval = await self._answer(approval, question.answered)
            if waits is not None:
                await waits(False)
            return approval
        finally:
            del self._waiting[approval.key]

    async def _answer(self, approval: Approval, answered: asyncio.Event) -> Approval:
        while True:
            try:
                async with asyncio.timeout(max(0.0, approval.expires_at - time.time())):
                    await answered.wait()
            except TimeoutError:
                if await self._record.expire(approval.key):
                    await self._outcomes.show(approval.key)
                    tell(
                        facts.ApprovalDecided(thread=approval.key.thread, outcome=ApprovalState.EXPIRED.value)
                    )
            [approval] = await self._record.read([approval.key])
            if approval.state is not ApprovalState.OPEN:
                return approval

    async def _show(self, action: Action, approval: Approval) -> str:
        try:
            ts = await self._messages.ask(action, approval, seconds=self._seconds)
        except SlackError as error:
            tell(facts.ApprovalUnasked(thread=approval.key.thread, kind=type(error).__name__))
            raise ToolBroken(NOT_ASKED, outcome="not asked", sent=False) from error
        # Whoever is asked has that long from now on, however late it could be asked.
        await self._record.posted(approval.key, ts, seconds=self._seconds)
        tell(facts.ApprovalAsked(thread=approval.key.thread))
        return ts

    async def _refusal(self, key: ApprovalKey) -> ToolBroken:
        [approval] = await self._record.read([key])
        return ToolBroken(told_model(approval.state), outcome=approval.state.value, sent=False)

    async def _do(
        self,
        approval: Approval,
        do: Callable[[], Awaitable[ToolAnswer]],
        done: asyncio.Future[ToolAnswer | ToolBroken],
    ) -> None:
        """Owned by the process, not by the turn: what was begun comes to its end, and to its record, whoever stops the answer."""
        answer: ToolAnswer | ToolBroken
        try:
            answer = await do()
            state = ApprovalState.FAILED if answer.failed else ApprovalState.DONE
        except ToolBroken as error:
            answer, state = error, ApprovalState.UNKNOWN if error.sent else ApprovalState.FAILED
        except Exception as error:
            # Whatever a tool raises: nobody knows what it has done.
            answer, state = ToolBroken(type(error).__name__, outcome="failed"), ApprovalState.UNKNOWN
        await self._record.end(approval.key, state)
        if not done.done():
            done.set_result(answer)
        await self._outcomes.show(approval.key)


def _pressed_key(press: Press, tag: AnswerTag) -> ApprovalKey | None:
    """Returns the action that a press is about; None where its value was made up."""
    digest, _, number = press.verdict.partition(".")
    if not (digest and number.isascii() and number.isdecimal() and len(number) < 4):
        return None
    return ApprovalKey(press.thread, tag.name, digest, int(number))


def _control(press: Press) -> ControlKind:
    return ControlKind.APPROVE if press.control is ControlKind.APPROVE else ControlKind.DECLINE
