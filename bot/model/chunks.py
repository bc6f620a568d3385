"""From a provider's chunks to our deltas: pure, one chunk at a time, whatever shape the provider gives them.

    ChunkReader().read(chunk) -> [Text, Reasoning, ToolUse, Usage ...]     for every chunk, in order
                 .finish()    -> Finish                                    once, after the last chunk

LangChain gives all providers one message class, but not one way to fill it: an answer's text is a string (Chat
Completions) or a list of blocks (Responses API, Anthropic), thoughts stand in blocks or in `additional_kwargs`, and the
reason for stopping goes by five names. What is read here was checked against the sources of langchain-core 1.7 and
langchain-openai 1.7; the words of other providers are taken from their APIs' documentation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from langchain_core.messages import AIMessage, AIMessageChunk

from bot.core.deltas import Delta, Finish, Reason, Reasoning, Text, ToolUse, Usage
from bot.errors import ModelBroke

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

Block: TypeAlias = Mapping[str, Any]

_REASONS = {
    "length": Reason.LENGTH,
    "max_tokens": Reason.LENGTH,
    "max_output_tokens": Reason.LENGTH,
    "model_length": Reason.LENGTH,  # Mistral
    "model_context_window_exceeded": Reason.LENGTH,  # Anthropic
    "content_filter": Reason.FILTERED,
    "content_filtered": Reason.FILTERED,  # Bedrock
    "guardrail_intervened": Reason.FILTERED,  # Bedrock
    "safety": Reason.FILTERED,  # Google, and the four below
    "recitation": Reason.FILTERED,
    "blocklist": Reason.FILTERED,
    "prohibited_content": Reason.FILTERED,
    "spii": Reason.FILTERED,
    "refusal": Reason.REFUSED,  # Anthropic
    "tool_calls": Reason.TOOLS,
    "tool_call": Reason.TOOLS,
    "tool_use": Reason.TOOLS,
    "function_call": Reason.TOOLS,
}
"""What providers call the end of an answer. Any other word (stop, end_turn, completed, eos_token ...) is STOP: a word we do
not know still says that the provider ended the answer on purpose."""

_FAILURES = frozenset(
    {
        "error",  # OpenRouter
        "failed",  # the Responses API, and the one below
        "cancelled",
        "network_error",  # Zhipu
        "insufficient_system_resource",  # DeepSeek
        "malformed_function_call",  # Google
    }
)
"""Words that stand where a reason would, and mean that there is none: the answer broke off."""


class ChunkReader:
    """Reads the chunks of one call of one model.

    `progress` counts the chunks that held text, thoughts, part of a tool call or of a refusal: what patience is measured
    by. Keep-alives never get here; role chunks, fillers and token counts get here and do not count.
    """

    def __init__(self) -> None:
        self.progress = 0
        self.provider = ""  # as the integration names itself; "" where it does not
        self._texts = False
        self._word = ""
        self._refusal = ""
        self._usage = Usage(0, 0)
        self._calls: dict[int | str | None, str] = {}

    def read(self, chunk: BaseMessage) -> list[Delta]:
        """What `chunk` adds to the answer, if anything."""
        deltas: list[Delta] = [Reasoning(words) for words in _thoughts(chunk) if words]
        if text := str(chunk.text):
            self._texts = self._texts or bool(text.strip())
            deltas.append(Text(text))
        deltas += self._tools(chunk)
        refusal = "".join(_refusals(chunk))
        self._refusal += refusal
        self.progress += bool(deltas or refusal)
        self._note_end(chunk.response_metadata)
        return deltas + self._count(chunk)

    def finish(self, *, strict: bool = True) -> Finish:
        """Why the answer ended. `strict`: without the provider's word for it, raise ModelBroke.

        A connection that closes early looks like a complete answer to every library below us; the missing reason is the only trace.
        """
        if self._word in _FAILURES or (strict and not self._word):
            said = f"ended it with “{self._word}”" if self._word else "gave no finish reason"
            raise ModelBroke(f"the answer broke off (the provider {said}): see its status, and ask again")
        reason = _REASONS.get(self._word, Reason.STOP)
        if self._refusal:
            return Finish(Reason.REFUSED, note=self._refusal)
        if reason is Reason.STOP and self._calls:
            reason = Reason.TOOLS  # the Responses API, llama.cpp and Ollama say stop for this too
        if reason is Reason.STOP and not self._texts:
            reason = Reason.EMPTY
        return Finish(reason)

    def _note_end(self, metadata: Mapping[str, Any]) -> None:
        self.provider = metadata.get("model_provider") or self.provider
        self._word = _finish_word(metadata) or self._word

    def _count(self, chunk: BaseMessage) -> list[Delta]:
        """The usage so far, when `chunk` changed it.

        Some servers send running totals with every chunk, some the input first and the output last: the larger of each
        count is right for both, and a sum for neither.
        """
        if not isinstance(chunk, AIMessage) or not (new := chunk.usage_metadata):
            return []
        # A cached message comes with a cost and no counts, though LangChain's type has them always.
        usage = Usage(
            input_tokens=max(self._usage.input_tokens, new.get("input_tokens", 0)),
            output_tokens=max(self._usage.output_tokens, new.get("output_tokens", 0)),
        )
        if usage == self._usage:
            return []
        self._usage = usage
        return [usage]

    def _tools(self, chunk: BaseMessage) -> Iterator[ToolUse]:
        """Later fragments carry no id, only the place of the call among its siblings."""
        if isinstance(chunk, AIMessageChunk):
            for part in chunk.tool_call_chunks:
                call_id = part["id"] or self._calls.get(part["index"], "")
                self._calls[part["index"]] = call_id
                yield ToolUse(call_id, part["name"] or "", part["args"] or "")
        elif isinstance(chunk, AIMessage):
            for call in chunk.tool_calls:
                call_id = call["id"] or ""
                self._calls[call_id] = call_id
                yield ToolUse(call_id, call["name"], json.dumps(call["args"], ensure_ascii=False))


def _finish_word(metadata: Mapping[str, Any]) -> str:
    """The provider's word for the end, in lower case; "" as long as there is none."""
    word = metadata.get("finish_reason")  # Chat Completions, Google, Mistral, Groq, Cohere
    word = word or metadata.get("stop_reason")  # Anthropic
    word = word or metadata.get("stopReason")  # Bedrock
    word = word or metadata.get("done_reason")  # Ollama
    word = word or _responses_word(metadata)
    return str(word).lower() if word else ""


def _responses_word(metadata: Mapping[str, Any]) -> str | None:
    """The Responses API has a status, and for an incomplete answer the reason one level down."""
    status = metadata.get("status")
    if status == "incomplete":
        details: object = metadata.get("incomplete_details")
        reason = cast("Block", details).get("reason") if isinstance(details, Mapping) else None
        return str(reason or "length")
    return status if status in ("completed", "failed", "cancelled") else None


def _thoughts(chunk: BaseMessage) -> Iterator[str]:
    # DeepSeek, vLLM, llama.cpp, Ollama, Groq, xAI
    extra: object = chunk.additional_kwargs.get("reasoning_content")
    if isinstance(extra, str):
        yield extra
    for block in _blocks(chunk):
        if block.get("type") == "reasoning":
            yield str(block.get("reasoning") or "")  # LangChain's own standard ("v1")
            yield from (str(part.get("text") or "") for part in block.get("summary") or ())  # Responses API
        elif block.get("type") == "thinking":
            yield str(block.get("thinking") or "")  # Anthropic


def _refusals(chunk: BaseMessage) -> Iterator[str]:
    extra: object = chunk.additional_kwargs.get("refusal")
    if isinstance(extra, str):
        yield extra
    for block in _blocks(chunk):
        if block.get("type") == "refusal":
            yield str(block.get("refusal") or "")


def _blocks(chunk: BaseMessage) -> Iterator[Block]:
    """The content blocks; those that LangChain's standard has no name for come wrapped, and are unwrapped here."""
    for block in chunk.content if isinstance(chunk.content, list) else ():
        if isinstance(block, dict):
            yield block["value"] if block.get("type") == "non_standard" else block
