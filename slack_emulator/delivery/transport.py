"""Holds what the two ways to an app share: a payload goes out, and is acknowledged in time or not.

events      delivered until acknowledged, tried again as Slack does        Transport.deliver
the rest    what people press, open and type: asked once, the answer used  Transport.ask
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_emulator.delivery.retry_policy import RetryPolicy
    from slack_emulator.json_values import Json
    from slack_emulator.runtime.background_tasks import BackgroundTasks
    from slack_emulator.runtime.clock import Clock
    from slack_emulator.runtime.injected_failures import Faults
    from slack_emulator.runtime.notifier import Notifier
    from slack_emulator.runtime.traffic import Delivered

EVENTS, INTERACTIVE, COMMANDS = "events_api", "interactive", "slash_commands"


class DeliveryFailed(Exception):
    """One try failed. `reason` is the x-slack-retry-reason of the next; `final` where the app wants no next."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


@dataclass(eq=False, slots=True)
class Envelope:
    """One payload on its way, and whether the app has said it arrived; `answer` is what it said with that."""

    kind: str
    payload: Json
    id: str = field(default_factory=lambda: str(uuid4()))
    acked: bool = False
    answer: Json | None = None


@dataclass(frozen=True, slots=True)
class DeliveryContext:
    """Holds what every way works with: Slack's patience, its clock, the faults a script set, the owner of tasks, the record."""

    patience: RetryPolicy
    clock: Clock
    bell: Notifier
    faults: Faults
    background: BackgroundTasks
    record: Callable[[Delivered], None]


class Transport(Protocol):
    """Says how an app is reached."""

    def deliver(self, payload: Json, *, attempt: int = 0) -> None:
        """Send an event until it is acknowledged, or given up. Never waits. `attempt` is where it starts to count."""
        ...

    async def ask(self, payload: Json, kind: str) -> Json:
        """Send what a person did, once; answers what the app said to it, {} where it only acknowledged.

        Raises DeliveryFailed where it did not: on Slack the person sees that it failed, and does it again.
        """
        ...
