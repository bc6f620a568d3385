"""Replicas as processes: what is known of one that starts, or does not."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from benchmarks.chaos.replicas import READY, NotReady, Replica
from tests.patience import HANGING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@asynccontextmanager
async def a_process(*lines: str) -> AsyncGenerator[Replica]:
    """A process that says these lines, and ends."""
    script = f"import sys; sys.stderr.writelines(one + chr(10) for one in {lines!r})"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stderr=PIPE)
    replica = Replica("r1", process)
    async with asyncio.timeout(HANGING), asyncio.TaskGroup() as tasks:
        tasks.create_task(replica.listen())
        yield replica
        await process.wait()


async def test_a_replica_that_says_so_is_ready() -> None:
    async with a_process("status.served port=7", READY) as replica:
        await replica.until_ready()
        assert replica.status_port == 7


async def test_a_replica_that_ends_before_is_not_waited_for_and_says_why() -> None:
    async with a_process("DATABASE_URL: a wrong setting") as replica:
        with pytest.raises(NotReady, match="r1: DATABASE_URL: a wrong setting"):
            await replica.until_ready()
        assert not replica.serving


async def test_a_replica_that_does_not_come_up_in_time_is_not_waited_for_any_longer() -> None:
    async with a_process("database.waiting") as replica:
        with pytest.raises(NotReady):
            await replica.until_ready(0.0)
