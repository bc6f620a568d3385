"""Several model calls in one run: who may speak, and what the whole of it comes to."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage
from langchain_core.outputs import ChatGenerationChunk, Generation, GenerationChunk, LLMResult
from pydantic import BaseModel

from bot.core.conversation.deltas import Delta, Finish, Reason, Reasoning, Text, ToolUse, Usage
from bot.errors import ModelBroke
from bot.model.langchain.runs import Runs, chunk_message, text_of, whole_message
from tests.models import spent, thought, tool_part

A, B, C = uuid4(), uuid4(), uuid4()
GAP = Text("\n\n")
STOP = Finish(Reason.STOP)


def words(text: str) -> AIMessageChunk:
    return AIMessageChunk(content=text)


def ending(reason: str) -> AIMessageChunk:
    return AIMessageChunk(content="", response_metadata={"finish_reason": reason, "model_provider": "openai"})


def runs_of(*run_ids: UUID) -> Runs:
    runs = Runs()
    for run_id in run_ids:
        runs.start(run_id)
    return runs


def say_all(runs: Runs, run_id: UUID, *texts: str) -> list[Delta]:
    return [delta for text in texts for delta in runs.say(run_id, words(text))]


def text_in(deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, Text))


def test_one_call_is_shown_as_it_speaks() -> None:
    runs = runs_of(A)
    assert runs.say(A, thought("hm")) == [Reasoning("hm")]
    assert say_all(runs, A, "It is", " late.") == [Text("It is"), Text(" late.")]
    assert runs.end(A, AIMessage("It is late.")) == []
    assert runs.finish("It is late.") == [STOP]


def test_a_second_call_begins_a_new_paragraph() -> None:
    runs = runs_of(A, B)
    say_all(runs, A, "Let me look.")
    runs.end(A, AIMessage(""))
    assert say_all(runs, B, "It is", " late.") == [GAP, Text("It is"), Text(" late.")]


def test_a_call_that_showed_no_text_leaves_no_gap() -> None:
    runs = runs_of(A, B)
    assert runs.say(A, tool_part("{}", name="clock", call_id="a")) == [ToolUse("a", "clock", "{}")]
    runs.end(A, AIMessage(""))
    assert say_all(runs, B, "It is late.") == [Text("It is late.")]


def test_calls_side_by_side_are_shown_one_after_the_other() -> None:
    runs = runs_of(A, B, C)
    assert say_all(runs, A, "a1") == [Text("a1")]
    assert say_all(runs, B, "b1") == []
    assert say_all(runs, C, "c1") == []
    assert say_all(runs, A, "a2") == [Text("a2")]
    assert say_all(runs, B, "b2") == []
    assert runs.end(B, AIMessage("b1b2")) == []
    assert runs.end(A, AIMessage("a1a2")) == [GAP, Text("b1"), Text("b2"), GAP, Text("c1")]
    assert say_all(runs, C, "c2") == [Text("c2")]


def test_a_call_that_was_never_started_is_not_heard() -> None:
    runs = Runs()
    assert say_all(runs, A, "a summary for the agent's own use") == []
    assert runs.end(A, AIMessage("x")) == []
    assert runs.finish(None) == [Finish(Reason.EMPTY)]


def test_a_call_that_did_not_stream_is_shown_when_it_ends() -> None:
    runs = runs_of(A)
    assert runs.end(A, AIMessage("From the cache.")) == [Text("From the cache.")]
    assert runs.finish("From the cache.") == [STOP]


def test_tokens_of_all_calls_are_counted_together_and_at_once() -> None:
    runs = runs_of(A, B)
    say_all(runs, A, "a")
    assert runs.say(A, spent(10, 1)) == [Usage(10, 1)]
    assert runs.say(B, spent(20, 5)) == [Usage(30, 6)]  # though B may not speak yet
    assert runs.say(A, spent(10, 2)) == [Usage(30, 7)]


# The end


def test_the_last_call_to_end_says_why_the_answer_ended() -> None:
    runs = runs_of(A, B)
    runs.say(A, ending("tool_calls"))
    runs.end(A, AIMessage(""))
    say_all(runs, B, "It is")
    runs.say(B, ending("length"))
    runs.end(B, AIMessage("It is"))
    assert runs.finish("It is") == [Finish(Reason.LENGTH)]


def test_a_run_without_a_model_gives_the_text_of_its_output() -> None:
    assert Runs().finish("It is late.") == [Text("It is late."), STOP]


def test_a_run_without_a_model_and_without_output_is_empty() -> None:
    assert Runs().finish("") == [Finish(Reason.EMPTY)]


def test_an_output_that_the_model_wrote_through_a_tool_is_shown_and_waits_for_none() -> None:
    runs = runs_of(A)
    runs.say(A, tool_part('{"hour": 7}', name="Time", call_id="a"))
    runs.end(A, AIMessage(""))
    assert runs.finish({"hour": 7}) == [Text('{"hour": 7}'), STOP]


def test_a_run_that_ends_on_a_tool_call_waits_for_the_tool() -> None:
    runs = runs_of(A)
    runs.say(A, tool_part("{}", name="clock", call_id="a"))
    runs.end(A, AIMessage(""))
    assert runs.finish(AIMessage("")) == [Finish(Reason.TOOLS)]


def test_a_silent_last_call_does_not_make_the_answer_empty() -> None:
    runs = runs_of(A, B)
    say_all(runs, A, "It is late.")
    runs.end(A, AIMessage("It is late."))
    runs.end(B, AIMessage(""))
    assert runs.finish("It is late.") == [STOP]


def test_a_call_of_a_known_provider_that_was_cut_breaks_the_answer() -> None:
    runs = runs_of(A)
    runs.say(A, AIMessageChunk(content="Half an ans", response_metadata={"model_provider": "openai"}))
    runs.end(A, AIMessage("Half an ans"))
    with pytest.raises(ModelBroke):
        runs.finish("Half an ans")


def test_what_replaces_a_call_that_failed_follows_what_it_had_shown() -> None:
    runs = runs_of(A, B)
    say_all(runs, A, "Half an ans")
    assert runs.end(A) == []
    assert say_all(runs, B, "A whole answer.") == [GAP, Text("A whole answer.")]
    runs.end(B, AIMessage("A whole answer."))
    assert runs.finish("A whole answer.") == [STOP]


def test_a_fallback_that_is_no_model_is_shown_after_the_call_that_failed() -> None:
    runs = runs_of(A)
    say_all(runs, A, "Half an ans")
    runs.end(A)
    assert runs.finish("Sorry.") == [GAP, Text("Sorry."), STOP]


# Outputs and callbacks, as text


class Time(BaseModel):
    hour: int


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ("Köln", "Köln"),
        (AIMessage("Köln"), "Köln"),
        (AIMessage([{"type": "text", "text": "Köln"}]), "Köln"),
        ({"messages": [HumanMessage("Where?"), AIMessage("Köln")]}, "Köln"),
        ({"messages": [], "answer": "Köln"}, "Köln"),
        ({"input": "Where?", "output": "Köln"}, "Köln"),
        (
            {"city": "Köln", "at": UUID(int=0)},
            '{"city": "Köln", "at": "00000000-0000-0000-0000-000000000000"}',
        ),
        ([1, "Köln"], '[1, "Köln"]'),
        (Time(hour=7), '{"hour": 7}'),
        (None, ""),
    ],
    ids=[
        "text",
        "message",
        "blocks",
        "state",
        "answer",
        "output",
        "other fields",
        "list",
        "model",
        "nothing",
    ],
)
def test_an_output_is_read_as_a_person_would(output: object, text: str) -> None:
    assert text_of(output) == text


@pytest.mark.parametrize(
    ("token", "chunk", "text"),
    [
        ([{"type": "text"}], ChatGenerationChunk(message=words("Hello")), "Hello"),
        ("Hello", GenerationChunk(text="Hello"), "Hello"),
        ("Hello", None, "Hello"),
    ],
    ids=["chat model", "completion model", "no chunk"],
)
def test_a_token_is_read_from_where_langchain_puts_it(token: Any, chunk: Any, text: str) -> None:
    assert str(chunk_message(token, chunk).text) == text


def test_the_result_of_a_completion_model_is_a_message_with_its_reason() -> None:
    generation = Generation(text="Hello", generation_info={"finish_reason": "length"})
    message = whole_message(LLMResult(generations=[[generation]]))
    assert (str(message.text), message.response_metadata) == ("Hello", {"finish_reason": "length"})


# Any order at all

events = st.lists(st.tuples(st.sampled_from([A, B, C]), st.text("xyz", max_size=3)))


@settings(deadline=None)  # a busy machine is no failure
@given(events, st.permutations([A, B, C]))
def test_in_any_order_each_call_is_shown_whole_and_in_one_piece(
    said: list[tuple[UUID, str]], ends: list[UUID]
) -> None:
    runs = runs_of(A, B, C)
    shown = [delta for run_id, text in said for delta in runs.say(run_id, words(text))]
    shown += [delta for run_id in ends for delta in runs.end(run_id, AIMessage(""))]
    by_call = {run_id: "".join(text for other, text in said if other == run_id) for run_id in (A, B, C)}
    paragraphs = text_in(shown).split("\n\n") if text_in(shown) else []
    assert sorted(paragraphs) == sorted(text for text in by_call.values() if text)


def test_what_was_said_before_a_pause_is_complete_unless_somebody_is_speaking() -> None:
    runs = runs_of(A, B)
    assert runs.pause() == []
    say_all(runs, A, "Let me look.")
    assert runs.pause() == []
    runs.end(A, AIMessage(""))
    assert (runs.pause(), runs.pause()) == ([GAP], [])
    assert say_all(runs, B, "It is late.") == [Text("It is late.")]
    runs.end(B, AIMessage(""))
    assert runs.pause() == [GAP]
