"""Tokens from inside any LangChain run: a handler that prints them, and one that makes a stream of deltas of them.

    chain.invoke(question, {"callbacks": [TerminalHandler()]})            words appear in the terminal
    async with aclosing(stream_runnable(chain, question)) as deltas: ...  words arrive as deltas, whatever `chain` is

This project began with LangChain's two handlers for this, StreamingStdOutCallbackHandler and AsyncIteratorCallbackHandler.
The second lost the end of an answer when its reader was slower than the model, hung when the model failed before its first word,
passed off half an answer as a whole one, mixed the answers of two people who shared a model, ended an agent's turn at its first
tool call, and let the model write on when nobody read. What is here keeps the ideas and not these traits: a run belongs to the
stream that follows it, a stream ends when the outermost run does, and raises what that raised.

For one chat model and nothing around it use `bot.model.chat_stream.Chat`, which has patience and retries.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from langchain_core.callbacks import AsyncCallbackHandler, BaseCallbackHandler
from langchain_core.runnables.config import merge_configs

from bot.core.conversation.deltas import Reasoning, ToolState, ToolStep
from bot.core.conversation.tool_names import readable_name
from bot.errors import ModelBroke
from bot.model.failures import read_failure
from bot.model.langchain.backlog import Backlog
from bot.model.langchain.deadlines import Waits
from bot.model.langchain.runs import Runs, chunk_message, whole_message
from bot.model.langchain.tool_runs import has_failed, tool_name
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator, Sequence
    from contextlib import AbstractContextManager
    from typing import TextIO
    from uuid import UUID

    from langchain_core.messages import BaseMessage
    from langchain_core.outputs import ChatGenerationChunk, GenerationChunk, LLMResult
    from langchain_core.runnables import Runnable, RunnableConfig

    from bot.core.conversation.deltas import Delta, DeltaStream

T = TypeVar("T")

_FOLLOWED: ContextVar[tuple[DeltaHandler, ...]] = ContextVar("followed", default=())
"""The handlers whose run this code belongs to. Tasks and threads that LangChain starts inherit it."""

_STILL_THERE = Reasoning("")
"""Stands for a chunk that holds nothing, which some integrations make of a thought: the model is not silent. Never told."""

_UNHEARD_TAG = "nostream"  # LangGraph's own word for a call that is not for the reader
_UNHEARD_NODES = (".before_agent", ".before_model", ".after_model", ".after_agent")
"""The ends of the names that `create_agent` gives the nodes of its middleware, whose calls are its own: summaries, checks."""


class _MakesModelsStream:
    """Makes chat models stream inside `invoke` too, for which LangChain looks for these two methods in a handler."""

    def tap_output_aiter(self, run_id: UUID, output: AsyncIterator[T]) -> AsyncIterator[T]:
        del run_id
        return output

    def tap_output_iter(self, run_id: UUID, output: Iterator[T]) -> Iterator[T]:
        del run_id
        return output


class TerminalHandler(_MakesModelsStream, BaseCallbackHandler):
    """Prints a run's words as they arrive to `out`, and what went wrong as one line to `err`.

    For sync and async runs alike. Calls that run side by side print across each other. Not for `astream_events`, whose own
    handler it would stand before.
    """

    # A closed terminal ends the run; LangChain would log the error and let the model write on.
    raise_error = True
    run_inline = True  # in the loop's thread and in order: a hop to a thread for every word doubles its cost

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self._printed: set[UUID] = set()
        self._reported: BaseException | None = None

    def on_llm_new_token(
        self,
        token: Any,
        *,
        chunk: GenerationChunk | ChatGenerationChunk | None = None,
        run_id: UUID,
        **_: Any,
    ) -> None:
        self._print(run_id, str(chunk_message(token, chunk).text))

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **_: Any) -> None:
        if run_id not in self._printed:  # a cache answered, or streaming is off
            self._print(run_id, str(whole_message(response).text))
        if run_id in self._printed:
            self._printed.discard(run_id)
            print(file=self._out, flush=True)

    def on_llm_error(self, error: BaseException, **_: Any) -> None:
        self._report(error)

    def on_chain_error(self, error: BaseException, **_: Any) -> None:
        self._report(error)

    def _print(self, run_id: UUID, text: str) -> None:
        if text:
            self._printed.add(run_id)
            print(text, end="", file=self._out, flush=True)

    def _report(self, error: BaseException) -> None:
        """Once for each error, which passes here again for each chain around the model."""
        if error is self._reported or not isinstance(error, Exception):
            return
        self._reported = error
        print(f"\n{read_failure(error, 'the model').error}", file=self._err, flush=True)


class DeltaHandler(_MakesModelsStream, AsyncCallbackHandler):
    """Makes a stream of deltas of one run: of all the models that are called in it, at any depth, one after another.

        async with aclosing(DeltaHandler().follow(agent, {"messages": [...]})) as deltas: ...

    One handler follows one run. It hears nothing of any other, not even where both share a model that it is attached to.

    `backlog` is how many deltas the models may be ahead of the reader before they are made to wait.
    """

    raise_error = True
    run_inline = True  # in order; LangChain would start a task for each word otherwise

    def __init__(self, *, label: str = "the model", backlog: int = 64) -> None:
        self._label = label
        self._runs = Runs()
        self._backlog: Backlog[Delta] = Backlog(backlog)
        self._turn = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._calls: dict[UUID, ToolStep] = {}  # of tools that are at work
        self._waits = Waits(label, idle=None, rest=None)

    async def follow(
        self,
        runnable: Runnable[Any, Any],
        input: Any,  # noqa: A002  (LangChain's own word for it)
        *,
        config: RunnableConfig | None = None,
        idle: float | None = None,
        seconds: float | None = None,
    ) -> DeltaStream:
        """Run `runnable` and yield what its models say, then one Finish. Leaving this cancels the run.

        Raises ModelError for whatever the run raises, also before any model is called; ModelStalled where nothing was said for
        `idle` seconds, and ModelEndless where the run took more than `seconds`, its reader's own time apart (None: for ever). A run without a model in it, or with none that spoke, yields the text of its output.
        Completion models, which are no chat models, are heard when they end.
        Text that a fallback or a retry took back cannot be taken back here: what comes instead follows it.
        """
        if self._loop is not None:
            raise RuntimeError("this DeltaHandler has followed a run already: make one for each run")
        self._loop = asyncio.get_running_loop()
        task = self._start(runnable.ainvoke(input, merge_configs(config, {"callbacks": [self]})))
        self._waits = Waits(self._label, idle=idle, rest=seconds)
        try:
            while (delta := await self._waits.until(self._backlog.get())) is not None:
                if delta is not _STILL_THERE:
                    yield delta
            for delta in self._last_deltas(task):
                yield delta
        finally:
            self._backlog.close()
            task.cancel()
            # Awaited, so that nothing of the run outlives its stream; what it raises now, nobody is left to hear.
            await asyncio.gather(task, return_exceptions=True)

    def _start(self, run: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        context = copy_context()
        context.run(_FOLLOWED.set, (*_FOLLOWED.get(), self))
        task = asyncio.create_task(run, context=context)
        task.add_done_callback(lambda _: self._backlog.close())
        return task

    def _last_deltas(self, task: asyncio.Task[Any]) -> list[Delta]:
        if task.cancelled():
            raise ModelBroke(f"the run of {self._label} was cancelled from within: see its own log")
        try:
            deltas = self._runs.finish(task.result())
        except Exception as error:  # whatever any step of the run raises: here it becomes one of ours
            failure = read_failure(error, self._label, self._runs.provider)
            tell(facts.RunFailed(kind=type(failure.error).__name__, evidence=failure.details))
            # Without its cause, whose text may repeat the prompt, the answer or the key.
            raise failure.error from None
        if self._runs.strange:
            tell(facts.RunEndUnknown(word=self._runs.strange[:40]))
        return deltas

    async def on_chat_model_start(
        self,
        serialized: dict[str, Any],
        messages: list[list[BaseMessage]],
        *,
        run_id: UUID,
        tags: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        del serialized, messages
        await self._hear_from(run_id, tags, metadata)

    async def on_llm_start(
        self,
        serialized: dict[str, Any],
        prompts: list[str],
        *,
        run_id: UUID,
        tags: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        del serialized, prompts
        await self._hear_from(run_id, tags, metadata)

    async def on_llm_new_token(
        self,
        token: Any,
        *,
        chunk: GenerationChunk | ChatGenerationChunk | None = None,
        run_id: UUID,
        **_: Any,
    ) -> None:
        await self._take(lambda: self._runs.say(run_id, chunk_message(token, chunk)) or [_STILL_THERE])

    async def on_llm_end(self, response: LLMResult, *, run_id: UUID, **_: Any) -> None:
        await self._take(lambda: self._runs.end(run_id, whole_message(response)))

    async def on_llm_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        del error  # the chain around it may mend it; if none does, the run raises it
        await self._take(lambda: self._runs.end(run_id))

    async def on_tool_start(
        self, serialized: dict[str, Any], input_str: str, *, run_id: UUID, **more: Any
    ) -> None:
        del input_str
        name = readable_name(tool_name(serialized, more))
        step = ToolStep(str(more.get("tool_call_id") or run_id), name, ToolState.STARTED)
        self._calls[run_id] = step
        # What is said after it is another thing: readers see the tool between the two.
        await self._take(lambda: [*self._runs.pause(), step])

    async def on_tool_end(self, output: Any, *, run_id: UUID, **_: Any) -> None:
        await self._end_tool(run_id, ToolState.FAILED if has_failed(output) else ToolState.ENDED)

    async def on_tool_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        del error  # the agent tells its model, or the run raises it
        await self._end_tool(run_id, ToolState.FAILED)

    async def _end_tool(self, run_id: UUID, state: ToolState) -> None:
        if (step := self._calls.pop(run_id, None)) is not None:
            await self._take(lambda: [replace(step, state=state)])

    async def note(self, run_id: UUID, state: ToolState) -> None:
        """Tells the reader how far a tool has come, from within it."""
        if (step := self._calls.get(run_id)) is not None:
            await self._take(lambda: [replace(step, state=state)])

    async def hear(self, run_id: UUID, chunk: BaseMessage | str) -> None:
        """Takes what a call has added, as `on_llm_new_token` does."""
        await self._take(lambda: self._runs.say(run_id, chunk) or [_STILL_THERE])

    def held(self) -> AbstractContextManager[None]:
        """Its reader waits as long as it takes while the block runs."""
        return self._waits.held()

    async def _hear_from(self, run_id: UUID, tags: list[str] | None, metadata: dict[str, Any] | None) -> None:
        node = str((metadata or {}).get("langgraph_node", ""))
        if _UNHEARD_TAG in (tags or ()) or node.endswith(_UNHEARD_NODES):
            return
        provider = str((metadata or {}).get("ls_provider", ""))
        await self._take(lambda: self._runs.start(run_id, provider))

    async def _take(self, step: Callable[[], Sequence[Delta]]) -> None:
        """Take one step of our run, in the loop of its reader, and wait while the reader is too far behind.

        A sync step of a chain runs in a thread, and LangChain calls its callbacks in a loop of that thread's own.
        """
        if self not in _FOLLOWED.get() or self._loop is None:
            return
        if self._loop is asyncio.get_running_loop():
            await self._put(step)
        else:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._put(step), self._loop))

    async def _put(self, step: Callable[[], Sequence[Delta]]) -> None:
        async with self._turn:  # calls that run side by side keep the order their steps were decided in
            for delta in step():
                await self._backlog.put(delta)


async def hear_chunk(run_id: UUID, chunk: BaseMessage | str) -> None:
    """Tells whoever follows the run that this code belongs to what a model's call has added; for models that tell no callback."""
    for handler in _FOLLOWED.get():
        await handler.hear(run_id, chunk)


async def note_state(run_id: UUID, state: ToolState) -> None:
    """Tells whoever follows the run that this code belongs to how far the tool has come that is called as `run_id`."""
    for handler in _FOLLOWED.get():
        await handler.note(run_id, state)


@contextmanager
def unhurried() -> Generator[None]:
    """Lets what this code's run does take its time, and nobody lose patience with its models meanwhile: who works here has a deadline
    of their own."""
    with ExitStack() as stack:
        for handler in _FOLLOWED.get():
            stack.enter_context(handler.held())
        yield


def stream_runnable(
    runnable: Runnable[Any, Any],
    input: Any,  # noqa: A002  (LangChain's own word for it)
    *,
    config: RunnableConfig | None = None,
    idle: float | None = None,
    seconds: float | None = None,
    label: str = "the model",
) -> DeltaStream:
    """Returns what the models inside `runnable`, any chain, agent or graph, say: see `DeltaHandler.follow`."""
    return DeltaHandler(label=label).follow(runnable, input, config=config, idle=idle, seconds=seconds)
