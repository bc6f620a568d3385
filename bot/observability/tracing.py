"""Sends traces to an OpenTelemetry collector, where the variables of OpenTelemetry in the environment ask for them.

    OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318    sends them there
    OTEL_TRACES_EXPORTER=none, OTEL_SDK_DISABLED=true    sends none all the same

How often, how many of them and with which headers say the other variables of OpenTelemetry's SDK. Nothing of it is loaded where nobody
asks for traces, and that they cannot be sent keeps nobody from being answered.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING

from bot.observability import facts
from bot.observability.hooks import subscribe, tell

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

EXTRA = 'pip install "teleprinter[otel]"'
ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
EXPORTER = "opentelemetry.exporter.otlp.proto.http.trace_exporter"
PROTOCOL = "http/protobuf"
LAST_SPANS = 3.0  # seconds that the last spans have to be sent when we leave


def is_wanted(env: Mapping[str, str]) -> bool:
    """Tells whether the environment asks for traces."""
    if env.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    exporter = env.get("OTEL_TRACES_EXPORTER", "").strip()
    return exporter != "none" if exporter else any(env.get(name, "").strip() for name in ENDPOINTS)


def find_problem(env: Mapping[str, str]) -> str:
    """Returns what is asked for that we cannot do, with the mend; "" where nothing is."""
    if (exporter := env.get("OTEL_TRACES_EXPORTER", "").strip() or "otlp") != "otlp":
        return f"OTEL_TRACES_EXPORTER={exporter[:40]!r} is not known here: set it to otlp, or to none."
    name = next((name for name in PROTOCOLS if env.get(name, "").strip()), "")
    if name and env[name].strip() != PROTOCOL:
        return f"{name}={env[name].strip()[:40]!r} is not known here: set it to {PROTOCOL}, and the endpoint to its port (4318)."
    try:
        import_module(EXPORTER)
    except ImportError:
        return f"OpenTelemetry is not installed: {EXTRA}"
    return ""


@asynccontextmanager
async def traces(env: Mapping[str, str]) -> AsyncGenerator[None]:
    """Sends traces while the block runs, where `env`, which is the process's environment, asks for them. Where they cannot be sent the
    operator is told why."""
    if not is_wanted(env):
        yield
        return
    if (provider := _open_provider(env)) is None:
        yield
        return
    async with recorded(provider):
        yield


@asynccontextmanager
async def recorded(provider: TracerProvider) -> AsyncGenerator[None]:
    """Gives `provider` a span of what happens while the block runs; those that are left have LAST_SPANS seconds at its end."""
    from bot.observability.span_recorder import SpanRecorder

    recorder = SpanRecorder(provider.get_tracer("teleprinter"))
    try:
        with subscribe(recorder):
            yield
    finally:
        recorder.close()
        await _shut_down(provider)


def build_provider(exporter: SpanExporter, env: Mapping[str, str]) -> TracerProvider:
    """Returns what makes spans and hands them to `exporter`. Raises whatever OpenTelemetry's SDK makes of its variables."""
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from bot.observability.span_recorder import TurnIds

    named = env.get("OTEL_SERVICE_NAME") or "service.name=" in env.get("OTEL_RESOURCE_ATTRIBUTES", "")
    resource = Resource.create(None if named else {SERVICE_NAME: "teleprinter"})
    # Not the process's provider: libraries would send theirs along, and some of them what people write.
    provider = TracerProvider(resource=resource, id_generator=TurnIds(), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


def _open_provider(env: Mapping[str, str]) -> TracerProvider | None:
    if problem := find_problem(env):
        tell(facts.TracesUnavailable(problem=problem))
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        return build_provider(OTLPSpanExporter(), env)
    except Exception as error:  # whatever it makes of a variable, whose words may repeat a header
        problem = f"OpenTelemetry does not take a variable OTEL_... ({type(error).__name__}): correct it."
    tell(facts.TracesUnavailable(problem=problem))
    return None


async def _shut_down(provider: TracerProvider) -> None:
    """Sends what is left, in a thread that does not keep the process from ending."""
    done, loop = asyncio.Event(), asyncio.get_running_loop()

    def shut_down() -> None:
        provider.shutdown()
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(done.set)

    threading.Thread(target=shut_down, name="last spans", daemon=True).start()
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_SPANS):
            await done.wait()
