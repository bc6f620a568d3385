"""Whoever ends an answer waits for the edits that it still wants."""

from __future__ import annotations

import asyncio

from bot.delivery.pending_edits import PendingEdits
from tests.fakes import an_answer

ANSWER, OTHER = an_answer("1.0"), an_answer("2.0")


async def test_who_waits_for_an_answer_waits_for_all_its_edits_and_for_no_other_s() -> None:
    pending = PendingEdits()
    pending.add(ANSWER)
    pending.add(ANSWER)
    pending.add(OTHER)
    waits = asyncio.create_task(pending.settled(ANSWER))
    await asyncio.sleep(0)
    pending.settle(ANSWER)
    await asyncio.sleep(0)
    assert not waits.done()
    pending.settle(ANSWER)
    await waits
    assert (ANSWER in pending, OTHER in pending) == (False, True)


async def test_where_nothing_is_to_come_nobody_waits() -> None:
    await PendingEdits().settled(ANSWER)
