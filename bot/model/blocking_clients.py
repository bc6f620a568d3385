"""Models whose client blocks: their calls run in threads that nobody has to wait for.

LangChain runs such a client (Bedrock's is one) in the loop's own threads. When the reader leaves, the thread goes on waiting for
the network, and Python waits for the thread before it ends: Ctrl-C took as long as the client's time-out. A daemon thread is left
behind instead. It ends with the next thing its server sends, or with its client's time-out.
"""

from __future__ import annotations

import asyncio
import threading
from contextvars import copy_context
from typing import TYPE_CHECKING, TypeGuard

from langchain_core.language_models import BaseChatModel

from bot.model.langchain.backlog import Backlog

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine

    from langchain_core.messages import BaseMessage

_AHEAD = 64
"""Chunks that the thread may be ahead of its reader."""


def blocks(model: object) -> TypeGuard[BaseChatModel]:
    """Tells whether the model has no way to stream that does not block a thread."""
    return (
        isinstance(model, BaseChatModel)
        and not _overrides(model, "_astream")
        and _overrides(model, "_stream")
    )


def _overrides(model: BaseChatModel, hook: str) -> bool:
    """Tells whether the integration has its own of one of LangChain's hooks."""
    return getattr(type(model), hook) is not getattr(BaseChatModel, hook)


async def stream_in_thread(
    model: BaseChatModel, prompt: list[BaseMessage]
) -> AsyncGenerator[BaseMessage, None]:
    """The chunks of `model.stream(prompt)`, from a daemon thread. Raises what that raises. Leaving it leaves the thread."""
    call = _Call(model, prompt)
    call.start()
    try:
        while (chunk := await call.chunks.get()) is not None:
            yield chunk
        if call.error is not None:
            raise call.error
    finally:
        call.chunks.close()


class _Call:
    """One call. All but `_run` and what it calls belong to the loop's thread."""

    def __init__(self, model: BaseChatModel, prompt: list[BaseMessage]) -> None:
        self.chunks: Backlog[BaseMessage] = Backlog(_AHEAD)
        self.error: Exception | None = None
        self._model = model
        self._prompt = prompt
        self._loop = asyncio.get_running_loop()

    def start(self) -> None:
        """Begin. The thread has this task's context, in which LangChain keeps what traces a run."""
        context = copy_context()
        threading.Thread(target=context.run, args=(self._run,), name="model-call", daemon=True).start()

    def _run(self) -> None:
        error: Exception | None = None
        try:
            for chunk in self._model.stream(self._prompt):
                if not self._in_loop(self._put(chunk)):
                    return
        except Exception as raised:  # whatever a provider's client raises: the reader raises it
            error = raised
        self._in_loop(self._end(error))

    async def _put(self, chunk: BaseMessage) -> bool:
        await self.chunks.put(chunk)
        return not self.chunks.closed

    async def _end(self, error: Exception | None) -> bool:
        self.error = error
        self.chunks.close()
        return False

    def _in_loop(self, step: Coroutine[None, None, bool]) -> bool:
        """Returns what `step` returns, run in the loop; False where the loop is no more."""
        try:
            return asyncio.run_coroutine_threadsafe(step, self._loop).result()
        except (RuntimeError, asyncio.CancelledError):  # the loop has ended before us
            step.close()
            return False
