"""How long each step of a turn takes, from the spans that the bot sends to a collector of ours."""

from __future__ import annotations

from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

WHOLE = "invoke_agent"  # the turn, which all others are steps of
MOST = 64 * 2**20  # bytes of one batch


@dataclass(slots=True)
class Steps:
    """Seconds of each span, by its name."""

    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    async def collect(self, request: web.Request) -> web.Response:
        """Takes a batch."""
        batch = ExportTraceServiceRequest.FromString(await request.read())
        for resource in batch.resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    taken = (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9
                    self.seconds[span.name].append(taken)
        return web.Response()

    @property
    def slowest(self) -> str:
        """The step of a turn that is slowest in the middle; "" where there are none."""
        steps = {name: median(taken) for name, taken in self.seconds.items() if not name.startswith(WHOLE)}
        return max(steps, key=lambda name: steps[name], default="")

    def table(self) -> Table:
        """All steps for people."""
        shown = Table("step", "spans", "median, ms", "99 %, ms", "worst, ms", title="How long it takes")
        for name, taken in sorted(self.seconds.items(), key=lambda one: -median(one[1])):
            ordered = sorted(taken)
            last = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
            figures = (median(ordered), last, ordered[-1])
            shown.add_row(name, f"{len(taken):,}", *(f"{1000 * one:.0f}" for one in figures))
        return shown


@asynccontextmanager
async def collector() -> AsyncGenerator[tuple[Steps, str]]:
    """A collector, and where spans go."""
    steps = Steps()
    application = web.Application(client_max_size=MOST)
    application.router.add_post("/v1/traces", steps.collect)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield steps, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
