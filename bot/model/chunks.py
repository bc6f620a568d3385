"""From a provider's chunks to our deltas: pure, one chunk at a time, whatever shape the provider gives them.

    ChunkReader().read(chunk) -> [Text, Reasoning, ToolUse, Usage ...]     for every chunk, in order
                 .flush()     -> [Text, Reasoning ...]                     after the last chunk, or where the stream broke
                 .finish()    -> Finish                                    once, after a stream that ended

LangChain gives all providers one message class, but not one way to fill it: an answer's text is a string (Chat
Completions) or a list of blocks (Responses API, Anthropic), thoughts stand in blocks or in `additional_kwargs`, and the
reason for stopping goes by five names. `python -m benchmarks.providers` holds what is read here against the integrations
themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from langchain_core.messages import AIMessage, AIMessageChunk

from bot.core.conversation.deltas import Delta, Finish, Reason, Reasoning, Text, ToolUse
from bot.errors import ModelBroke
from bot.model.finish_reasons import REASONS, finish_word, is_failure
from bot.model.think_tags import ThinkSplitter
from bot.model.token_counts import TokenCounter

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

Block: TypeAlias = Mapping[str, Any]

_BYTES_A_TOKEN = 4
"""Of UTF-8, as English has them; other scripts have fewer. Where a provider sends no counts, a token is rather missed than made up."""


class ChunkReader:
    """Reads the chunks of one call of one model.

    `progress` counts the chunks that held text, thoughts, part of a tool call or of a refusal: after the first of them the
    answer has begun. Keep-alives never get here; role chunks, fillers, token counts, and chunks whose thoughts the integration
    dropped, get here and do not count.
    """

    def __init__(self, provider: str = "") -> None:
        self.progress = 0
        self.provider = provider  # as the integration names itself; "" where it does not
        self._written = 0  # tokens, by our own reckoning
        self._texts = False
        self._word = ""
        self._refusal = ""
        self._think = ThinkSplitter()
        self._counter = TokenCounter()
        self._calls: dict[int | str | None, str] = {}

    @property
    def ended(self) -> bool:
        """Tells whether the provider has said why the answer ended; token counts may still come."""
        return bool(self._word)

    @property
    def strange(self) -> str:
        """The provider's word for the end where it is none that we know; "" elsewhere."""
        return "" if self._word in REASONS or is_failure(self._word) else self._word

    @property
    def tokens(self) -> int:
        """About how many tokens the model has written, seen or not: the provider's count, or ours where that is behind."""
        return max(self._written, self._counter.usage.output_tokens)

    def read(self, chunk: BaseMessage | str) -> list[Delta]:
        """Returns what `chunk` adds to the answer, if anything. A string is words of it, and nothing else."""
        if isinstance(chunk, str):
            return self._read_words(chunk)
        deltas: list[Delta] = [Reasoning(words) for words in _thoughts(chunk) if words]
        deltas += self._tell(str(chunk.text))
        deltas += self._tools(chunk)
        refusal = "".join(_refusals(chunk))
        self._refusal += refusal
        self.progress += bool(deltas or refusal or chunk.text)
        self._written += max(1, sum(map(_size, deltas)) // _BYTES_A_TOKEN)
        self._note_end(chunk.response_metadata)
        return deltas + self._count(chunk)

    def flush(self) -> list[Delta]:
        """Returns what was held back, since it might have been part of a tag."""
        return self._see(self._think.flush())

    def finish(self, *, strict: bool = True) -> Finish:
        """Returns why the answer ended. `strict`: without the provider's word for it, raise ModelBroke.

        A connection that closes early looks like a complete answer to every library below us; the missing reason is the only trace.
        """
        if is_failure(self._word) or (strict and not self._word):
            said = f"ended it with “{self._word}”" if self._word else "gave no finish reason"
            raise ModelBroke(f"the answer broke off (the provider {said}): see its status, and ask again")
        reason = REASONS.get(self._word, Reason.STOP)
        if self._refusal:
            return Finish(Reason.REFUSED, note=self._refusal)
        if reason is Reason.STOP and self._calls:
            reason = Reason.TOOLS  # the Responses API, llama.cpp and Ollama say stop for this too
        if reason is Reason.STOP and not self._texts:
            reason = Reason.EMPTY
        return Finish(reason)

    def _read_words(self, words: str) -> list[Delta]:
        deltas = self._tell(words)
        self.progress += bool(words)
        self._written += max(1, sum(map(_size, deltas)) // _BYTES_A_TOKEN)
        return deltas

    def _note_end(self, metadata: Mapping[str, Any]) -> None:
        self.provider = metadata.get("model_provider") or self.provider
        self._word = finish_word(metadata) or self._word

    def _tell(self, text: str) -> list[Delta]:
        return self._see(self._think.feed(text)) if text else []

    def _see(self, deltas: list[Text | Reasoning]) -> list[Delta]:
        self._texts = self._texts or any(
            isinstance(delta, Text) and bool(delta.text.strip()) for delta in deltas
        )
        return [*deltas]

    def _count(self, chunk: BaseMessage) -> list[Delta]:
        """The usage so far, when `chunk` changed it."""
        if not isinstance(chunk, AIMessage) or not chunk.usage_metadata:
            return []
        changed = self._counter.count(chunk.usage_metadata, self.provider)
        return [self._counter.usage] if changed else []

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


def _size(delta: Delta) -> int:
    match delta:
        case Text(words) | Reasoning(words) | ToolUse(arguments=words):
            return len(words.encode(errors="replace"))
        case _:
            return 0


def _thoughts(chunk: BaseMessage) -> Iterator[str]:
    # DeepSeek, vLLM, llama.cpp, Ollama, Groq, xAI, OpenRouter; Perplexity's name for it is the second
    yield from _thought_words(chunk.additional_kwargs.get("reasoning_content"))
    for block in _blocks(chunk):
        if block.get("type") in _THOUGHT_BLOCKS:
            for name in _THOUGHT_FIELDS:
                yield from _thought_words(block.get(name))


_THOUGHT_BLOCKS = ("reasoning", "thinking", "reasoning_content")
_THOUGHT_FIELDS = (
    "reasoning",  # LangChain's own standard ("v1")
    "summary",  # the Responses API
    "thinking",  # Anthropic, Google; Mistral, as a list of blocks
    "reasoning_content",  # Bedrock
)


def _thought_words(value: object) -> Iterator[str]:
    """Thoughts as a string, a block, or a list of either."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in cast("list[object]", value):
            yield from _thought_words(part)
    elif isinstance(value, Mapping):
        yield from _thought_words(cast("Block", value).get("text"))


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
