"""Answers a question about a whole thread that is too long for its model: reads it in steps, and then answers.

    part 1 ──► the model ──► in short ─┐
    part 2 ──► the model ──► in short ─┼─► the model ──► the answer
    the newest messages, and the question ─┘

All of it is one stream: whoever stops the answer stops the step, what each step used counts, and what was not read in time is told.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.conversation import notices
from bot.core.conversation.deltas import Finish, HistoryRead, Text, Usage
from bot.model.tools.action_gate import TOOLS
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.deltas import Delta, DeltaStream
    from bot.core.conversation.history import ChatMessage
    from bot.core.conversation.long_thread import ReadingPlan
    from bot.language.catalogue import Language
    from bot.turns.running import Model

SECONDS = 120.0
"""For all steps together: after them the question is answered from what was read."""


async def answer_in_steps(
    model: Model, plan: ReadingPlan, language: Language, *, seconds: float = SECONDS
) -> DeltaStream:
    """Yields what the model says to the question of the plan. Raises ModelError where it says nothing to a step, or to the question."""
    steps = _Steps(model)
    until = asyncio.get_running_loop().time() + seconds
    for step in plan.steps:
        yield HistoryRead(step.first, step.last, plan.total)
        if not await steps.take(step.messages, until):
            break
        yield steps.used
    unread = plan.unread_after(len(steps.taken))
    tell(facts.ThreadReadInSteps(steps=len(steps.taken), messages=plan.total, left_out=unread))
    async with aclosing(model.stream(plan.history(steps.taken).messages)) as deltas:
        async for delta in deltas:
            # No footnote, which is written before it is known how far the steps have come.
            if isinstance(delta, Finish) and (words := notices.left_out(unread)):
                yield Text(f"\n\n{notices.aside(language.say(words))}")
            yield steps.with_used(delta)


class _Steps:
    """Holds what the steps have come to, and what they have used."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.taken: list[str] = []
        self.used = Usage(0, 0)

    async def take(self, messages: Sequence[ChatMessage], until: float) -> bool:
        """Takes one step. Returns False where there was no time for it."""
        words, used = "", Usage(0, 0)
        token = TOOLS.set(False)
        try:
            async with asyncio.timeout_at(until), aclosing(self.model.stream(messages)) as deltas:
                async for delta in deltas:
                    words += delta.text if isinstance(delta, Text) else ""
                    used = delta if isinstance(delta, Usage) else used
        except TimeoutError:
            return False
        finally:
            TOOLS.reset(token)
            self.used = _sum(self.used, used)
        self.taken.append(words)
        return True

    def with_used(self, delta: Delta) -> Delta:
        """Returns what the model says at last, with what was used before."""
        return _sum(self.used, delta) if isinstance(delta, Usage) else delta


def _sum(before: Usage, used: Usage) -> Usage:
    return replace(
        used,
        input_tokens=before.input_tokens + used.input_tokens,
        output_tokens=before.output_tokens + used.output_tokens,
    )
