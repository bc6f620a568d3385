"""What each provider's server sends, as its documentation has it: a wire format gives the bytes of each step of an answer."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from typing import Any, Protocol

PROMPT_TOKENS, ANSWER_TOKENS = 10, 3


class Wire(Protocol):
    """One wire format. Where a step is None, the provider has no such thing; a `call` of a tool is the end of its answer, and None where
    nothing here uses tools by that format."""

    @property
    def content_type(self) -> str: ...
    def begin(self) -> bytes: ...
    def text(self, words: str) -> bytes: ...
    def thought(self, words: str) -> bytes | None: ...
    def end(self, kind: str) -> bytes | None: ...
    def call(self, call_id: str, name: str, arguments: dict[str, Any]) -> bytes | None: ...
    def broken(self) -> bytes | None: ...
    def refusal(self, status: int) -> bytes: ...


def sse(data: Any, event: str = "") -> bytes:
    """One server-sent event."""
    head = f"event: {event}\n" if event else ""
    return f"{head}data: {json.dumps(data)}\n\n".encode()


@dataclass(frozen=True)
class ChatCompletions:
    """OpenAI's, and that of all who imitate it. Fields and words that differ are the provider's own."""

    thoughts: str = "reasoning_content"
    filtered: str = "content_filter"
    refuses: bool = False  # whether it has `delta.refusal`
    usage_in: str = ""  # where the counts stand beside the top level: Groq's "x_groq"
    listed_thoughts: bool = False  # Mistral's content is a list of blocks then
    error_event: bool = False
    content_type: str = "text/event-stream"

    def _chunk(self, delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        head = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        return sse({**head, "choices": [choice], **more})

    def begin(self) -> bytes:
        return self._chunk({"role": "assistant", "content": ""})

    def text(self, words: str) -> bytes:
        return self._chunk({"content": words})

    def thought(self, words: str) -> bytes | None:
        if self.listed_thoughts:
            block = {"type": "thinking", "thinking": [{"type": "text", "text": words}]}
            return self._chunk({"content": [block]})
        return self._chunk({"content": "", self.thoughts: words})

    def end(self, kind: str) -> bytes | None:
        if kind == "refused":
            if not self.refuses:
                return None
            return self._chunk({"refusal": "I cannot."}) + self._last("stop")
        words = {"stop": "stop", "length": "length", "filtered": self.filtered}
        return self._last(words[kind]) if words.get(kind) else None

    def call(self, call_id: str, name: str, arguments: dict[str, Any]) -> bytes | None:
        function = {"name": name, "arguments": json.dumps(arguments)}
        calls = [{"index": 0, "id": call_id, "type": "function", "function": function}]
        return self._chunk({"tool_calls": calls}) + self._last("tool_calls")

    def _last(self, reason: str) -> bytes:
        counts = {
            "prompt_tokens": PROMPT_TOKENS,
            "completion_tokens": ANSWER_TOKENS,
            "total_tokens": PROMPT_TOKENS + ANSWER_TOKENS,
        }
        usage: dict[str, Any] = {self.usage_in: {"id": "r", "usage": counts}} if self.usage_in else {}
        usage = usage or {"usage": counts}
        return self._chunk({}, reason, **usage) + b"data: [DONE]\n\n"

    def broken(self) -> bytes | None:
        error = {"message": "boom", "type": "internal_server_error", "code": 500}
        return sse({"error": error}, "error" if self.error_event else "")

    def refusal(self, status: int) -> bytes:
        return json.dumps({"error": {"message": "no", "type": "x", "code": None}}).encode()


class Responses:
    """OpenAI's newer API, which LangChain takes for models that have no other."""

    content_type = "text/event-stream"

    def _event(self, kind: str, **fields: Any) -> bytes:
        return sse({"type": f"response.{kind}", "sequence_number": 0, **fields})

    def _response(self, status: str, **fields: Any) -> dict[str, Any]:
        head = {"id": "r", "object": "response", "created_at": 0, "model": "m", "output": []}
        return {**head, "status": status, **fields}

    def begin(self) -> bytes:
        return self._event("created", response=self._response("in_progress"))

    def text(self, words: str) -> bytes:
        place = {"item_id": "i", "output_index": 1, "content_index": 0, "logprobs": []}
        return self._event("output_text.delta", delta=words, **place)

    def thought(self, words: str) -> bytes | None:
        place = {"item_id": "t", "output_index": 0, "summary_index": 0}
        return self._event("reasoning_summary_text.delta", delta=words, **place)

    def end(self, kind: str) -> bytes | None:
        if kind == "refused":
            place = {"item_id": "i", "output_index": 1, "content_index": 0}
            return self._event("refusal.done", refusal="I cannot.", **place) + self._last("completed")
        cut = {"length": "max_output_tokens", "filtered": "content_filter"}
        if kind in cut:
            return self._last("incomplete", incomplete_details={"reason": cut[kind]})
        return self._last("completed") if kind == "stop" else None

    def call(self, call_id: str, name: str, arguments: dict[str, Any]) -> bytes | None:
        call = {"type": "function_call", "id": "f", "call_id": call_id, "name": name, "arguments": ""}
        place = {"item_id": "f", "output_index": 2}
        return (
            self._event("output_item.added", item=call, output_index=2)
            + self._event("function_call_arguments.delta", delta=json.dumps(arguments), **place)
            + self._last("completed")
        )

    def _last(self, status: str, **fields: Any) -> bytes:
        counts = {
            "input_tokens": PROMPT_TOKENS,
            "output_tokens": ANSWER_TOKENS,
            "total_tokens": PROMPT_TOKENS + ANSWER_TOKENS,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": 0},
        }
        return self._event(status, response=self._response(status, usage=counts, **fields))

    def broken(self) -> bytes | None:
        return sse({"type": "error", "code": "server_error", "message": "boom", "param": None})

    def refusal(self, status: int) -> bytes:
        return json.dumps({"error": {"message": "no", "type": "x", "code": None}}).encode()


class Anthropic:
    """The Messages API."""

    content_type = "text/event-stream"

    def _event(self, kind: str, **fields: Any) -> bytes:
        return sse({"type": kind, **fields}, kind)

    def begin(self) -> bytes:
        usage = {"input_tokens": PROMPT_TOKENS, "output_tokens": 1}
        message = {"id": "m", "type": "message", "role": "assistant", "content": [], "model": "m"}
        return self._event(
            "message_start", message={**message, "stop_reason": None, "stop_sequence": None, "usage": usage}
        )

    def _block(self, start: dict[str, Any], delta: dict[str, Any], index: int = 0) -> bytes:
        return (
            self._event("content_block_start", index=index, content_block=start)
            + self._event("content_block_delta", index=index, delta=delta)
            + self._event("content_block_stop", index=index)
        )

    def text(self, words: str) -> bytes:
        return self._block({"type": "text", "text": ""}, {"type": "text_delta", "text": words})

    def thought(self, words: str) -> bytes | None:
        start = {"type": "thinking", "thinking": "", "signature": ""}
        return self._block(start, {"type": "thinking_delta", "thinking": words})

    def end(self, kind: str) -> bytes | None:
        words = {"stop": "end_turn", "length": "max_tokens", "refused": "refusal"}
        return self._last(words[kind]) if kind in words else None

    def call(self, call_id: str, name: str, arguments: dict[str, Any]) -> bytes | None:
        start = {"type": "tool_use", "id": call_id, "name": name, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(arguments)}
        return self._block(start, delta, index=1) + self._last("tool_use")

    def _last(self, reason: str) -> bytes:
        delta = {"stop_reason": reason, "stop_sequence": None}
        return self._event(
            "message_delta", delta=delta, usage={"output_tokens": ANSWER_TOKENS}
        ) + self._event("message_stop")

    def broken(self) -> bytes | None:
        return self._event("error", error={"type": "overloaded_error", "message": "Overloaded"})

    def refusal(self, status: int) -> bytes:
        return json.dumps({"type": "error", "error": {"type": "api_error", "message": "no"}}).encode()


class Google:
    """The Gemini API. Its counts are running totals."""

    content_type = "text/event-stream"

    def _chunk(self, parts: list[dict[str, Any]], finish: str = "", answer: int = 1, **more: Any) -> bytes:
        candidate: dict[str, Any] = {"index": 0, "content": {"role": "model", "parts": parts}}
        if finish:
            candidate["finishReason"] = finish
        counts = {
            "promptTokenCount": PROMPT_TOKENS,
            "candidatesTokenCount": answer,
            "totalTokenCount": PROMPT_TOKENS + answer,
        }
        return sse({"candidates": [candidate], "usageMetadata": counts, "modelVersion": "m", **more})

    def begin(self) -> bytes:
        return b""

    def text(self, words: str) -> bytes:
        return self._chunk([{"text": words}])

    def thought(self, words: str) -> bytes | None:
        return self._chunk([{"text": words, "thought": True}])

    def end(self, kind: str) -> bytes | None:
        words = {"stop": "STOP", "length": "MAX_TOKENS", "filtered": "SAFETY"}
        if kind == "blocked":
            return sse(
                {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 1}}
            )
        return self._chunk([], words[kind], ANSWER_TOKENS) if kind in words else None

    def call(self, call_id: str, name: str, arguments: dict[str, Any]) -> bytes | None:
        call = {"id": call_id, "name": name, "args": arguments}
        return self._chunk([{"functionCall": call}], "STOP", ANSWER_TOKENS)

    def broken(self) -> bytes | None:
        return sse({"error": {"code": 503, "message": "The model is overloaded", "status": "UNAVAILABLE"}})

    def refusal(self, status: int) -> bytes:
        return json.dumps({"error": {"code": status, "message": "no", "status": "X"}}).encode()


class Ollama:
    """Lines of JSON."""

    content_type = "application/x-ndjson"

    def _line(self, done: bool = False, **message: Any) -> bytes:
        head = {"model": "m", "created_at": "2026-01-01T00:00:00Z", "done": done}
        words = {"role": "assistant", "content": message.pop("content", "")}
        if "thinking" in message:
            words["thinking"] = message.pop("thinking")
        return json.dumps({**head, "message": words, **message}).encode() + b"\n"

    def begin(self) -> bytes:
        return b""

    def text(self, words: str) -> bytes:
        return self._line(content=words)

    def thought(self, words: str) -> bytes | None:
        return self._line(thinking=words)

    def end(self, kind: str) -> bytes | None:
        if kind not in ("stop", "length"):
            return None
        return self._line(
            done=True, done_reason=kind, prompt_eval_count=PROMPT_TOKENS, eval_count=ANSWER_TOKENS
        )

    def call(self, call_id: str, name: str, arguments: dict[str, Any]) -> bytes | None:
        return None

    def broken(self) -> bytes | None:
        return json.dumps({"error": "an error was encountered while running the model"}).encode() + b"\n"

    def refusal(self, status: int) -> bytes:
        return json.dumps({"error": "no"}).encode()


class Cohere:
    """Version 2 of its chat."""

    content_type = "text/event-stream"

    def begin(self) -> bytes:
        message = {"role": "assistant", "content": [], "tool_calls": [], "citations": []}
        return sse({"type": "message-start", "id": "m", "delta": {"message": message}}, "message-start")

    def text(self, words: str) -> bytes:
        delta = {"message": {"content": {"text": words}}}
        return sse({"type": "content-delta", "index": 0, "delta": delta}, "content-delta")

    def thought(self, words: str) -> bytes | None:
        delta = {"message": {"content": {"thinking": words}}}
        return sse({"type": "content-delta", "index": 0, "delta": delta}, "content-delta")

    def end(self, kind: str) -> bytes | None:
        words = {"stop": "COMPLETE", "length": "MAX_TOKENS"}
        if kind not in words:
            return None
        tokens = {"input_tokens": PROMPT_TOKENS, "output_tokens": ANSWER_TOKENS}
        delta = {"finish_reason": words[kind], "usage": {"tokens": tokens, "billed_units": tokens}}
        return sse({"type": "message-end", "id": "m", "delta": delta}, "message-end")

    def call(self, call_id: str, name: str, arguments: dict[str, Any]) -> bytes | None:
        return None

    def broken(self) -> bytes | None:
        delta = {"finish_reason": "ERROR", "error": "boom"}
        return sse({"type": "message-end", "id": "m", "delta": delta}, "message-end")

    def refusal(self, status: int) -> bytes:
        return json.dumps({"message": "no"}).encode()


class Bedrock:
    """AWS's binary frames, of the operation ConverseStream."""

    content_type = "application/vnd.amazon.eventstream"

    def _frame(self, kind: str, payload: dict[str, Any], message: str = "event") -> bytes:
        named = {":event-type" if message == "event" else ":exception-type": kind}
        fields = {**named, ":content-type": "application/json", ":message-type": message}
        headers = b"".join(
            bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
            for name, value in fields.items()
        )
        body = json.dumps(payload).encode()
        prelude = struct.pack(">II", 16 + len(headers) + len(body), len(headers))
        frame = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + body
        return frame + struct.pack(">I", zlib.crc32(frame))

    def begin(self) -> bytes:
        return self._frame("messageStart", {"role": "assistant"})

    def text(self, words: str) -> bytes:
        return self._frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": words}})

    def thought(self, words: str) -> bytes | None:
        delta = {"reasoningContent": {"text": words}}
        return self._frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": delta})

    def end(self, kind: str) -> bytes | None:
        words = {"stop": "end_turn", "length": "max_tokens", "filtered": "content_filtered"}
        if kind not in words:
            return None
        usage = {
            "inputTokens": PROMPT_TOKENS,
            "outputTokens": ANSWER_TOKENS,
            "totalTokens": PROMPT_TOKENS + ANSWER_TOKENS,
        }
        stop = self._frame("contentBlockStop", {"contentBlockIndex": 0})
        stop += self._frame("messageStop", {"stopReason": words[kind]})
        return stop + self._frame("metadata", {"usage": usage, "metrics": {"latencyMs": 1}})

    def call(self, call_id: str, name: str, arguments: dict[str, Any]) -> bytes | None:
        return None

    def broken(self) -> bytes | None:
        return self._frame("throttlingException", {"message": "slow down"}, "exception")

    def refusal(self, status: int) -> bytes:
        return json.dumps({"message": "no"}).encode()
