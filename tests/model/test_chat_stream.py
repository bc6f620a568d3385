"""One conversation with a model: its patience, its retries and its end, in virtual time."""

from __future__ import annotations

import asyncio
import logging
import math
from contextlib import aclosing
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import openai
import pytest
from httpx2 import Request, Response
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage

from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.deltas import Delta, Finish, Reason, Reasoning, Text, ToolUse, Usage
from bot.core.conversation.history import ChatMessage, Role
from bot.errors import (
    ModelBroke,
    ModelBusy,
    ModelDenied,
    ModelEndless,
    ModelFailed,
    ModelStalled,
    ModelUnreachable,
)
from bot.model.chat_stream import Chat
from tests.clock import VIRTUAL, VirtualLoop, now
from tests.models import HANG, Pause, Script, ScriptedModel, finish, refusal, spent, thought, tool_part

if TYPE_CHECKING:
    from collections.abc import Sequence

QUESTION = [ChatMessage(Role.USER, text_parts("What time is it?"))]
DONE = Finish(Reason.STOP)


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


def chat_with(*answers: Script, first_token: float = 30, idle: float = 10, retries: int = 2) -> Chat:
    model = ScriptedModel(answers=answers)
    return Chat(model, label="scripted", first_token=first_token, idle=idle, retries=retries)


async def answer(chat: Chat) -> list[Delta]:
    async with aclosing(chat.stream(QUESTION)) as deltas:
        return [delta async for delta in deltas]


async def answer_until_it_fails(chat: Chat, heard: list[Delta]) -> None:
    async with aclosing(chat.stream(QUESTION)) as deltas:
        async for delta in deltas:
            heard.append(delta)  # noqa: PERF401  (what came before the error counts)


def refused(status: int, **headers: str) -> openai.APIStatusError:
    request = Request("POST", "http://localhost/v1")
    return openai.APIStatusError("no", response=Response(status, headers=headers, request=request), body=None)


# What a stream is


@pytest.mark.parametrize(
    ("profile", "window"),
    [({"max_input_tokens": 8000}, 8000), ({}, None), (None, None), ({"max_input_tokens": "many"}, None)],
)
def test_the_window_is_what_the_model_s_profile_says(
    profile: dict[str, object] | None, window: int | None
) -> None:
    known: Any = SimpleNamespace(profile=profile)
    unknown: Any = SimpleNamespace()
    windows = [Chat(one, label="m", first_token=1, idle=1).window for one in (known, unknown)]
    assert windows == [window, None]


@pytest.mark.parametrize(
    ("profile", "sees"),
    [({"image_inputs": True}, True), ({"image_inputs": False}, False), ({}, False), (None, False)],
)
def test_a_model_sees_pictures_where_its_profile_says_so(
    profile: dict[str, object] | None, *, sees: bool
) -> None:
    model: Any = SimpleNamespace(profile=profile)
    assert Chat(model, label="m", first_token=1, idle=1).takes_images is sees


async def test_an_answer_is_its_words_as_they_come_and_one_finish() -> None:
    chat = chat_with(["It is", " late.", *finish(usage=(9, 3))])
    assert await answer(chat) == [Text("It is"), Text(" late."), Usage(9, 3), DONE]


async def test_thoughts_and_tool_calls_come_in_their_order() -> None:
    script = [
        thought("hm"),
        "Let me look.",
        tool_part("{}", name="clock", call_id="a"),
        *finish("tool_calls"),
    ]
    assert await answer(chat_with(script)) == [
        Reasoning("hm"),
        Text("Let me look."),
        ToolUse("a", "clock", "{}"),
        Finish(Reason.TOOLS),
    ]


async def test_a_refusal_is_a_finish_with_the_words_of_the_refusal() -> None:
    assert await answer(chat_with([refusal("I can"), refusal("not."), *finish()])) == [
        Finish(Reason.REFUSED, note="I cannot.")
    ]


async def test_the_thread_is_told_to_the_model_as_it_was_said() -> None:
    model = ScriptedModel(answers=[["Hello", *finish()]])
    thread = [
        ChatMessage(Role.SYSTEM, text_parts("Be brief.")),
        ChatMessage(Role.USER, text_parts("Hi")),
        ChatMessage(Role.ASSISTANT, text_parts("Hm?")),
        *QUESTION,
    ]
    chat = Chat(model, label="scripted", first_token=1, idle=1)
    async with aclosing(chat.stream(thread)) as deltas:
        assert [delta async for delta in deltas] == [Text("Hello"), DONE]
    told: list[BaseMessage] = [SystemMessage("Be brief."), HumanMessage("Hi"), AIMessage("Hm?")]
    assert model.prompts == [[*told, HumanMessage("What time is it?")]]


async def test_a_model_that_cannot_stream_gives_its_answer_in_one_piece() -> None:
    model = ScriptedModel(answers=[["It is", " late.", *finish()]], disable_streaming=True)
    chat = Chat(model, label="whole", first_token=1, idle=1)
    assert await answer(chat) == [Text("It is late."), DONE]


async def test_an_answer_whose_stream_ends_without_a_reason_is_broken() -> None:
    heard: list[Delta] = []
    with pytest.raises(ModelBroke):
        await answer_until_it_fails(chat_with(["Half an ans"]), heard)
    assert heard == [Text("Half an ans")]


async def test_a_stream_of_nothing_is_broken() -> None:
    with pytest.raises(ModelBroke, match="sent no stream"):
        await answer(chat_with([]))


# Patience


async def test_a_model_without_a_first_word_in_time_has_stalled() -> None:
    with pytest.raises(
        ModelStalled, match=r"scripted said nothing within 30 s.*TELEPRINTER_FIRST_TOKEN_SECONDS"
    ):
        await answer(chat_with([HANG]))
    assert now() == 30


async def test_a_model_that_falls_silent_has_stalled_and_what_it_said_was_heard() -> None:
    heard: list[Delta] = []
    with pytest.raises(ModelStalled, match=r"fell silent for 10 s.*TELEPRINTER_IDLE_SECONDS"):
        await answer_until_it_fails(chat_with([Pause(29), "It", HANG]), heard)
    assert heard == [Text("It")]
    assert now() == 39


@pytest.mark.parametrize(
    "word",
    ["text", thought("hm"), tool_part("{}", call_id="a"), refusal("no")],
    ids=["text", "thought", "tool", "refusal"],
)
async def test_every_word_renews_patience(word: str | AIMessageChunk) -> None:
    await answer(chat_with([Pause(29), *[word, Pause(9)] * 5, *finish()]))
    assert now() == 29 + 5 * 9


@pytest.mark.parametrize("filler", ["", spent(1, 1)], ids=["an empty chunk", "a token count"])
async def test_a_model_whose_thoughts_are_dropped_on_the_way_is_not_silent(
    filler: str | AIMessageChunk,
) -> None:
    deltas = await answer(chat_with([*[filler, Pause(8)] * 100, "Yes", *finish()]))
    assert deltas[-2:] == [Text("Yes"), DONE]


async def test_an_empty_chunk_after_the_first_word_leaves_patience_for_the_next() -> None:
    with pytest.raises(ModelStalled, match="fell silent for 10 s"):
        await answer(chat_with(["It", Pause(9), "", HANG]))
    assert now() == 19


async def test_before_the_first_word_an_empty_chunk_leaves_patience_for_the_first() -> None:
    with pytest.raises(ModelStalled, match="said nothing within 30 s"):
        await answer(chat_with([Pause(20), "", HANG]))
    assert now() == 50


# The most that one answer may take


def capped(script: Script, *, seconds: float = math.inf, tokens: float = math.inf) -> Chat:
    model = ScriptedModel(answers=[script])
    return Chat(
        model, label="scripted", first_token=30, idle=10, answer_seconds=seconds, answer_tokens=tokens
    )


@pytest.mark.parametrize(
    "word", ["", thought("hm"), "\u200b", "word "], ids=["nothing", "thoughts", "unseen", "words"]
)
async def test_a_model_that_never_comes_to_an_end_is_stopped_in_time(word: str | AIMessageChunk) -> None:
    with pytest.raises(
        ModelEndless, match=r"no end|not come to an end after 100 s.*ANSWER_SECONDS"
    ) as caught:
        await answer(capped([*[word, Pause(1)] * 500], seconds=100))
    assert now() == 100
    assert "stopped it" in caught.value.told.english


@pytest.mark.parametrize(
    "word", ["", thought("word"), "word"], ids=["nothing that is seen", "thoughts", "words"]
)
async def test_a_model_that_never_comes_to_an_end_is_stopped_at_its_tokens(
    word: str | AIMessageChunk,
) -> None:
    heard: list[Delta] = []
    with pytest.raises(ModelEndless, match=r"after 50 tokens.*ANSWER_TOKENS"):
        await answer_until_it_fails(capped([word] * 500, tokens=50), heard)
    assert len(heard) in (0, 51)


async def test_the_provider_s_own_count_of_tokens_goes_before_ours() -> None:
    with pytest.raises(ModelEndless):
        await answer(capped([thought("hm"), spent(9, 51), *finish()], tokens=50))


async def test_an_answer_that_has_ended_is_not_too_long() -> None:
    assert (await answer(capped(["Yes", *finish(usage=(9, 51))], tokens=50)))[-1] == DONE


async def test_a_stopped_model_is_cancelled_and_what_it_wrote_was_heard() -> None:
    model = ScriptedModel(answers=[["It is", HANG]])
    heard: list[Delta] = []
    chat = Chat(model, label="x", first_token=30, idle=1e6, answer_seconds=60)
    with pytest.raises(ModelEndless):
        await answer_until_it_fails(chat, heard)
    assert (heard, model.cancelled) == ([Text("It is")], 1)


async def test_all_tries_share_the_time_of_one_answer() -> None:
    with pytest.raises(ModelEndless):
        await answer(
            Chat(
                ScriptedModel(answers=[["", Pause(8), refused(500)]]),
                label="x",
                first_token=30,
                idle=9,
                answer_seconds=20,
                retries=9,
            )
        )
    assert now() == 20


# Thoughts in the text, and ends that nobody knows


async def test_thoughts_written_into_the_answer_are_no_part_of_it() -> None:
    script = ["<think>\nThe user wants ", "a capital.\n</th", "ink>\n\n", "Paris", ".", *finish()]
    assert await answer(chat_with(script)) == [
        Reasoning("\nThe user wants "),
        Reasoning("a capital.\n"),
        Text("Paris"),
        Text("."),
        DONE,
    ]


async def test_thoughts_without_an_answer_are_an_empty_answer() -> None:
    script = ["<think>\nHmm, ", "this is hard.\n", "</think>", *finish()]
    assert (await answer(chat_with(script)))[-1] == Finish(Reason.EMPTY)


@pytest.mark.parametrize("broken", [[], [ConnectionResetError()]], ids=["cut", "reset"])
async def test_what_was_held_back_is_not_lost_when_the_stream_breaks(broken: Script) -> None:
    heard: list[Delta] = []
    with pytest.raises((ModelBroke, ModelUnreachable)):
        await answer_until_it_fails(chat_with(["<thi", *broken]), heard)
    assert heard == [Text("<thi")]


async def test_a_word_for_the_end_that_nobody_knows_is_told_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO, "bot"):
        assert (await answer(chat_with(["Hello", *finish("a word of tomorrow")])))[-1] == DONE
    assert [(record.getMessage(), vars(record)["word"]) for record in caplog.records] == [
        ("model.end_unknown", "a word of tomorrow")
    ]


async def test_a_slow_reader_costs_the_model_no_patience() -> None:
    chat = chat_with(["a", Pause(9), "b", Pause(9), "c", *finish()])
    async with aclosing(chat.stream(QUESTION)) as deltas:
        async for _ in deltas:
            await asyncio.sleep(100)  # longer than the model may be silent
    assert now() == 4 * 100 + 2 * 9


async def test_a_deadline_never_reaches_into_what_the_reader_does() -> None:
    async with aclosing(chat_with(["a", *finish()], first_token=1, idle=1).stream(QUESTION)) as deltas:
        await anext(deltas)
        await asyncio.sleep(5)
        assert await anext(deltas) == DONE


async def test_a_time_out_of_the_client_s_own_is_told_as_the_client_s() -> None:
    with pytest.raises(ModelStalled, match="did not answer in time"):
        await answer(chat_with([TimeoutError()]))


# Cancelling


async def test_leaving_the_stream_ends_the_call() -> None:
    model = ScriptedModel(answers=[["a", HANG]])
    async with aclosing(Chat(model, label="x", first_token=1, idle=1e6).stream(QUESTION)) as deltas:
        await anext(deltas)
    await asyncio.sleep(0.001)  # LangChain leaves the last step of closing to the loop
    assert model.cancelled == 1
    assert now() < 1


async def test_cancelling_the_reader_ends_the_call() -> None:
    model = ScriptedModel(answers=[["a", HANG]])
    task = asyncio.create_task(answer(Chat(model, label="x", first_token=1e6, idle=1e6)))
    await asyncio.sleep(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert model.cancelled == 1
    assert now() == 1


async def test_a_stalled_call_is_ended_too() -> None:
    model = ScriptedModel(answers=[[HANG]])
    with pytest.raises(ModelStalled):
        await answer(Chat(model, label="x", first_token=1, idle=1))
    assert model.cancelled == 1


# Retries


@pytest.mark.parametrize(
    "failure", [refused(500), refused(429), ConnectionResetError()], ids=["500", "429", "reset"]
)
async def test_a_call_that_failed_before_its_first_word_is_made_again(failure: Exception) -> None:
    assert await answer(chat_with(["", failure], [failure], ["Hello", *finish()])) == [Text("Hello"), DONE]
    assert now() == 0.5 + 1


async def test_retries_end() -> None:
    model = ScriptedModel(answers=[[refused(503)]])
    with pytest.raises(ModelFailed, match=r"localhost failed \(503\)"):
        await answer(Chat(model, label="x", first_token=30, idle=1, retries=2))
    assert len(model.prompts) == 3


@pytest.mark.parametrize(
    "failure", [refused(401), refused(400), ValueError("?")], ids=["401", "400", "a bug"]
)
async def test_what_would_fail_again_is_not_tried_again(failure: Exception) -> None:
    model = ScriptedModel(answers=[[failure]])
    with pytest.raises((ModelDenied, ModelFailed)):
        await answer(Chat(model, label="x", first_token=30, idle=1))
    assert len(model.prompts) == 1


@pytest.mark.parametrize("word", ["It is", thought("hm"), refusal("I")], ids=["text", "thought", "refusal"])
async def test_after_the_first_word_nothing_is_tried_again(word: str | AIMessageChunk) -> None:
    model = ScriptedModel(answers=[[word, ConnectionResetError()]])
    with pytest.raises(ModelUnreachable):
        await answer(Chat(model, label="x", first_token=30, idle=1))
    assert len(model.prompts) == 1


async def test_a_rate_limit_is_waited_out_where_patience_allows() -> None:
    await answer(chat_with([refused(429, **{"retry-after": "20"})], ["Hello", *finish()]))
    assert now() == 20


async def test_a_rate_limit_longer_than_our_patience_is_told_at_once() -> None:
    with pytest.raises(ModelBusy, match="wait 30 s"):
        await answer(chat_with([refused(429, **{"retry-after": "30"})], ["Hello", *finish()]))
    assert now() == 0


async def test_all_tries_share_the_patience_for_the_first_word() -> None:
    with pytest.raises(ModelStalled):
        await answer(chat_with([Pause(12), refused(500)], [Pause(12), refused(500)], [HANG]))
    assert now() == 30


# Fairness, and the log


async def test_a_burst_lets_others_have_their_turn() -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(others())
    deltas = await answer(chat_with([*["word "] * 3200, *finish()]))
    other.cancel()
    assert len(deltas) == 3201
    assert turns >= 100


async def test_the_log_tells_of_a_failure_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    failure = openai.APIError("the prompt", Request("POST", "http://x/v1"), body={"code": "invalid_api_key"})
    with caplog.at_level(logging.INFO, "bot"), pytest.raises(ModelDenied) as caught:
        await answer(chat_with([failure]))
    [record] = caplog.records
    assert record.getMessage() == "model.failed"
    assert vars(record)["code"] == "invalid_api_key"
    assert "the prompt" not in str(vars(record))
    assert caught.value.__suppress_context__, "a traceback would print the provider's words"


# Any rhythm at all

steps = st.one_of(
    st.sampled_from(["a", "", "b "]),
    st.floats(0.1, 20).map(Pause),
    st.just(thought("hm")),
    st.just(spent(1, 1)),
)


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(steps, max_size=12), st.floats(0, 20))
def test_any_rhythm_loses_nothing_or_stalls_in_time(script: list[str | Pause], reader_pause: float) -> None:
    async def run() -> tuple[list[Delta], bool, float]:
        heard: list[Delta] = []
        reading = 0.0
        try:
            async with aclosing(chat_with([*script, *finish()]).stream(QUESTION)) as deltas:
                async for delta in deltas:
                    heard.append(delta)
                    await asyncio.sleep(reader_pause)
                    reading += reader_pause
        except ModelStalled:
            return heard, True, now() - reading
        return heard, False, now() - reading

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        heard, stalled, waited = runner.run(run())
    assert stalled == (_stalls_after(script) is not None)
    assert _stalls_after(script) in (None, pytest.approx(waited))
    assert stalled or heard[-1].__class__ is Finish
    said = "".join(delta.text for delta in heard if isinstance(delta, Text))
    assert "".join(step for step in script if isinstance(step, str)).startswith(said)


def _stalls_after(script: Sequence[object], first_token: float = 30, idle: float = 10) -> float | None:
    """By the plainest reckoning: when this script has used up our patience; None if it never does."""
    waited, left, spoke = 0.0, first_token, False
    for step in script:
        if isinstance(step, Pause):
            if step.seconds >= left:
                return waited + left
            waited, left = waited + step.seconds, left - step.seconds
        else:
            spoke = spoke or (step != "" and not (isinstance(step, AIMessageChunk) and step.usage_metadata))
            left = idle if spoke else first_token
    return None
