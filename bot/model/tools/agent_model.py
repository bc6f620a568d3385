"""A light model as an agent calls it: its words go to whoever follows the run without LangChain's rounds through callbacks.

LangChain tells each chunk to a manager, which tells it to each handler, and keeps it until the end; here the chunk goes to the stream
that follows the run, and what is kept are the messages. To LangChain it looks like a model that answers whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from langchain_core.language_models import BaseChatModel, LangSmithParams
from langchain_core.messages.ai import add_ai_message_chunks
from langchain_core.messages.utils import message_chunk_to_message
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr

from bot.model.hang_up import hanging_up
from bot.model.langchain.callbacks import hear_chunk
from bot.model.light_model import LightModel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
    from langchain_core.language_models import LanguageModelInput
    from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
    from langchain_core.runnables import Runnable, RunnableBinding
    from langchain_core.tools import BaseTool


class AgentModel(BaseChatModel):
    """Calls a light model for an agent."""

    _light: LightModel = PrivateAttr()
    _model: BaseChatModel = PrivateAttr()

    @classmethod
    def of(cls, model: BaseChatModel) -> BaseChatModel:
        """Returns the model as an agent is to call it: itself, where it is no light one."""
        if not isinstance(model, LightModel):
            return model
        made = cls()
        made._light, made._model = model, model
        return made

    @property
    def _llm_type(self) -> str:
        return "agent"

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        del stop, kwargs
        # By this name the end of an answer is read; all light models are OpenAI's, or speak its API.
        return LangSmithParams(ls_provider="openai", ls_model_type="chat")

    def bind_tools(
        self, tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool], **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        bound = cast("RunnableBinding[Any, Any]", self._model.bind_tools(tools, **kwargs))
        return cast("Runnable[LanguageModelInput, AIMessage]", self.bind(**bound.kwargs))

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
        kept: list[AIMessageChunk] = []
        chunks = self._light.stream_unheard(messages, **kwargs)
        async with hanging_up(chunks):
            async for chunk in chunks:
                if run_manager is not None:
                    await hear_chunk(run_manager.run_id, chunk)
                kept.append(cast("AIMessageChunk", chunk))
        whole = message_chunk_to_message(add_ai_message_chunks(kept[0], *kept[1:]))
        return ChatResult(generations=[ChatGeneration(message=whole)])
