"""The probe, played to the one integration that is always here."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from benchmarks.providers import probe
from benchmarks.providers.integrations import INTEGRATIONS
from benchmarks.providers.server import Answer, Server
from benchmarks.providers.wires import ChatCompletions

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

OPENAI = INTEGRATIONS["openai"]


class Mute(ChatCompletions):
    """A wire whose answers end without a word for it."""

    def _last(self, reason: str) -> bytes:
        return b"data: [DONE]\n\n"


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server() as server:
        yield server


@pytest.fixture
async def one(server: Server) -> AsyncGenerator[probe.Probe]:
    async with aclosing(probe.Probe(OPENAI, server)) as playing:
        yield playing


async def test_an_end_is_right_where_it_is_the_one_that_is_due(one: probe.Probe) -> None:
    assert await one.ends("stop", "STOP") == "right"
    assert await one.ends("stop", "LENGTH") == "STOP"


@pytest.mark.parametrize("name", ["openai", "openai_responses"])
async def test_a_conversation_with_a_picture_a_document_and_a_tool_is_sent_as_the_api_has_it(
    name: str, server: Server
) -> None:
    async with aclosing(probe.Probe(INTEGRATIONS[name], server)) as playing:
        assert await playing.asks() == "right"


async def test_what_is_sent_otherwise_is_told(server: Server) -> None:
    assert OPENAI.due is not None
    other = replace(OPENAI, due=replace(OPENAI.due, others={**OPENAI.due.others, "model": "n"}))
    async with aclosing(probe.Probe(other, server)) as playing:
        assert await playing.asks() == '1.model: "m"; 2.model: "m"'


async def test_what_nobody_has_written_down_is_not_compared(server: Server) -> None:
    async with aclosing(probe.Probe(replace(OPENAI, due=None), server)) as playing:
        assert await playing.asks() == "no such thing"


async def test_the_responses_api_is_played_as_well(server: Server) -> None:
    async with aclosing(probe.Probe(INTEGRATIONS["openai_responses"], server)) as other:
        assert [await other.ends(*case) for case in (("stop", "STOP"), ("length", "LENGTH"))] == ["right"] * 2
        assert [await other.ends("refused", "REFUSED"), await other.counts()] == ["right"] * 2
        assert [await other.cut(), await other.error_in_stream()] == ["right"] * 2


async def test_what_a_provider_does_not_have_is_not_played(one: probe.Probe) -> None:
    assert await one.ends("tired", "STOP") == "no such thing"
    assert await one.blocked() == "no such thing"


async def test_a_cut_an_error_and_a_long_absence_are_right(one: probe.Probe) -> None:
    assert [await one.cut(), await one.error_in_stream(), await one.down()] == ["right"] * 3


async def test_counts_and_hanging_up_are_right(one: probe.Probe) -> None:
    assert [await one.counts(), await one.cancels()] == ["right"] * 2


async def test_a_whole_answer_that_passes_for_a_cut_one_is_wrong(server: Server) -> None:
    async with aclosing(probe.Probe(replace(OPENAI, wire=Mute()), server)) as mute:
        assert (await mute.ends("stop", "STOP")).startswith("ModelBroke: ")
        assert (await mute.counts()).endswith("of (10, 3)")


async def test_what_was_told_before_an_error_is_kept_beside_it(one: probe.Probe, server: Server) -> None:
    deltas, error = await one.told(Answer([b"{}"], status=400, content_type="application/json"))
    assert (deltas, error.partition(":")[0], server.asked) == ([], "ModelFailed", 1)


async def test_thoughts_that_last_are_borne(one: probe.Probe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "THINKING", 0.6)
    assert await one.thinks() == "right"


async def test_an_answer_that_is_not_measured_comes_first(one: probe.Probe, server: Server) -> None:
    await one.warm()
    assert server.asked == 1
