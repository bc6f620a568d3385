"""Answers what an operator's tools ask of a process, on a port of its own: is it alive, is it ready, and how does it fare.

    GET /live      200 as long as the event loop answers at all
    GET /ready     200 from when the bot listens and its model is loaded until it is told to stop, else 503; and what is wrong in words
    GET /metrics   the figures of `bot.observability.metrics`, as Prometheus reads them

It is no port for the internet: nothing here asks who asks.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.aiohttp import make_aiohttp_handler

from bot.errors import SettingsError
from bot.observability import facts
from bot.observability.hooks import subscribe
from bot.observability.level_gauges import LevelGauges
from bot.observability.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from typing import TypeAlias

    _Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

LAG_EVERY = 1.0  # seconds between two measurements of the event loop's lag
CLOSING = 1.0  # seconds that a request may go on when we leave
HEADERS = 8190  # bytes of a request's line and of each header: aiohttp's own figure


class Readiness:
    """Hears facts, and says whether the bot answers."""

    def __init__(self) -> None:
        self._listens = False
        self._is_loaded = False
        self.has_database = True

    @property
    def is_ready(self) -> bool:
        return self._listens and self._is_loaded

    def __call__(self, fact: facts.Fact) -> None:
        """Hears what has happened."""
        match fact:
            case facts.BotReady():
                self._listens = True
                self._is_loaded = self._is_loaded or not fact.loads_late
            case facts.ModelLoaded():
                self._is_loaded = True
            case facts.BotStopping():
                self._listens = False
            case facts.DatabaseLost() | facts.DatabaseBack():
                self.has_database = isinstance(fact, facts.DatabaseBack)
            case _:
                pass


@asynccontextmanager
async def status_server(*, host: str, port: int) -> AsyncGenerator[int]:
    """Serve while the block runs; yields the port, which is a free one where 0 was asked for.

    Raises SettingsError where the port cannot be had.
    """
    registry, readiness = CollectorRegistry(), Readiness()
    lag = Gauge(
        "teleprinter_event_loop_lag_seconds", "By how much the last timer came late", registry=registry
    )
    tasks_now = Gauge("teleprinter_event_loop_tasks", "Tasks of the event loop", registry=registry)
    tasks_now.set_function(lambda: len(asyncio.all_tasks()))
    runner = web.AppRunner(
        _application(registry, readiness),
        access_log=None,
        shutdown_timeout=CLOSING,
        lingering_time=CLOSING,
        auto_decompress=False,  # nobody reads a body here
    )
    await runner.setup()
    try:
        bound = await _listen(runner, host, port)
        async with asyncio.TaskGroup() as tasks:
            measuring = tasks.create_task(_measure(lag))
            registry.register(LevelGauges())
            with subscribe(Metrics(registry)), subscribe(readiness):
                try:
                    yield bound
                finally:
                    measuring.cancel()
    finally:
        await runner.cleanup()


def _application(registry: CollectorRegistry, readiness: Readiness) -> web.Application:
    async def live(_: web.Request) -> web.Response:
        return web.json_response({"live": True})

    async def ready(_: web.Request) -> web.Response:
        said = {"ready": readiness.is_ready, "database": "up" if readiness.has_database else "lost"}
        return web.json_response(said, status=200 if readiness.is_ready else 503)

    application = web.Application()
    application.router.add_get("/live", live)
    application.router.add_get("/ready", ready)
    application.router.add_get("/metrics", _told_in_some_format(make_aiohttp_handler(registry=registry)))
    return application


def _told_in_some_format(tell: _Handler) -> _Handler:
    """Answers in the format that is asked for, and where the library stumbles over how that is written, in its own."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await tell(request)
        except (TypeError, ValueError):  # prometheus_client 0.26 of a version in quotation marks
            kept = {name: value for name, value in request.headers.items() if name.lower() != "accept"}
            return await tell(request.clone(headers=kept))

    return answer


async def _listen(runner: web.AppRunner, host: str, port: int) -> int:
    site = web.TCPSite(runner, host, port)
    try:
        await site.start()
    except OSError as error:
        raise SettingsError(
            f"TELEPRINTER_STATUS_PORT={port} cannot be had on {host} ({error.strerror or type(error).__name__}): "
            "set it to a free port."
        ) from error
    return int(runner.addresses[0][1])


async def _measure(lag: Gauge) -> None:
    clock = asyncio.get_running_loop().time
    while True:
        wanted = clock() + LAG_EVERY
        await asyncio.sleep(LAG_EVERY)
        lag.set(max(0.0, clock() - wanted))
