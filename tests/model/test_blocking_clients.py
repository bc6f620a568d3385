"""A model whose client blocks: its chunks arrive, and nobody waits for its thread."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import RunnableLambda

from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.deltas import Finish, Reason, Text
from bot.core.conversation.history import ChatMessage, Role
from bot.errors import ModelStalled, ModelUnreachable
from bot.model.blocking_clients import blocks, stream_in_thread
from bot.model.chat_stream import Chat
from tests.models import ScriptedModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langchain_core.callbacks import CallbackManagerForLLMRun

PROMPT: list[BaseMessage] = [HumanMessage("Hi")]


class BlockingModel(BaseChatModel):
    """Says its words, then waits for `go_on` in its thread, as a client does whose server is silent."""

    words: list[str]
    error: Any = None
    go_on: Any = None
    threads: list[Any] = []  # noqa: RUF012  (pydantic copies it)

    @property
    def _llm_type(self) -> str:
        return "blocking"

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        raise NotImplementedError

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        self.threads.append(threading.current_thread())
        for word in self.words:
            yield ChatGenerationChunk(message=AIMessageChunk(content=word))
        if self.go_on is not None:
            self.go_on.wait()
        if self.error is not None:
            raise self.error
        yield ChatGenerationChunk(
            message=AIMessageChunk(content="", response_metadata={"stopReason": "end_turn"})
        )


def chat_with(model: BaseChatModel, *, idle: float = 20) -> Chat:
    return Chat(model, label="blocking", first_token=idle, idle=idle, retries=0)


async def answer(chat: Chat) -> list[object]:
    async with aclosing(chat.stream([ChatMessage(Role.USER, text_parts("Hi"))])) as deltas:
        return [delta async for delta in deltas]


def test_a_model_with_nothing_but_a_sync_stream_blocks() -> None:
    assert blocks(BlockingModel(words=[]))


def test_a_model_with_an_async_stream_does_not_block() -> None:
    assert not blocks(ScriptedModel(answers=[]))


def test_a_runnable_of_another_kind_is_left_alone() -> None:
    assert not blocks(RunnableLambda(str))


async def test_its_words_arrive_in_order() -> None:
    words = [f"{number} " for number in range(500)]
    deltas = await answer(chat_with(BlockingModel(words=words)))
    assert deltas == [*map(Text, words), Finish(Reason.STOP)]


async def test_its_error_is_raised_after_what_it_said() -> None:
    chunks = stream_in_thread(BlockingModel(words=["a"], error=ConnectionResetError()), PROMPT)
    assert str((await anext(chunks)).text) == "a"
    with pytest.raises(ConnectionResetError):
        await anext(chunks)
    with pytest.raises(ModelUnreachable):
        await answer(chat_with(BlockingModel(words=["a"], error=ConnectionResetError())))


async def test_a_stall_ends_while_the_client_still_waits() -> None:
    model = BlockingModel(words=["a"], go_on=threading.Event())
    with pytest.raises(ModelStalled):
        await answer(chat_with(model, idle=0.05))
    assert model.threads[0].is_alive()
    assert model.threads[0].daemon
    model.go_on.set()


def test_a_loop_ends_at_once_while_the_client_still_waits() -> None:
    model = BlockingModel(words=["a"], go_on=threading.Event())

    async def leave_early() -> None:
        async with aclosing(chat_with(model).stream([ChatMessage(Role.USER, text_parts("Hi"))])) as deltas:
            assert await anext(deltas) == Text("a")

    began = time.monotonic()
    asyncio.run(leave_early())
    assert (
        time.monotonic() - began < 15
    )  # asyncio.run waits for the loop's own threads, for up to five minutes
    assert model.threads[0].is_alive()
    model.go_on.set()
    model.threads[0].join(10)
    assert not model.threads[0].is_alive()
