"""Tells of each call of a model, and of each use of a tool, inside somebody's own runnable: how long, how many tokens, how it ended.

Nothing of what was said is looked at. It hears of them by LangChain's callbacks, from whichever thread a step of the run is in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from langchain_core.callbacks import BaseCallbackHandler

from bot.core.conversation.tool_names import split_name
from bot.model.call_meter import CallMeter
from bot.model.langchain.runs import whole_message
from bot.model.langchain.tool_runs import has_failed, tool_name
from bot.observability import facts
from bot.observability.end_words import CANCELLED, end_word, was_left
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from langchain_core.messages import BaseMessage
    from langchain_core.outputs import LLMResult

OWN_TOOLS = "agent"
"""Stands for a tool's server, where it is of an agent and of no server that we have opened."""
_LONGEST = 80  # characters of a name that somebody's code gives


class _Use(NamedTuple):
    """A use of a tool: its server, its name, and since when, in seconds."""

    server: str
    tool: str
    began: float


class RunMeter(BaseCallbackHandler):
    """Hears one run. `label` names a model that does not say its name; `clock` tells seconds, in any thread."""

    run_inline = True  # where it happens and in order: that is how a fact finds its turn

    def __init__(self, label: str, clock: Callable[[], float]) -> None:
        self._label = label
        self._clock = clock
        self._calls: dict[UUID, CallMeter] = {}
        self._uses: dict[UUID, _Use] = {}

    def close(self) -> None:
        """Tells of what was still at work when the run was left: LangChain calls nobody back for all of it."""
        for run_id in tuple(self._calls):
            self._end_call(run_id, CANCELLED)
        for run_id in tuple(self._uses):
            self._end_use(run_id, CANCELLED)

    # ---- models

    def on_chat_model_start(
        self,
        serialized: dict[str, Any],
        messages: list[list[BaseMessage]],
        *,
        run_id: UUID,
        metadata: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        del serialized, messages
        self._begin_call(run_id, metadata or {})

    def on_llm_start(
        self,
        serialized: dict[str, Any],
        prompts: list[str],
        *,
        run_id: UUID,
        metadata: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        del serialized, prompts
        self._begin_call(run_id, metadata or {})

    def on_llm_new_token(self, token: Any, *, run_id: UUID, **_: Any) -> None:
        del token
        if (call := self._calls.get(run_id)) is not None:
            call.note_chunk()

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **_: Any) -> None:
        if (call := self._calls.get(run_id)) is not None:
            call.hear(whole_message(response))
            self._end_call(run_id, "")

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        self._end_call(run_id, end_word(error))

    def _begin_call(self, run_id: UUID, metadata: Mapping[str, Any]) -> None:
        provider, name = (str(metadata.get(key) or "") for key in ("ls_provider", "ls_model_name"))
        label = f"{provider}:{name}" if provider and name else name or self._label
        self._calls[run_id] = CallMeter(label[:_LONGEST], self._clock, provider=provider[:_LONGEST])

    def _end_call(self, run_id: UUID, error: str) -> None:
        if (call := self._calls.pop(run_id, None)) is not None:
            tell(call.read(error))

    # ---- tools

    def on_tool_start(self, serialized: dict[str, Any], input_str: str, *, run_id: UUID, **more: Any) -> None:
        del input_str
        server, tool = split_name(tool_name(serialized, more))
        self._uses[run_id] = _Use(server[:_LONGEST] or OWN_TOOLS, tool[:_LONGEST], self._clock())

    def on_tool_end(self, output: Any, *, run_id: UUID, **_: Any) -> None:
        self._end_use(run_id, "failed" if has_failed(output) else "done")

    def on_tool_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        self._end_use(run_id, CANCELLED if was_left(error) else "failed")

    def _end_use(self, run_id: UUID, outcome: str) -> None:
        if (use := self._uses.pop(run_id, None)) is not None:
            seconds = self._clock() - use.began
            tell(facts.ToolUsed(server=use.server, tool=use.tool, outcome=outcome, seconds=seconds))
