"""Traces are sent where OpenTelemetry's own variables ask for them, and where they cannot be nothing else suffers."""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bot.observability import facts, tracing
from bot.observability.hooks import subscribe, tell
from bot.observability.tracing import EXPORTER, build_provider, find_problem, is_wanted, recorded, traces
from tests.fakes import an_answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.sdk.trace import ReadableSpan

TURN = an_answer("1.0")
TO = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}


@pytest.mark.parametrize(
    ("env", "wanted"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "x"}, False),
        (TO, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://x/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        (TO | {"OTEL_TRACES_EXPORTER": "none"}, False),
        (TO | {"OTEL_SDK_DISABLED": "TRUE"}, False),
        (TO | {"OTEL_SDK_DISABLED": "false"}, True),
    ],
)
def test_opentelemetrys_variables_switch_it_on_and_off(env: dict[str, str], wanted: bool) -> None:
    assert is_wanted(env) is wanted


@pytest.mark.parametrize(
    ("env", "word"),
    [
        (TO, ""),
        (TO | {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, ""),
        (TO | {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "set it to http/protobuf"),
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "set it to otlp"),
    ],
)
def test_what_is_not_known_here_is_told_with_its_mend(env: dict[str, str], word: str) -> None:
    assert word in find_problem(env)
    assert bool(find_problem(env)) is bool(word)


async def problems(env: dict[str, str]) -> list[str]:
    """What the operator is told while traces are wanted so."""
    heard: list[facts.Fact] = []
    with subscribe(heard.append):
        async with traces(env):
            tell(facts.PromptHeard(turn=TURN))
    return [one.problem for one in heard if isinstance(one, facts.TracesUnavailable)]


async def test_without_the_extra_one_line_says_how_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, EXPORTER, None)
    assert await problems(TO) == ['OpenTelemetry is not installed: pip install "teleprinter[otel]"']


async def test_a_variable_that_the_sdk_does_not_take_keeps_nobody_from_being_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "-1")
    [problem] = await problems(TO)
    assert "ValueError" in problem


async def test_where_nobody_asks_for_traces_nothing_of_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "bot.observability.span_recorder", raising=False)
    assert await problems({}) == []
    assert "bot.observability.span_recorder" not in sys.modules


async def test_spans_arrive_at_a_collector_under_the_bots_name(monkeypatch: pytest.MonkeyPatch) -> None:
    came: list[ExportTraceServiceRequest] = []

    async def collect(request: web.Request) -> web.Response:
        came.append(ExportTraceServiceRequest.FromString(await request.read()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/v1/traces", collect)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{runner.addresses[0][1]}")
    try:
        async with traces({"OTEL_EXPORTER_OTLP_ENDPOINT": "as above"}):
            tell(facts.TurnStarted(turn=TURN, attempt=1))
            tell(facts.TurnEnded(turn=TURN, how="done", seconds=1.0))
    finally:
        await runner.cleanup()
    [sent] = [one for request in came for one in request.resource_spans]
    named = {one.key: one.value.string_value for one in sent.resource.attributes}
    assert named["service.name"] == "teleprinter"
    assert [span.name for scope in sent.scope_spans for span in scope.spans] == ["invoke_agent Teleprinter"]


@pytest.mark.parametrize(
    "env", [{"OTEL_SERVICE_NAME": "ours"}, {"OTEL_RESOURCE_ATTRIBUTES": "service.name=ours"}]
)
def test_the_operators_name_for_the_service_goes_first(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    provider = build_provider(InMemorySpanExporter(), env)
    provider.shutdown()
    assert provider.resource.attributes["service.name"] == "ours"


class Stuck(SpanExporter):
    """A collector that takes nothing until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.go.wait()
        return SpanExportResult.SUCCESS


async def test_a_collector_that_hangs_does_not_keep_the_bot_from_ending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tracing, "LAST_SPANS", 0.01)
    stuck = Stuck()
    async with recorded(build_provider(stuck, {})):
        tell(facts.TurnStarted(turn=TURN, attempt=1))
    assert not stuck.go.is_set()
    stuck.go.set()


async def test_a_collector_that_is_not_there_is_told_without_a_word_of_a_header(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in (
        TO | {"OTEL_EXPORTER_OTLP_HEADERS": "authorization=SECRET", "OTEL_EXPORTER_OTLP_TIMEOUT": "1"}
    ).items():
        monkeypatch.setenv(name, value)
    with caplog.at_level(logging.DEBUG, logger="opentelemetry"):
        async with traces(TO):
            tell(facts.TurnStarted(turn=TURN, attempt=1))
    assert "SECRET" not in caplog.text
