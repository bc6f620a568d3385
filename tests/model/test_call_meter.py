"""Each call of a model is told once it is over: how long it took, what it used, how it ended."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from langchain_core.messages import AIMessageChunk

from bot.model.call_meter import metered_call
from bot.observability import facts
from bot.observability.end_words import CANCELLED
from bot.observability.hooks import subscribe
from tests.clock import VIRTUAL
from tests.models import finish, spent

pytestmark = pytest.mark.parametrize("anyio_backend", [VIRTUAL])


async def tell_of(*chunks: AIMessageChunk | str, error: BaseException | None = None) -> facts.ModelCalled:
    """What is told of a call whose chunks come a second apart, and which then ends with `error`."""
    heard: list[facts.Fact] = []
    with subscribe(heard.append), suppress(ValueError, asyncio.CancelledError, GeneratorExit):
        async with metered_call("openai:gpt") as meter:
            for chunk in chunks:
                await asyncio.sleep(1.0)
                meter.hear(chunk)
            if error is not None:
                raise error
    [told] = heard
    assert isinstance(told, facts.ModelCalled)
    return told


async def test_a_whole_call_tells_its_time_its_tokens_and_its_end() -> None:
    words = [AIMessageChunk(content=""), AIMessageChunk(content="Yes.")]
    end = [one for one in finish("STOP") if isinstance(one, AIMessageChunk)]
    told = await tell_of(*words, *end, spent(5, 7))
    assert (told.model, told.seconds, told.first_chunk, told.finish, told.error) == (
        "openai:gpt",
        4.0,
        1.0,
        "stop",
        "",
    )
    assert (told.input_tokens, told.output_tokens) == (5, 7)


async def test_words_alone_are_a_first_chunk_too() -> None:
    told = await tell_of("Yes", ".")
    assert (told.first_chunk, told.seconds, told.provider) == (1.0, 2.0, "")


async def test_who_the_provider_is_stands_in_its_chunks() -> None:
    told = await tell_of(AIMessageChunk(content="", response_metadata={"model_provider": "azure"}))
    assert (told.provider, told.finish) == ("azure", "")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("PROMPT"), "ValueError"),
        (asyncio.CancelledError(), CANCELLED),
        (GeneratorExit(), CANCELLED),
    ],
)
async def test_what_ended_it_otherwise_is_told_by_its_class_alone(error: BaseException, said: str) -> None:
    told = await tell_of(error=error)
    assert (told.error, told.first_chunk) == (said, None)
    assert "PROMPT" not in repr(told)


async def test_a_word_of_a_provider_that_is_a_sentence_is_cut() -> None:
    told = await tell_of(AIMessageChunk(content="", response_metadata={"finish_reason": "x" * 500}))
    assert len(told.finish) == 40
