"""Carries scripts out: sets faults, closes sockets, deletes replies, lets people speak and time pass."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from slack_emulator.errors import Refused
from slack_emulator.scenario.fault_script import (
    Advance,
    CloseSockets,
    DeleteReply,
    Fail,
    LoseAcks,
    RepeatEvents,
    Say,
    Speed,
    Wait,
)
from slack_emulator.state.changes import Posted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_emulator.actors.people import People
    from slack_emulator.delivery.router import DeliveryRouter
    from slack_emulator.delivery.transport import DeliveryContext
    from slack_emulator.scenario.fault_script import AtOnce, Step
    from slack_emulator.state.changes import WorkspaceChange
    from slack_emulator.state.models import Message

log = logging.getLogger(__name__)

LEAVING = 10.0  # seconds an app has to leave a socket by itself: Slack's warning comes about that early


class ScenarioRunner:
    """Runs scripts, several at once where they are given at once."""

    def __init__(self, people: People, post: DeliveryContext, deliveries: DeliveryRouter) -> None:
        self._people = people
        self._deliveries = deliveries
        self._faults = post.faults
        self._clock = post.clock
        self._background = post.background
        self._deleting: list[float] = []  # so many seconds after a reply; each waits for one
        self._last_said: str | None = None

    def run(self, steps: Sequence[Step]) -> None:
        """Begin to carry out a script; what comes before its first `wait` is done when this returns."""
        for number, step in enumerate(steps):
            if isinstance(step, Wait | CloseSockets | Say):
                self._background.start(self._go_on(steps[number:]))
                return
            self._do(step)

    def clear(self) -> None:
        """Forget what has not gone wrong yet."""
        self._faults.clear()
        self._deleting.clear()
        self._deliveries.repeat(0)

    def saw(self, happening: WorkspaceChange) -> None:
        """Look at what happens: a reply of an app may be one to delete."""
        if isinstance(happening, Posted) and self._deleting:
            message = happening.message
            if message.app_id is not None and message.thread_ts is not None:
                self._background.start(self._delete(message, self._deleting.pop(0)))

    async def _go_on(self, steps: Sequence[Step]) -> None:
        for step in steps:
            match step:
                case Wait(seconds):
                    await self._clock.sleep(seconds)
                case CloseSockets(reason):
                    await self._deliveries.close(None if reason == "cut" else reason, grace=LEAVING)
                case Say():
                    await self._say(step)
                case _:
                    self._do(step)

    def _do(self, step: AtOnce) -> None:
        match step:
            case Fail():
                self._faults.add(step.fail, step.fault())
            case LoseAcks(times):
                self._faults.lose_acks(times)
            case DeleteReply(seconds):
                self._deleting.append(seconds)
            case RepeatEvents(times):
                self._deliveries.repeat(times)
            case Advance(seconds):
                self._clock.advance(seconds)
            case Speed(speed):
                self._clock.run(speed)

    async def _say(self, step: Say) -> None:
        thread_ts = self._last_said if step.reply else None
        try:
            said = await self._people.say(step.channel, step.user, step.say, thread_ts)
        except Refused as refused:
            log.warning("script.refused", extra={"error": refused.code})
            return
        self._last_said = thread_ts or said

    async def _delete(self, message: Message, seconds: float) -> None:
        await self._clock.sleep(seconds)
        try:
            await self._people.delete(message.channel, message.ts)
        except Refused as refused:
            # It is gone already, and that is all the script wanted.
            log.info("script.refused", extra={"error": refused.code})
