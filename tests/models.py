"""A chat model that says what a test wants, when the test wants it.

    model = ScriptedModel(answers=[["It is", Pause(2), " late.", *finish()]])

Each answer is one call's script: strings are text, everything else is below. It works sync and async, streamed and whole, as
LangChain's own fake models do, and beyond them has pauses, thoughts, tool calls, finish reasons and usage, lets `create_agent` bind
tools, and counts the calls that were cancelled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from langchain_core.language_models import BaseChatModel, LangSmithParams
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
    from langchain_core.language_models import LanguageModelInput
    from langchain_core.messages import BaseMessageChunk
    from langchain_core.runnables import Runnable
    from langchain_core.tools import BaseTool


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence, in seconds of the loop's clock. Sync calls do not wait."""

    seconds: float


HANG = Pause(1e9)
"""The model never says another word."""

Step: TypeAlias = str | Pause | Exception | AIMessageChunk
Script: TypeAlias = Sequence[Step]


def finish(reason: str = "stop", *, usage: tuple[int, int] | None = None) -> list[Step]:
    """The end of an answer as Chat Completions sends it: the reason, and the tokens in and out when asked for."""
    steps: list[Step] = [AIMessageChunk(content="", response_metadata={"finish_reason": reason})]
    if usage is not None:
        steps.append(spent(*usage))
    return steps


def spent(input_tokens: int, output_tokens: int) -> AIMessageChunk:
    """A chunk that only counts tokens."""
    counts = UsageMetadata(
        input_tokens=input_tokens, output_tokens=output_tokens, total_tokens=input_tokens + output_tokens
    )
    return AIMessageChunk(content="", usage_metadata=counts)


def thought(words: str) -> AIMessageChunk:
    """Reasoning, as DeepSeek, vLLM and llama.cpp send it."""
    return AIMessageChunk(content="", additional_kwargs={"reasoning_content": words})


def refusal(words: str) -> AIMessageChunk:
    """A refusal, as OpenAI sends it."""
    return AIMessageChunk(content="", additional_kwargs={"refusal": words})


def tool_part(
    arguments: str, *, name: str | None = None, call_id: str | None = None, index: int = 0
) -> AIMessageChunk:
    """A fragment of a tool call; only the first one has a name and an id."""
    part = tool_call_chunk(name=name, args=arguments, id=call_id, index=index)
    return AIMessageChunk(content="", tool_call_chunks=[part])


class ScriptedModel(BaseChatModel):
    """Plays its answers in order, one a call, and the last one again when they are used up."""

    answers: Sequence[Any]  # of Script; Any, since pydantic would take the steps apart
    cancelled: int = 0  # calls that were ended from outside: task.cancel(), aclose(), a time-out
    prompts: list[list[BaseMessage]] = []  # noqa: RUF012  (pydantic copies it)
    _calls: int = PrivateAttr(default=0)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Itself: the script knows which tools it calls."""
        return self

    def _next_script(self, messages: list[BaseMessage]) -> Script:
        script: Script = self.answers[min(self._calls, len(self.answers) - 1)]
        self._calls += 1
        self.prompts.append(messages)
        return script

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        try:
            for step in self._next_script(messages):
                if isinstance(step, Pause):
                    await asyncio.sleep(step.seconds)
                else:
                    yield _chunk(step)
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled += 1
            raise

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for step in self._next_script(messages):
            if not isinstance(step, Pause):
                yield _chunk(step)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        chunks = [chunk.message for chunk in self._stream(messages)]
        return _whole(chunks)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        chunks = [chunk.message async for chunk in self._astream(messages)]
        return _whole(chunks)


class ProvidedModel(ScriptedModel):
    """A scripted model that LangChain takes for an integration of `provider`'s, and which tells its callbacks of each chunk itself,
    as integrations do. `info` stands beside its last message.
    """

    provider: str
    info: dict[str, Any] = {}  # noqa: RUF012  (pydantic copies it)

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        return LangSmithParams(ls_provider=self.provider, ls_model_type="chat")

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        async for chunk in super()._astream(messages):
            told = ChatGenerationChunk(message=chunk.message, generation_info=self.info)
            if run_manager is not None:
                await run_manager.on_llm_new_token(told.text, chunk=told)
            yield told


def _chunk(step: Step) -> ChatGenerationChunk:
    if isinstance(step, Exception):
        raise step
    message = step.model_copy() if isinstance(step, AIMessageChunk) else AIMessageChunk(content=str(step))
    return ChatGenerationChunk(message=message)


def _whole(chunks: list[BaseMessageChunk]) -> ChatResult:
    whole = AIMessageChunk(content="")
    for chunk in chunks:
        whole += chunk  # type: ignore[assignment]
    message = AIMessage(
        content=whole.content,
        additional_kwargs=whole.additional_kwargs,
        response_metadata=whole.response_metadata,
        tool_calls=whole.tool_calls,
        usage_metadata=whole.usage_metadata,
    )
    return ChatResult(generations=[ChatGeneration(message=message)])
