"""Work that goes on while our event loop is busy: in a thread, and a loop, of its own."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

Theirs: TypeAlias = "Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[None]]]"


async def aside(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do `work` to its end, or until we are cancelled, which cancels it and waits for it. What it raises is raised here."""
    theirs: Theirs = Future()
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="aside")
    done = asyncio.get_running_loop().run_in_executor(thread, _run, work, theirs)
    try:
        await asyncio.shield(done)
    except asyncio.CancelledError:
        loop, task = theirs.result()  # it has begun by now, or does in a moment
        with suppress(RuntimeError):  # its loop has ended by itself
            loop.call_soon_threadsafe(task.cancel)
        await asyncio.wait([done])
        raise
    finally:
        thread.shutdown(wait=False)


def _run(work: Callable[[], Coroutine[Any, Any, None]], theirs: Theirs) -> None:
    async def run() -> None:
        task = asyncio.current_task()
        assert task is not None
        theirs.set_result((asyncio.get_running_loop(), task))
        await work()

    with suppress(asyncio.CancelledError):
        asyncio.run(run())
