"""Several calls of models, one answer: what an agent's turn or a chain says, in an order a reader can follow. Pure.

    start ──► speaking ──► ended          the first call to say something has the floor until it ends;
                 ▲                        others wait, and are shown whole after it
    start ──► waiting

Between two calls that show text stands a blank line: "Let me look." and "It is 7 o'clock." are two things said.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk

from bot.core.conversation.deltas import Delta, Finish, Reason, Text, Usage
from bot.model.chunks import ChunkReader
from bot.model.finish_reasons import GIVES_REASONS

if TYPE_CHECKING:
    from uuid import UUID

    from langchain_core.outputs import GenerationChunk, LLMResult

_PAUSE = Text("\n\n")


class Runs:
    """The model calls of one run, told apart by their run id, made into one stream of deltas."""

    def __init__(self) -> None:
        self._readers: dict[UUID, ChunkReader] = {}
        self._waiting: dict[UUID, list[Delta]] = {}
        self._usages: dict[UUID, Usage] = {}
        self._floor: UUID | None = None
        self._last_shown: UUID | None = None
        self._paused = False  # a blank line stands below what was shown last
        self._broken = False  # the text shown last comes from a call that failed
        self._last_ended: ChunkReader | None = None
        self.provider = ""  # of the last call that was started

    def start(self, run_id: UUID, provider: str = "") -> list[Delta]:
        """A model is called, of `provider` as LangChain names it (`ls_provider`). Only calls that were started are heard."""
        self._readers[run_id] = ChunkReader(provider)
        self.provider = provider
        return []

    @property
    def strange(self) -> str:
        """The word for the end of the last call, where nobody here knows it; "" elsewhere."""
        return self._last_ended.strange if self._last_ended else ""

    def say(self, run_id: UUID, chunk: BaseMessage | str) -> list[Delta]:
        """The call added `chunk`, a message or mere words: what of it may be shown now."""
        reader = self._readers.get(run_id)
        return self._add(run_id, reader.read(chunk)) if reader else []

    def _add(self, run_id: UUID, deltas: list[Delta]) -> list[Delta]:
        counts: list[Delta] = [self._total(run_id, delta) for delta in deltas if isinstance(delta, Usage)]
        words: list[Delta] = [delta for delta in deltas if not isinstance(delta, Usage)]
        if self._floor is None and words:
            self._floor = run_id
        if run_id == self._floor:
            return self._show(run_id, words) + counts
        if words:
            self._waiting.setdefault(run_id, []).extend(words)
        return counts

    def end(self, run_id: UUID, message: BaseMessage | None = None) -> list[Delta]:
        """The call is over, well with `message`, or without one: what may be shown now.

        `message` speaks for calls that did not stream: a cache answered, or streaming is off.
        """
        reader = self._readers.get(run_id)
        if reader is None:
            return []
        deltas: list[Delta] = []
        if message is None:
            self._broken = self._broken or run_id == self._last_shown
        else:
            self._last_ended = reader
            deltas = [] if reader.progress else self.say(run_id, message)
        deltas += self._add(run_id, reader.flush())
        del self._readers[run_id]
        return deltas + self._pass_on(run_id)

    def finish(self, output: object) -> list[Delta]:
        """The outermost run returned `output`: the last deltas. Raises ModelBroke where the last call was cut.

        Only of known integrations is it known that they give reasons; for a model of somebody's own, its end is the end.
        """
        last = self._last_ended
        finish = last.finish(strict=last.provider in GIVES_REASONS) if last else Finish(Reason.EMPTY)
        rest = self._rest(output)
        if rest and finish.reason is Reason.TOOLS:
            finish = Finish(Reason.STOP)  # the tool was how the model wrote the output
        if finish.reason is Reason.EMPTY and (rest or self._last_shown):
            finish = Finish(Reason.STOP)
        return [*rest, finish]

    def _rest(self, output: object) -> list[Delta]:
        """The output's own text, where no model's words stand for it."""
        text = text_of(output)
        if not text.strip() or (self._last_shown and not self._broken):
            return []
        return [_PAUSE, Text(text)] if self._last_shown else [Text(text)]

    def _total(self, run_id: UUID, usage: Usage) -> Usage:
        """A call counts its own tokens; the reader is told of all calls together."""
        self._usages[run_id] = usage
        calls = self._usages.values()
        return Usage(sum(call.input_tokens for call in calls), sum(call.output_tokens for call in calls))

    def pause(self) -> list[Delta]:
        """Ends what was said before, where nobody is speaking: with a blank line, once."""
        if self._last_shown is None or self._paused or self._floor == self._last_shown:
            return []
        self._paused = True
        return [_PAUSE]

    def _show(self, run_id: UUID, deltas: list[Delta]) -> list[Delta]:
        shown: list[Delta] = []
        for delta in deltas:
            if isinstance(delta, Text) and run_id != self._last_shown:
                shown += self.pause()
                self._last_shown, self._broken, self._paused = run_id, False, False
            shown.append(delta)
        return shown

    def _pass_on(self, run_id: UUID) -> list[Delta]:
        """The floor goes to whoever has waited longest; of those that have ended by then, all is said at once."""
        if run_id != self._floor:
            return []
        self._floor = None
        shown: list[Delta] = []
        while self._waiting and self._floor is None:
            waiting = next(iter(self._waiting))
            shown += self._show(waiting, self._waiting.pop(waiting))
            self._floor = waiting if waiting in self._readers else None
        return shown


def chunk_message(token: Any, chunk: GenerationChunk | ChatGenerationChunk | None) -> BaseMessage:
    """Returns what LangChain's `on_llm_new_token` tells, as a message: completion models, which are no chat models, give bare
    text."""
    if isinstance(chunk, ChatGenerationChunk):
        return _with_info(chunk)
    text = chunk.text if chunk is not None else token
    return AIMessageChunk(content=text, response_metadata=(chunk and chunk.generation_info) or {})


def _with_info(chunk: ChatGenerationChunk) -> BaseMessage:
    """The chunk's message with what the integration has put beside it: LangChain moves that in only after its callbacks were told."""
    if not chunk.generation_info:
        return chunk.message
    metadata = {**chunk.generation_info, **chunk.message.response_metadata}
    return chunk.message.model_copy(update={"response_metadata": metadata})


def whole_message(response: LLMResult) -> BaseMessage:
    """Returns what LangChain's `on_llm_end` tells, as a message."""
    generation = response.generations[0][0]
    if isinstance(generation, ChatGeneration):
        return generation.message
    return AIMessage(content=generation.text, response_metadata=generation.generation_info or {})


def text_of(output: object) -> str:
    """Returns what a run returned, as a person would read it: a message's text, a graph's last message, and JSON for other
    values."""
    if isinstance(output, BaseMessage):
        return str(output.text)
    if isinstance(output, str):
        return output
    if isinstance(output, Mapping):
        return _text_of_state(cast("Mapping[str, Any]", output))
    return "" if output is None else json.dumps(output, ensure_ascii=False, default=_plain)


def _text_of_state(state: Mapping[str, Any]) -> str:
    if state.get("messages"):
        return text_of(state["messages"][-1])
    for name in ("output", "answer", "result", "text"):
        if isinstance(state.get(name), str):
            return str(state[name])
    return json.dumps(dict(state), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> object:
    """For json: a pydantic model's fields, and the words for everything else."""
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else str(value)
