"""Every provider's words for the end, as its own package has them."""

from __future__ import annotations

import pytest

from bot.core.conversation.deltas import Reason
from bot.model.finish_reasons import REASONS, finish_word, is_failure, is_whole

GOOGLE = [
    "STOP",
    "MAX_TOKENS",
    "SAFETY",
    "RECITATION",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
    "ESCALATION",
    "CONTINUATION",
    "MODEL_ARMOR",
    "PUP_LIMITED_DISABLED",
]
GOOGLE_FAULTS = [
    "FINISH_REASON_UNSPECIFIED",
    "LANGUAGE",
    "OTHER",
    "MALFORMED_FUNCTION_CALL",
    "IMAGE_OTHER",
    "NO_IMAGE",
    "UNEXPECTED_TOOL_CALL",
    "TOO_MANY_TOOL_CALLS",
    "MISSING_THOUGHT_SIGNATURE",
    "MALFORMED_RESPONSE",
]
ANTHROPIC = [
    "end_turn",
    "max_tokens",
    "stop_sequence",
    "tool_use",
    "refusal",
    "model_context_window_exceeded",
]
BEDROCK = ["end_turn", "tool_use", "max_tokens", "stop_sequence", "guardrail_intervened", "content_filtered"]
BEDROCK_FAULTS = ["malformed_model_output", "malformed_tool_use"]
COHERE = ["COMPLETE", "STOP_SEQUENCE", "MAX_TOKENS", "TOOL_CALL"]
COHERE_FAULTS = ["ERROR", "TIMEOUT"]
OTHERS = [
    "stop",
    "length",
    "tool_calls",
    "function_call",
    "content_filter",
    "model_length",
    "eos",
    "eos_token",
    "token_limit",
]
OTHER_FAULTS = [
    "error",
    "cancelled",
    "time_limit",
    "insufficient_system_resource",
    "network_error",
    "abort",
    "load",
    "unload",
]


@pytest.mark.parametrize("word", sorted({*GOOGLE, *ANTHROPIC, *BEDROCK, *COHERE, *OTHERS}))
def test_a_word_of_a_good_end_has_a_reason(word: str) -> None:
    known = finish_word({"finish_reason": word})
    assert known in REASONS
    assert not is_failure(known)


@pytest.mark.parametrize("word", [*GOOGLE_FAULTS, *BEDROCK_FAULTS, *COHERE_FAULTS, *OTHER_FAULTS])
def test_a_word_of_a_fault_is_no_end(word: str) -> None:
    assert is_failure(finish_word({"finish_reason": word}))


@pytest.mark.parametrize("word", ["null", "none", "not_finished", "", None])
def test_a_word_for_not_yet_is_no_word(word: str | None) -> None:
    assert finish_word({"finish_reason": word}) == ""


@pytest.mark.parametrize("word", ["ERROR_LIMIT", "ERROR_TOXIC"])
def test_a_limit_and_a_filter_that_cohere_calls_errors_are_what_they_are(word: str) -> None:
    assert not is_failure(word.lower())


def test_an_enum_that_prints_its_class_first_is_read() -> None:
    assert finish_word({"finish_reason": "FinishReason.STOP"}) == "stop"


def test_a_prompt_that_google_s_filter_stopped_is_filtered() -> None:
    word = finish_word({"prompt_feedback": {"block_reason": "OTHER", "safety_ratings": []}})
    assert REASONS[word] is Reason.FILTERED


@pytest.mark.parametrize(
    ("word", "whole"),
    [
        ("stop", True),
        ("tool_calls", True),
        ("refusal", True),
        ("a new word", True),
        ("length", False),
        ("content_filter", False),
        ("error", False),
        ("", False),
    ],
)
def test_an_answer_is_whole_where_the_model_has_ended_it_of_itself(word: str, *, whole: bool) -> None:
    assert is_whole(word) is whole
