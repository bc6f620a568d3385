"""Counts the edits that are still to come for answers that are over, so that whoever ends them can wait for these."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.conversation.answer_key import AnswerKey


class PendingEdits:
    """The edits of one kind in a process, by their answers."""

    def __init__(self) -> None:
        self._counts: Counter[AnswerKey] = Counter()
        self._less = asyncio.Event()

    def __contains__(self, answer: AnswerKey) -> bool:
        """Tells whether one is still to come for the answer."""
        return answer in self._counts

    def add(self, answer: AnswerKey) -> None:
        """One more is to come."""
        self._counts[answer] += 1

    def settle(self, answer: AnswerKey) -> None:
        """One of them is there, or never comes."""
        self._counts[answer] -= 1
        if not self._counts[answer]:
            del self._counts[answer]
        self._less.set()

    async def settled(self, answer: AnswerKey) -> None:
        """Returns once none is to come for the answer."""
        while answer in self._counts:
            self._less.clear()
            await self._less.wait()
