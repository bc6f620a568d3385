"""Answers Slack for listeners, once their middleware has done its part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_bolt.response import BoltResponse

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck


def form_answer(problem: str, *, below: str) -> BoltResponse:
    """Closes a form; where there is a problem, leaves it open and says so below that field."""
    if not problem:
        return BoltResponse(status=200)
    answer = {"response_action": "errors", "errors": {below: problem}}
    return BoltResponse(status=200, body=answer)


async def acknowledge(ack: AsyncAck) -> None:
    """Acks: middleware has begun what is to come of it."""
    await ack()


async def done() -> None:
    """Has nothing left to do: middleware has done it all, or answered."""
