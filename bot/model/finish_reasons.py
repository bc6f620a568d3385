"""Knows what providers call the end of an answer, and what each word means to a reader. Pure.

The words are those of the enums in the providers' own packages (anthropic 2.14, google-genai 3.6, botocore 1.44, cohere 5.21,
mistralai, groq 0.37, ibm-watsonx-ai, openai 3.54, openrouter 0.11) and, where a package has none, of their API's documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from bot.core.conversation.deltas import Reason

_LENGTH = (
    "length",
    "max_tokens",
    "max_output_tokens",
    "model_length",  # Mistral
    "model_context_window_exceeded",  # Anthropic, Bedrock, Zhipu
    "token_limit",  # watsonx
    "error_limit",  # Cohere
    "continuation",  # Google
)
_FILTERED = (
    "content_filter",
    "content_filtered",  # Bedrock, and the one below
    "guardrail_intervened",
    "error_toxic",  # Cohere
    "sensitive",  # Zhipu
    "safety",  # Google, and all below
    "recitation",
    "blocklist",
    "prohibited_content",
    "spii",
    "image_safety",
    "image_prohibited_content",
    "image_recitation",
    "model_armor",
    "escalation",  # filtered by a rule for it
    "pup_limited_disabled",  # the account is limited for what was asked before
)
_TOOLS = ("tool_calls", "tool_call", "tool_use", "function_call")
_STOP = (
    "stop",
    "completed",  # the Responses API
    "complete",  # Cohere
    "end_turn",  # Anthropic, Bedrock
    "stop_sequence",
    "eos",  # Together
    "eos_token",  # Hugging Face, watsonx
)
REASONS: Mapping[str, Reason] = {
    **dict.fromkeys(_LENGTH, Reason.LENGTH),
    **dict.fromkeys(_FILTERED, Reason.FILTERED),
    **dict.fromkeys(_TOOLS, Reason.TOOLS),
    **dict.fromkeys(_STOP, Reason.STOP),
    "refusal": Reason.REFUSED,  # Anthropic
}
"""A word that is not here still says that the provider ended the answer on purpose, and is read as STOP; the log is told of it,
since what it means nobody here knows."""

_FAILURES = frozenset(
    {
        "failed",  # the Responses API
        "cancelled",
        "user_cancel",  # Cohere
        "timeout",
        "time_limit",  # watsonx
        "abort",  # vLLM, SGLang
        "network_error",  # Zhipu
        "insufficient_system_resource",  # DeepSeek
        "load",  # Ollama, and the one below: it loaded its model, and wrote nothing
        "unload",
        "finish_reason_unspecified",  # Google, and all below
        "other",
        "language",
        "unexpected_tool_call",
        "too_many_tool_calls",
        "missing_thought_signature",
        "no_image",
        "image_other",
    }
)
_FAILURE_PREFIXES = ("error", "malformed_")  # Mistral, Cohere, OpenRouter; Google, Bedrock

_UNFINISHED = frozenset({"null", "none", "not_finished"})
"""Lists what some servers write into a chunk that is not the last: Alibaba's, and watsonx."""

GIVES_REASONS = frozenset(
    {
        "anthropic", "azure", "amazon_bedrock", "cohere", "deepseek", "fireworks", "google_genai", "google_vertexai", "groq",
        "huggingface", "ibm", "litellm", "mistral", "mistralai", "nvidia", "ollama", "openai", "openrouter", "perplexity",
        "together", "upstage", "xai",
    }
)  # fmt: skip
"""Integrations, by LangChain's `ls_provider`, that end every whole answer with a reason, so that one without was cut."""


_FIELDS = frozenset(
    (
        "finish_reason",
        "stop_reason",
        "stopReason",
        "done_reason",
        "status",
        "incomplete_details",
        "prompt_feedback",
    )
)


def finish_word(metadata: Mapping[str, Any]) -> str:
    """The provider's word for the end in a chunk's `response_metadata`, in lower case; "" as long as there is none."""
    if _FIELDS.isdisjoint(metadata):  # as nearly all are
        return ""
    word = metadata.get("finish_reason")  # Chat Completions, Google, Mistral, Groq, Cohere
    word = word or metadata.get("stop_reason")  # Anthropic
    word = word or metadata.get("stopReason")  # Bedrock
    word = word or metadata.get("done_reason")  # Ollama
    word = word or _responses_word(metadata) or _blocked_prompt(metadata)
    word = str(word).rpartition(".")[2].lower() if word else ""  # an enum prints its class first
    return "" if word in _UNFINISHED else word


def is_failure(word: str) -> bool:
    """Tells whether the word stands where a reason would, and means that there is none: the answer broke off."""
    return word in _FAILURES or (word.startswith(_FAILURE_PREFIXES) and word not in REASONS)


def is_whole(word: str) -> bool:
    """Tells whether the model had said all that it wanted when it ended with `word`; "" is no end at all."""
    if not word or is_failure(word):
        return False
    return REASONS.get(word, Reason.STOP) not in (Reason.LENGTH, Reason.FILTERED)


def _responses_word(metadata: Mapping[str, Any]) -> str | None:
    """The Responses API has a status, and for an incomplete answer the reason one level down."""
    status = metadata.get("status")
    if status == "incomplete":
        return str(_mapping(metadata.get("incomplete_details")).get("reason") or "length")
    return status if status in ("completed", "failed", "cancelled") else None


def _blocked_prompt(metadata: Mapping[str, Any]) -> str | None:
    """Google answers a prompt that its filter stopped with no candidate, and why; every reason is the filter's."""
    reason = _mapping(metadata.get("prompt_feedback")).get("block_reason")
    return "content_filter" if reason and "UNSPECIFIED" not in str(reason) else None


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
