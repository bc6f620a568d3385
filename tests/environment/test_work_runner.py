"""What a command does is run to its end, or until somebody stops it."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from bot.environment.work_runner import STOPPED, run_to_end


@pytest.mark.parametrize(("returned", "code"), [(None, 0), (0, 0), (1, 1)])
def test_what_the_work_returns_is_the_exit_code(returned: int | None, code: int) -> None:
    async def work() -> int | None:
        return returned

    assert run_to_end(work()) == code


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, STOPPED), (signal.SIGTERM, 0)])
def test_whoever_stops_it_lets_it_finish_what_it_has_begun(number: signal.Signals, code: int) -> None:
    finished: list[bool] = []

    async def work() -> int | None:
        os.kill(os.getpid(), number)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            finished.append(True)
        return None

    assert (run_to_end(work()), finished) == (code, [True])
