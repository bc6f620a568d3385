"""Defines who is asked before a tool acts, and for whom it is."""

from __future__ import annotations

import json
from collections import Counter
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from bot.model.tools.answer_rest import AnswerRest, Resting

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.core.conversation.answer_key import AnswerKey
    from bot.model.tools.offered_tool import ToolAnswer

TOOLS: ContextVar[bool] = ContextVar("tools", default=True)
"""Tells whether a model may use tools: not while it only puts in short what others have said."""

NOBODY_TO_ASK = (
    "This tool acts, and here nobody can be asked whether it may. It was not used. "
    "Tell the person to mention you in a channel, or to write you a direct message, for that."
)


@dataclass(frozen=True, slots=True)
class Action:
    """A call that acts, before it is made: the `number`th of that kind and with those arguments in the answer. Without
    `approvers` whoever has asked decides."""

    turn: AnswerKey
    tool: str
    arguments: Mapping[str, Any]
    number: int = 1
    approvers: frozenset[str] = frozenset()

    @property
    def canonical(self) -> str:
        """Returns the tool and its arguments as one text, the same whatever their order."""
        return canonical(self.tool, self.arguments)


def canonical(tool: str, arguments: Mapping[str, Any]) -> str:
    """Returns a tool and its arguments as one text, the same whatever their order."""
    return json.dumps([tool, dict(arguments)], sort_keys=True, ensure_ascii=False, default=str)


class ActionGate(Resting, Protocol):
    """Lets a tool act, once and not unasked; see `bot.turns.approvals`."""

    async def act(
        self,
        action: Action,
        do: Callable[[], Awaitable[ToolAnswer]],
        waits: Callable[[bool], Awaitable[None]] | None = None,
    ) -> ToolAnswer:
        """Returns what the action gave. `waits` hears when somebody is asked, and when they have answered. Raises ToolBroken where it
        was not done, and as `do` does."""
        ...

    async def before(self, turn: AnswerKey) -> str:
        """Returns what the model is to know of what was done for the answer before, by a process that died; "" for nothing."""
        ...


@dataclass(slots=True)
class ToolRun:
    """Counts what an answer has used so far, over all its models: `most` calls it may make. `rest` knows those that are under way."""

    turn: AnswerKey | None
    most: int
    rest: AnswerRest = field(default_factory=AnswerRest)
    calls: int = 0
    actions: Counter[str] = field(default_factory=Counter[str])

    def count(self) -> bool:
        """Counts a call. Returns False where it is one too many."""
        self.calls += 1
        return self.calls <= self.most

    def number(self, tool: str, arguments: Mapping[str, Any]) -> int:
        """Returns the how manieth call of that kind with those arguments this is."""
        self.actions[same := canonical(tool, arguments)] += 1
        return self.actions[same]
