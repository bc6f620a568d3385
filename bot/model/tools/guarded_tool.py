"""A tool as an agent calls it: counted, within its deadline, and asked for where it acts. Whatever goes wrong is told to the model."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from langchain_core.runnables.config import ensure_config
from langchain_core.tools import BaseTool, ToolException
from pydantic import PrivateAttr

from bot.core.conversation.deltas import ToolState
from bot.core.conversation.tool_names import split_name
from bot.model.langchain.callbacks import note_state, unhurried
from bot.model.tools.action_gate import NOBODY_TO_ASK, Action
from bot.model.tools.offered_tool import ToolAnswer, ToolBroken
from bot.observability import facts
from bot.observability.end_words import CANCELLED, was_left
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from uuid import UUID

    from langchain_core.callbacks import AsyncCallbackManagerForToolRun

    from bot.model.tools.action_gate import ActionGate, ToolRun
    from bot.model.tools.offered_tool import OfferedTool

RUN = "teleprinter_run"
"""Names the `ToolRun` among what LangChain hands on as `configurable`."""
TOO_MANY = (
    "No more tools can be used for this answer: answer with what you know now, and say what is missing."
)
MAY_HAVE_HAPPENED = "It may have been done all the same. Do not repeat it; tell the person so."


class GuardedTool(BaseTool):
    """Makes a LangChain tool of an offered one."""

    handle_tool_error: Any = True  # a ToolException is what the model is told
    _offered: OfferedTool = PrivateAttr()
    _gate: ActionGate | None = PrivateAttr()

    @classmethod
    def of(cls, offered: OfferedTool, gate: ActionGate | None) -> GuardedTool:
        """Returns the tool as an agent takes it; without a `gate` nothing acts."""
        schema = cast("dict[str, Any]", offered.schema)
        tool = cls(name=offered.name, description=offered.description or offered.name, args_schema=schema)
        tool._offered, tool._gate = offered, gate
        return tool

    def _run(self, **_arguments: Any) -> Any:
        raise NotImplementedError("agents of ours are asynchronous")

    async def _arun(
        self, *, run_manager: AsyncCallbackManagerForToolRun | None = None, **arguments: Any
    ) -> Any:
        clock, began = asyncio.get_running_loop().time, asyncio.get_running_loop().time()
        outcome = "done"
        try:
            with unhurried():
                answer = await self._use(arguments, run_manager.run_id if run_manager else None)
            outcome = "failed" if answer.failed else "done"
        except ToolBroken as error:
            outcome = error.outcome
            after = f" {MAY_HAVE_HAPPENED}" if self._offered.acts and error.sent else ""
            raise ToolException(f"{error}{after}") from None
        except BaseException as error:
            outcome = CANCELLED if was_left(error) else "failed"
            raise
        finally:
            server, tool = split_name(self.name)
            tell(facts.ToolUsed(server=server, tool=tool, outcome=outcome, seconds=clock() - began))
        if answer.failed:
            raise ToolException(answer.text)
        return _content(answer)

    async def _use(self, arguments: Mapping[str, Any], run_id: UUID | None) -> ToolAnswer:
        run = current_run()
        if run is None:
            return await self._call(arguments)
        if not run.count():
            raise ToolBroken(TOO_MANY, outcome="too many", sent=False)
        async with run.rest.call() as asks:

            async def waits(asked: bool) -> None:
                await asks(asked)
                if run_id is not None:
                    await note_state(run_id, ToolState.ASKED if asked else ToolState.STARTED)

            return await self._call(arguments, run, waits)

    async def _call(
        self,
        arguments: Mapping[str, Any],
        run: ToolRun | None = None,
        waits: Callable[[bool], Awaitable[None]] | None = None,
    ) -> ToolAnswer:
        call = partial(self._offered.call, arguments)
        if not self._offered.acts:
            return await call()
        if self._gate is None or run is None or run.turn is None:
            raise ToolBroken(NOBODY_TO_ASK, outcome="nobody to ask", sent=False)
        number = run.number(self.name, arguments)
        approvers = self._offered.rules.approvers
        return await self._gate.act(Action(run.turn, self.name, arguments, number, approvers), call, waits)


def current_run() -> ToolRun | None:
    """Returns the run that this code belongs to; None outside of one."""
    return cast("ToolRun | None", (ensure_config().get("configurable") or {}).get(RUN))


def _content(answer: ToolAnswer) -> Any:
    if not answer.images:
        return answer.text
    words = [{"type": "text", "text": answer.text}] if answer.text else []
    return [*words, *answer.images]
