"""Somebody's own LangChain runnable or LangGraph graph, in the place of a model: TELEPRINTER_AGENT=module:object.

It is given the conversation as LangChain's messages: `{"messages": [...]}` where its input has such a field, as those of graphs and
agents do, else the list itself. What its models say is the answer; its tools are shown while they work.
"""

from __future__ import annotations

import asyncio
import math
import sys
from contextlib import aclosing, closing
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from langchain_core.runnables import Runnable

from bot.errors import SettingsError
from bot.model.langchain.callbacks import stream_runnable
from bot.model.langchain.run_meter import RunMeter
from bot.model.message_content import langchain_messages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.history import ChatMessage
    from bot.language.translatable import Translatable

AGENT = "TELEPRINTER_AGENT"


class OwnAgent:
    """A runnable that answers; see `bot.model.answering.Answering`. `idle` and `seconds` are how long it may be silent, and take."""

    def __init__(
        self, runnable: Runnable[Any, Any], *, label: str, idle: float, seconds: float = math.inf
    ) -> None:
        self.label = label
        self.caution: Translatable | None = None
        self.window: int | None = None
        self.takes_images = False  # nobody knows which model it asks
        self._runnable = runnable
        self._idle = idle
        self._seconds = seconds
        self._takes_state = _takes_state(runnable)

    async def stream(self, messages: Sequence[ChatMessage]) -> DeltaStream:
        """Yields what the runnable says to `messages`. Raises ModelError for whatever it raises."""
        prompt = langchain_messages(messages)
        meter = RunMeter(self.label, asyncio.get_running_loop().time)
        followed = stream_runnable(
            self._runnable,
            {"messages": prompt} if self._takes_state else prompt,
            config={"callbacks": [meter]},
            idle=self._idle,
            seconds=None if math.isinf(self._seconds) else self._seconds,
            label=self.label,
        )
        with closing(meter):
            async with aclosing(followed) as deltas:
                async for delta in deltas:
                    yield delta


def load_agent(name: str) -> Runnable[Any, Any]:
    """Returns what `module:object` names, or what it gives where it is a function. Raises SettingsError where that is no runnable."""
    module, colon, path = name.partition(":")
    if not (module and colon and path):
        raise SettingsError(f"{AGENT}={name}: write module:object")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)  # as with `python -m`: the command that starts us looks elsewhere
    try:
        found: object = import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
        if callable(found) and not isinstance(found, Runnable):
            found = found()
    except Exception as error:
        # Whatever somebody's module raises; its words may say anything.
        raise SettingsError(f"{AGENT}={name}: it could not be loaded ({type(error).__name__})") from error
    if not isinstance(found, Runnable):
        raise SettingsError(f"{AGENT}={name}: that is no LangChain runnable, and no LangGraph graph")
    return cast("Runnable[Any, Any]", found)  # type: ignore[redundant-cast]


def _takes_state(runnable: Runnable[Any, Any]) -> bool:
    schema = cast("Mapping[str, Any]", runnable.get_input_jsonschema())
    return "messages" in cast("Mapping[str, Any]", schema.get("properties", {}))
