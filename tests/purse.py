"""What calls of no answer are tried with: an edit, and a purse that other replicas share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.conversation.incoming import ThreadKey
from bot.core.delivery.slack_calls import UpdateApproval

if TYPE_CHECKING:
    from bot.core.pacing.budget import Budget

TELL = UpdateApproval(ThreadKey("T", "C1", "1.0"), "7.0", "Done", ())
"""Says what became of an action."""


class Purse:
    """Lets calls pass, or not."""

    def __init__(self, *allows: bool) -> None:
        self.allows = list(allows)
        self.asked: list[tuple[str, int]] = []
        self.back = 0

    async def ask(self, budget: Budget, name: str, *, slots: int, urgent: bool) -> bool:
        self.asked.append((name, slots))
        return self.allows.pop(0)

    def answered(self, budget: Budget) -> None:
        self.back += 1
