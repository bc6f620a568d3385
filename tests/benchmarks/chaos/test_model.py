"""The model of the chaos runs: words of its own for each question, and a note of who hung up."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from benchmarks.chaos.model import Call, answer_words, model_server

BODY = {"messages": [{"role": "user", "content": "question 3"}, {"role": "user", "content": "question 7"}]}


async def test_it_answers_the_last_question_with_words_of_its_own() -> None:
    async with (
        model_server(words=3, every=0.0, failing=0.0) as (model, url),
        aiohttp.ClientSession() as session,
        session.post(f"{url}/chat/completions", json=BODY) as response,
    ):
        text = await response.text()
    assert [word for word in answer_words(7, 3) if word in text] == answer_words(7, 3)
    assert list(model.calls) == [7]
    assert model.gaps() == []


async def test_it_notes_when_a_reader_hangs_up() -> None:
    async with model_server(words=300, every=0.01, failing=0.0) as (model, url):
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{url}/chat/completions", json=BODY) as response,
        ):
            await response.content.readany()
        (call,) = model.calls[7]
        await asyncio.wait_for(call.ended.wait(), 10)
        assert call.cut_at is not None
        model.calls[7].append(Call(call.cut_at + 1.5))
    assert model.gaps() == [pytest.approx(1.5)]
    assert model.gaps(excluding=[7]) == []


async def test_it_breaks_off_on_purpose_in_the_middle_of_an_answer() -> None:
    async with (
        model_server(words=4, every=0.0, failing=0.0, breaking=1.0) as (model, url),
        aiohttp.ClientSession() as session,
        session.post(f"{url}/chat/completions", json=BODY) as response,
    ):
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()
    assert model.broken == {7}
    assert model.calls[7][0].cut_at is None


@pytest.mark.parametrize(
    ("begun", "at_once"), [(5.0, 1), (9.5, 0), (11.0, 0)], ids=["in between", "just before", "after"]
)
async def test_it_counts_answers_to_one_question_that_are_written_at_once(begun: float, at_once: int) -> None:
    async with model_server(words=4, every=0.0) as (model, _):
        model.calls = {7: [Call(0.0, ended_at=10.0), Call(begun, ended_at=20.0)], 8: [Call(5.0)]}
    assert model.at_once() == at_once


async def test_it_fails_on_purpose() -> None:
    async with (
        model_server(words=3, every=0.0, failing=1.0) as (_, url),
        aiohttp.ClientSession() as session,
        session.post(f"{url}/chat/completions", json=BODY) as response,
    ):
        assert response.status == 500


async def test_where_there_are_tools_it_wants_one_to_act_and_then_answers() -> None:
    tools = [{"type": "function", "function": {"name": "note__add"}}]
    after = [*BODY["messages"], {"role": "tool", "content": "Added 7."}]
    async with model_server(words=3, every=0.0, failing=0.0) as (_, url), aiohttp.ClientSession() as session:
        said = []
        for messages in (BODY["messages"], after):
            body = {"messages": messages, "tools": tools}
            async with session.post(f"{url}/chat/completions", json=body) as response:
                said.append(await response.text())
    assert '{\\"number\\": 7}' in said[0]
    assert "q7w2" in said[1]
    assert "note__add" not in said[1]
