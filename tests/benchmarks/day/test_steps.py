"""Spans that a bot sends are steps by their names, and the slowest of them is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

from benchmarks.day.steps import Steps, collector
from bot.observability import facts
from bot.observability.hooks import tell
from bot.observability.tracing import build_provider, recorded
from tests.benchmarks.day.printed import said
from tests.fakes import an_answer

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider


def _sending_to(url: str) -> TracerProvider:
    return build_provider(OTLPSpanExporter(endpoint=f"{url}/v1/traces"), {})


async def test_what_a_bot_sends_is_collected() -> None:
    turn = an_answer()
    async with collector() as (steps, url), recorded(_sending_to(url)):
        tell(facts.TurnStarted(turn=turn, attempt=1))
        tell(facts.SlackCalled(method="chat.update", outcome="taken", seconds=0.25))
        tell(facts.TurnEnded(turn=turn, how="done", seconds=1.0))
    assert set(steps.seconds) == {"invoke_agent Teleprinter", "chat.update"}
    assert steps.slowest == "chat.update"
    assert "250" in said(steps.table())


def test_the_slowest_step_is_that_in_the_middle_and_never_the_turn_itself() -> None:
    steps = Steps()
    steps.seconds["invoke_agent Teleprinter"] += [9.0]
    steps.seconds["chat x"] += [0.3, 0.3, 0.3]
    steps.seconds["users.info"] += [0.1, 0.1, 5.0]
    assert steps.slowest == "chat x"
    assert Steps().slowest == ""
