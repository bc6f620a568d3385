"""A model as an agent calls it: its words go to whoever follows the run, without LangChain's rounds through callbacks.

LangChain tells each chunk to a manager, which tells it to each handler, and keeps it until the end; here the chunk goes to the stream
that follows the run, and what is kept are the messages. To LangChain it looks like a model that answers whole.

A call that failed before its first word, and may go well now, is made again. Not the whole run: what its tools have done is done. It
is no middleware of LangChain's that does so, since each of those takes a hop to a thread and back for every call (langchain 1.4.7).
"""

from __future__ import annotations

import asyncio
import json
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, InvalidToolCall
from langchain_core.messages.ai import add_ai_message_chunks
from langchain_core.messages.utils import message_chunk_to_message
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr

from bot.core.backoff import Backoff
from bot.model.call_meter import metered_call
from bot.model.failures import read_failure
from bot.model.finish_reasons import is_whole
from bot.model.hang_up import hanging_up
from bot.model.langchain.callbacks import hear_chunk
from bot.model.light_model import LightModel
from bot.model.tools.result_form import ResultForm, form_for
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
    from langchain_core.language_models import LangSmithParams, LanguageModelInput
    from langchain_core.messages import AIMessage, BaseMessage, ToolCallChunk
    from langchain_core.runnables import Runnable, RunnableBinding
    from langchain_core.tools import BaseTool

RETRIES = 2
RETRY = Backoff(0.5)


class AgentModel(BaseChatModel):
    """Calls a model for an agent."""

    _model: BaseChatModel = PrivateAttr()
    _label: str = PrivateAttr()
    _longest: float = PrivateAttr()
    _form: ResultForm = PrivateAttr()

    @classmethod
    def of(cls, model: BaseChatModel, *, label: str, longest: float) -> AgentModel:
        """Returns the model, which people know as `label`, as an agent is to call it. No pause between two tries is longer than
        `longest` seconds."""
        made = cls()
        made._model, made._label, made._longest = model, label, longest
        made._form = form_for(model)
        return made

    @property
    def _llm_type(self) -> str:
        return "agent"

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        # By its provider the end of an answer is read.
        return self._model._get_ls_params(stop=stop, **kwargs)  # noqa: SLF001

    def bind_tools(
        self, tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool], **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        bound = self._model.bind_tools(tools, **kwargs)
        options = cast("dict[str, Any]", getattr(bound, "kwargs", {}))
        return cast("RunnableBinding[LanguageModelInput, AIMessage]", self.bind(**options))

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise NotImplementedError("agents of ours are asynchronous")

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        del stop
        prompt = self._form(messages)
        for failures in range(1, RETRIES + 1):
            kept: list[BaseMessage | str] = []
            try:
                return await self._call(prompt, kept, run_manager, kwargs)
            except Exception as error:  # whatever a provider's client raises
                pause = self._pause(error, failures)
                if kept or pause is None:
                    raise
            await asyncio.sleep(pause)
        return await self._call(prompt, [], run_manager, kwargs)

    async def _call(
        self,
        prompt: list[BaseMessage],
        kept: list[BaseMessage | str],
        run_manager: AsyncCallbackManagerForLLMRun | None,
        options: dict[str, Any],
    ) -> ChatResult:
        """One call, whose chunks go into `kept`."""
        chunks = self._stream_unheard(prompt, options)
        async with metered_call(self._label) as meter, hanging_up(chunks):
            async for chunk in chunks:
                meter.hear(chunk)
                if run_manager is not None:
                    await hear_chunk(run_manager.run_id, chunk)
                kept.append(chunk)
        # What each chunk says of the end LangChain adds up, also where a server says it again: the meter knows the last word.
        said = _without_half_calls(_joined(kept), meter.finish)
        return ChatResult(generations=[ChatGeneration(message=said)])

    def _stream_unheard(
        self, prompt: list[BaseMessage], options: dict[str, Any]
    ) -> AsyncGenerator[BaseMessage | str, None]:
        if isinstance(self._model, LightModel):
            return self._model.stream_unheard(prompt, **options)
        # LangChain annotates an iterator and returns a generator; only the latter can be closed. It raises where there is no chunk.
        return cast(
            "AsyncGenerator[BaseMessage | str, None]",
            self._model.astream(prompt, {"callbacks": []}, **options),
        )

    def _pause(self, error: Exception, failures: int) -> float | None:
        """Seconds until the next try; None where there is none: then whoever asked is told now what is wrong."""
        failure = read_failure(error, self._label)
        pause = RETRY.pause(failures) if failure.wait is None else failure.wait
        if not failure.again or pause >= self._longest:
            return None
        tell(facts.AgentTriedAgain(kind=type(failure.error).__name__, model=self._label))
        return pause


def _without_half_calls(whole: AIMessageChunk, word: str) -> BaseMessage:
    """The message of all these chunks, which ended with `word`. Where it was cut off within the arguments of a call, none of its calls
    is to be made.

    LangChain closes half a JSON text and takes it for a whole one (langchain-core 1.7.2): half a path is another path.
    """
    said = message_chunk_to_message(whole)
    if is_whole(word) or all(map(_is_whole_call, whole.tool_call_chunks)):
        return said
    half = [
        InvalidToolCall(
            type="invalid_tool_call", id=one["id"], name=one["name"], args=one["args"], error="cut off"
        )
        for one in whole.tool_call_chunks
    ]
    return said.model_copy(update={"tool_calls": [], "invalid_tool_calls": half})


def _is_whole_call(call: ToolCallChunk) -> bool:
    try:
        json.loads(call["args"] or "", strict=False)
    except ValueError:
        return False
    return True


def _joined(kept: Sequence[BaseMessage | str]) -> AIMessageChunk:
    """Returns what the chunks of a call are together."""
    chunks = list[AIMessageChunk]()
    for is_words, run in groupby(kept, lambda chunk: isinstance(chunk, str)):
        parts: list[Any] = list(run)
        chunks += [AIMessageChunk(content="".join(parts))] if is_words else parts
    return add_ai_message_chunks(chunks[0], *chunks[1:])
