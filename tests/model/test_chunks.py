"""Whatever shape a provider gives its chunks, the same deltas come out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ChatMessageChunk

from bot.core.conversation.deltas import Delta, Finish, Reason, Reasoning, Text, ToolUse, Usage
from bot.errors import ModelBroke
from bot.model.chunks import ChunkReader
from tests.models import spent, tool_part


def read(*chunks: BaseMessage) -> list[Delta]:
    reader = ChunkReader()
    return [delta for chunk in chunks for delta in reader.read(chunk)]


def ended(*chunks: BaseMessage, **metadata: object) -> Finish:
    reader = ChunkReader()
    for chunk in (*chunks, AIMessageChunk(content="", response_metadata=metadata)):
        reader.read(chunk)
    return reader.finish()


def blocks(*content: dict[str, object]) -> AIMessageChunk:
    return AIMessageChunk(content=list(content))


@pytest.mark.parametrize(
    ("chunk", "deltas"),
    [
        pytest.param(AIMessageChunk(content="Hello"), [Text("Hello")], id="a string"),
        pytest.param(AIMessageChunk(content=""), [], id="a role chunk"),
        pytest.param(ChatMessageChunk(content="Hello", role="bot"), [Text("Hello")], id="a role of its own"),
        pytest.param(
            blocks({"type": "text", "text": "Hello", "index": 0}), [Text("Hello")], id="a text block"
        ),
        pytest.param(
            blocks({"type": "text", "annotations": [], "index": 0}), [], id="a block of annotations"
        ),
        pytest.param(AIMessageChunk(content=["Hel", "lo"]), [Text("Hello")], id="a list of strings"),
        pytest.param(
            AIMessageChunk(content="", additional_kwargs={"reasoning_content": "hm"}),
            [Reasoning("hm")],
            id="DeepSeek's thoughts",
        ),
        pytest.param(
            AIMessageChunk(content="", additional_kwargs={"reasoning_content": {"odd": 1}}), [], id="no words"
        ),
        pytest.param(
            blocks({"type": "thinking", "thinking": "hm"}), [Reasoning("hm")], id="Anthropic's thoughts"
        ),
        pytest.param(blocks({"type": "thinking", "signature": "c2ln"}), [], id="the signature of thoughts"),
        pytest.param(
            blocks({"type": "reasoning", "reasoning": "hm"}), [Reasoning("hm")], id="standard thoughts"
        ),
        pytest.param(
            blocks({"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}),
            [Reasoning("hm")],
            id="a summary of thoughts",
        ),
        pytest.param(
            blocks({"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "So"}),
            [Reasoning("hm"), Text("So")],
            id="thoughts, then text",
        ),
    ],
)
def test_a_chunk_gives_what_it_adds_to_the_answer(chunk: BaseMessage, deltas: list[Delta]) -> None:
    assert read(chunk) == deltas


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"finish_reason": "stop"}, Reason.STOP),
        ({"finish_reason": "STOP"}, Reason.STOP),
        ({"stop_reason": "end_turn"}, Reason.STOP),
        ({"stopReason": "end_turn"}, Reason.STOP),
        ({"done_reason": "stop"}, Reason.STOP),
        ({"status": "completed"}, Reason.STOP),
        ({"finish_reason": "a word of tomorrow"}, Reason.STOP),
        ({"finish_reason": "length"}, Reason.LENGTH),
        ({"stop_reason": "max_tokens"}, Reason.LENGTH),
        ({"finish_reason": "MAX_TOKENS"}, Reason.LENGTH),
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, Reason.LENGTH),
        ({"status": "incomplete"}, Reason.LENGTH),
        ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, Reason.FILTERED),
        ({"finish_reason": "content_filter"}, Reason.FILTERED),
        ({"finish_reason": "SAFETY"}, Reason.FILTERED),
        ({"stop_reason": "refusal"}, Reason.REFUSED),
        ({"prompt_feedback": {"block_reason": "SAFETY"}}, Reason.FILTERED),
        ({"finish_reason": "tool_calls"}, Reason.TOOLS),
        ({"stop_reason": "tool_use"}, Reason.TOOLS),
    ],
    ids=str,
)
def test_a_provider_s_word_for_the_end_becomes_a_reason(metadata: dict[str, object], reason: Reason) -> None:
    assert ended(AIMessageChunk(content="Hello"), **metadata) == Finish(reason)


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"status": "in_progress"},
        {"status": "failed"},
        {"finish_reason": "error"},
        {"finish_reason": "OTHER"},
        {"finish_reason": "LANGUAGE"},
        {"stopReason": "malformed_model_output"},
        {"finish_reason": "time_limit"},
        {"prompt_feedback": {"block_reason": "BLOCKED_REASON_UNSPECIFIED"}},
        {"finish_reason": None},
    ],
    ids=str,
)
def test_an_answer_without_a_reason_for_its_end_is_broken(metadata: dict[str, object]) -> None:
    with pytest.raises(ModelBroke, match="broke off"):
        ended(AIMessageChunk(content="Half an ans"), **metadata)


def test_a_model_that_never_gives_reasons_may_end_without_one() -> None:
    reader = ChunkReader()
    reader.read(AIMessageChunk(content="Hello"))
    assert reader.finish(strict=False) == Finish(Reason.STOP)


def test_a_failure_in_place_of_a_reason_is_never_an_end() -> None:
    reader = ChunkReader()
    reader.read(AIMessageChunk(content="Half", response_metadata={"finish_reason": "error"}))
    with pytest.raises(ModelBroke, match="“error”"):
        reader.finish(strict=False)


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_an_answer_of_nothing_is_empty(text: str) -> None:
    assert ended(AIMessageChunk(content=text), finish_reason="stop") == Finish(Reason.EMPTY)


def test_an_answer_cut_before_its_first_word_is_cut_and_not_empty() -> None:
    assert ended(finish_reason="length") == Finish(Reason.LENGTH)


@pytest.mark.parametrize(
    "parts",
    [
        [AIMessageChunk(content="", additional_kwargs={"refusal": part}) for part in ("I can", "not.")],
        [blocks({"type": "refusal", "refusal": "I cannot."})],
        [blocks({"type": "non_standard", "value": {"type": "refusal", "refusal": "I cannot."}})],
    ],
    ids=["Chat Completions", "Responses API", "standard blocks"],
)
def test_a_refusal_is_the_note_of_the_finish_and_no_text(parts: list[AIMessageChunk]) -> None:
    assert read(*parts) == []
    assert ended(*parts, finish_reason="stop") == Finish(Reason.REFUSED, note="I cannot.")


def test_fragments_of_tool_calls_keep_the_id_of_their_call() -> None:
    parts = [
        tool_part("", name="clock", call_id="a", index=0),
        tool_part("", name="weather", call_id="b", index=1),
        tool_part('{"city":', index=1),
        tool_part("{}", index=0),
        tool_part('"Rome"}', index=1),
    ]
    assert read(*parts) == [
        ToolUse("a", "clock", ""),
        ToolUse("b", "weather", ""),
        ToolUse("b", "", '{"city":'),
        ToolUse("a", "", "{}"),
        ToolUse("b", "", '"Rome"}'),
    ]


def test_a_whole_message_gives_its_tool_calls_at_once() -> None:
    call = {"id": "a", "name": "weather", "args": {"city": "Köln"}, "type": "tool_call"}
    message = AIMessage(content="Let me look.", tool_calls=[call])
    assert read(message) == [Text("Let me look."), ToolUse("a", "weather", '{"city": "Köln"}')]


@pytest.mark.parametrize("metadata", [{"finish_reason": "stop"}, {"status": "completed"}], ids=str)
def test_an_answer_that_calls_tools_waits_for_them_whatever_the_provider_says(
    metadata: dict[str, object],
) -> None:
    assert ended(tool_part("{}", name="clock", call_id="a"), **metadata) == Finish(Reason.TOOLS)


def test_thoughts_may_come_as_a_list_of_blocks() -> None:
    chunk = blocks(
        {"type": "thinking", "thinking": [{"type": "text", "text": "h"}, {"type": "text", "text": "m"}]}
    )
    assert read(chunk) == [Reasoning("h"), Reasoning("m")]
    listed = AIMessageChunk(content="", additional_kwargs={"reasoning_content": [{"text": "hm"}]})
    assert read(listed) == [Reasoning("hm")]


def test_bedrock_s_thoughts_are_thoughts() -> None:
    chunk = blocks(
        {"type": "reasoning_content", "reasoning_content": {"type": "text", "text": "hm"}, "index": 0}
    )
    assert read(chunk) == [Reasoning("hm")]
    assert read(blocks({"type": "reasoning_content", "reasoning_content": {"signature": "c2ln"}})) == []


def test_running_totals_are_told_when_they_change_and_never_added_up() -> None:
    assert read(spent(50, 1), spent(50, 1), spent(50, 2)) == [Usage(50, 1), Usage(50, 2)]


def test_counts_that_come_in_two_halves_are_put_together() -> None:
    assert read(spent(50, 0), spent(0, 7))[-1] == Usage(50, 7)


def test_a_word_that_nobody_knows_is_strange_and_no_other() -> None:
    def strange(word: str) -> str:
        reader = ChunkReader()
        reader.read(AIMessageChunk(content="Hello", response_metadata={"finish_reason": word}))
        return reader.strange

    assert [strange("stop"), strange("OTHER"), strange(""), strange("NEW")] == ["", "", "", "new"]


def test_tokens_are_the_provider_s_count_or_ours_where_that_is_behind() -> None:
    reader = ChunkReader()
    for chunk in (AIMessageChunk(content=""), AIMessageChunk(content="twelve bytes"), spent(1, 2)):
        reader.read(chunk)
    assert reader.tokens == 1 + 3 + 1
    reader.read(spent(1, 50))
    assert reader.tokens == 50


def test_progress_counts_the_chunks_that_say_something() -> None:
    reader = ChunkReader()
    silent = [
        AIMessageChunk(content=""),
        spent(1, 1),
        AIMessageChunk(content="", response_metadata={"status": "x"}),
    ]
    speaking = [
        AIMessageChunk(content="a"),
        tool_part("{}", call_id="a"),
        AIMessageChunk(content="", additional_kwargs={"refusal": "no"}),
        AIMessageChunk(content="", additional_kwargs={"reasoning_content": "hm"}),
    ]

    def progress_after(chunk: AIMessageChunk) -> int:
        reader.read(chunk)
        return reader.progress

    assert [progress_after(chunk) for chunk in (*silent, *speaking)] == [0, 0, 0, 1, 2, 3, 4]


texts = st.lists(st.text())


@settings(deadline=None)  # a busy machine is no failure
@given(texts)
def test_no_text_is_lost_or_merged(parts: list[str]) -> None:
    as_strings = [AIMessageChunk(content=part) for part in parts]
    as_blocks = [blocks({"type": "text", "text": part, "index": 0}) for part in parts]
    expected = [Text(part) for part in parts if part]
    assert read(*as_strings) == expected
    assert read(*as_blocks) == expected


@settings(deadline=None)  # a busy machine is no failure
@given(texts)
def test_thoughts_never_become_text(parts: list[str]) -> None:
    as_blocks = [blocks({"type": "thinking", "thinking": part}) for part in parts]
    assert read(*as_blocks) == [Reasoning(part) for part in parts if part]


thoughts_in_text = st.lists(
    st.sampled_from(["<think>", "</think>", "hm", "</th", "ink>", " ", "Yes", "é" * 9, ""])
)


@settings(deadline=None)  # a busy machine is no failure
@given(thoughts_in_text)
def test_words_are_read_as_a_message_of_nothing_else_is(parts: list[str]) -> None:
    def outcome(chunks: list[BaseMessage | str]) -> tuple[object, ...]:
        reader = ChunkReader()
        heard = [(reader.read(chunk), reader.progress, reader.tokens) for chunk in chunks]
        return heard, reader.flush(), reader.finish(strict=False)

    assert outcome([*parts]) == outcome([AIMessageChunk(content=part) for part in parts])
