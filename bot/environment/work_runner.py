"""Runs what a command does until it is done, or until Ctrl-C or SIGTERM ends it."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

STOPPED = 130  # the exit code of what Ctrl-C has ended
AT_LAST = 12.0  # seconds after its time to drain at which a process ends, even where the database or Slack does not answer
THREADS = 2.0  # seconds that its threads have to end when all else has


def run_to_end(work: Coroutine[Any, Any, int | None], *, drain: float | None = None) -> int:
    """Runs `work` to its end, and returns its exit code.

    Ctrl-C and SIGTERM end it: what is being written is finished first, unless it is told a second time. What serves has
    no other end than that; it is over `AT_LAST` seconds after its `drain` at the latest, whatever it waits for then.
    """
    told: list[int] = []

    async def until_told() -> int | None:
        task = asyncio.current_task()
        assert task is not None

        def stop(number: int) -> None:
            told.append(number)
            if drain is not None:
                _end_within(drain + AT_LAST)
            task.cancel()

        _on_signals(stop)
        return await work

    try:
        code = asyncio.run(until_told()) or 0
    except asyncio.CancelledError:
        code = 0 if drain is not None or signal.SIGTERM in told else STOPPED
    if told and drain is not None:
        _end_within(THREADS)
    return code


def _end_within(seconds: float) -> None:
    """End the process then, if it still is there: Python waits for all its threads, and one may wait for a database."""
    timer = threading.Timer(seconds, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    tell(facts.ExitForced())
    os._exit(0)  # what was left is on record, or has been told


def _on_signals(stop: Callable[[int], None]) -> None:
    """Call `stop` at the first Ctrl-C or SIGTERM; the second is the system's to deal with.

    Not left to asyncio alone: where a shell started us in the background, Python does not listen for Ctrl-C at all.
    """
    loop = asyncio.get_running_loop()

    def once(number: int) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(each)
        stop(number)

    with suppress(NotImplementedError):  # Windows knows no such handlers, and its Ctrl-C is asyncio's
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, once, each)
