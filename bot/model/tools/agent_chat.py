"""A model with tools: LangChain's agent, as one stream of deltas.

the question ──► the model ──► an answer
                  ▲    │
                  │    └── calls of tools ──► each counted, within its deadline, asked for where it acts
                  └─────────── results ◄──────────┘
"""

from __future__ import annotations

import math
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from langchain.agents import create_agent  # pyright: ignore[reportUnknownVariableType]
from langchain_core.messages import SystemMessage

from bot.core.conversation.deltas import Reasoning, Text, ToolUse, Usage
from bot.errors import ModelEndless
from bot.model.chat_stream import model_window, takes_images
from bot.model.langchain.callbacks import stream_runnable
from bot.model.message_content import langchain_messages
from bot.model.tools.action_gate import TOOLS, ToolRun
from bot.model.tools.agent_model import AgentModel
from bot.model.tools.answer_rest import AnswerRest
from bot.model.tools.guarded_tool import RUN, GuardedTool
from bot.observability.current_turn import TURN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable, RunnableConfig

    from bot.core.conversation.deltas import Delta, DeltaStream
    from bot.core.conversation.history import ChatMessage
    from bot.language.translatable import Translatable
    from bot.model.tools.action_gate import ActionGate
    from bot.model.tools.offered_tool import OfferedTool, ToolSource

AT_ONCE = 4
"""Calls of one answer that are made at the same time."""
LAST_WORDS = 2
"""Calls of the model after the last tool that it may use: one to hear so, and one to answer."""
_BYTES_A_TOKEN = 4
NO_TOOLS: tuple[OfferedTool, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentLimits:
    """Says how far an answer may go: `idle` and `seconds` are of the models, the time of tools and of people apart."""

    idle: float
    seconds: float = math.inf
    tokens: float = math.inf
    tool_calls: int = 20


class AgentChat:
    """A model that uses tools; see `bot.model.answering.Answering`. `gate` is asked before one acts: without it none does."""

    def __init__(
        self,
        model: BaseChatModel,
        tools: ToolSource,
        limits: AgentLimits,
        *,
        label: str,
        gate: ActionGate | None = None,
    ) -> None:
        self.label = label
        self.caution: Translatable | None = None
        self.window = model_window(model)
        self.takes_images = takes_images(model)
        self._model = AgentModel.of(model, label=label, longest=limits.idle)
        self._tools = tools
        self._limits = limits
        self._gate = gate
        self._offers: tuple[OfferedTool, ...] | None = None
        self._agent: Runnable[Any, Any] | None = None

    async def stream(self, messages: Sequence[ChatMessage]) -> DeltaStream:
        """The answer to `messages`, tools used on the way. Raises ModelError where there is none, or no end to it."""
        turn = TURN.get()
        run = ToolRun(turn, self._limits.tool_calls, AnswerRest(self._gate, turn))
        prompt = langchain_messages(messages)
        if run.turn is not None and self._gate is not None:
            prompt = _told_first(prompt, await self._gate.before(run.turn))
        async with aclosing(self._run(prompt, run)) as deltas:
            async for delta in deltas:
                yield delta

    async def _run(self, prompt: list[BaseMessage], run: ToolRun) -> DeltaStream:
        limits, spent = self._limits, _Spending(self.label, self._limits.tokens)
        # Two steps of the graph for a call of the model and its tools.
        steps = 2 * (limits.tool_calls + LAST_WORDS) + 1
        config: RunnableConfig = {
            "configurable": {RUN: run},
            "recursion_limit": steps,
            "max_concurrency": AT_ONCE,
        }
        followed = stream_runnable(
            self._open_agent(),
            {"messages": prompt},
            config=config,
            idle=limits.idle,
            seconds=None if math.isinf(limits.seconds) else limits.seconds,
            label=self.label,
        )
        async with aclosing(followed) as deltas:
            async for delta in deltas:
                spent.count(delta)
                yield delta

    def _open_agent(self) -> Runnable[Any, Any]:
        """The agent with the tools that there are now; made anew where those have changed."""
        offers = self._tools.offers if TOOLS.get() else NO_TOOLS
        if self._agent is None or offers is not self._offers:
            tools = [GuardedTool.of(one, self._gate) for one in offers]
            self._offers = offers
            # Its types leave open what a graph without a context is given.
            self._agent = cast("Runnable[Any, Any]", create_agent(self._model, tools))
        return self._agent


class _Spending:
    """Counts the tokens that an answer takes, by the provider's word or ours. Raises ModelEndless where they are too many."""

    def __init__(self, label: str, most: float) -> None:
        self._label = label
        self._most = most
        self._written = 0.0
        self._counted = 0

    def count(self, delta: Delta) -> None:
        match delta:
            case Text(words) | Reasoning(words) | ToolUse(arguments=words):
                self._written += max(1.0, len(words) / _BYTES_A_TOKEN)
            case Usage(output_tokens=tokens):
                self._counted = tokens
            case _:
                return
        if max(self._written, self._counted) > self._most:
            raise ModelEndless(
                f"{self._label} had not come to an end after {self._most:g} tokens, and was stopped: "
                "ask for less, or raise TELEPRINTER_ANSWER_TOKENS"
            )


def _told_first(prompt: list[BaseMessage], words: str) -> list[BaseMessage]:
    """The prompt with these words at the end of what the model is told first: some providers take no system message elsewhere."""
    if not words:
        return prompt
    told = prompt[0] if prompt and isinstance(prompt[0], SystemMessage) else SystemMessage("")
    rest = prompt[1:] if told in prompt[:1] else prompt
    return [SystemMessage(f"{told.text}\n\n{words}".strip()), *rest]
