"""Old rows go daily."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.durable.retention import DAY, KEPT, retain
from tests.clock import VIRTUAL


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


class Keeper:
    """Counts how often it had to forget, and what."""

    def __init__(self) -> None:
        self.before: list[float] = []

    async def forget(self, before: float) -> None:
        self.before.append(before)


async def test_what_is_two_days_old_goes_at_the_start_and_every_day() -> None:
    one, other = Keeper(), Keeper()
    retaining = asyncio.create_task(retain([one, other]))
    await asyncio.sleep(2.5 * DAY)
    retaining.cancel()
    assert len(one.before) == len(other.before) == 3
    assert one.before[0] == pytest.approx(time.time() - KEPT, abs=60)
