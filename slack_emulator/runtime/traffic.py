"""The record of what went over the wire: calls of the Web API, and what was delivered to apps. Without any token."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_emulator.json_values import Json

KEPT, KEPT_DELIVERIES = 10_000, 2_000  # a delivery holds a message twice where it was changed


@dataclass(frozen=True, slots=True)
class Called:
    """A call, and how it was answered. `error` is None where all went well; `app_id` "" where nobody was known."""

    method: str
    args: Json
    status: int
    error: str | None
    at: float
    app_id: str = ""
    answer: Json | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """A step of a delivery to an app: "sent", then "acked" or what went wrong. Steps of one payload share the `id`.

    `way` is "socket" or "http", `kind` the envelope's type: "events_api", "interactive" or "slash_commands".
    """

    id: str
    app_id: str
    way: str
    kind: str
    payload: Json
    attempt: int
    outcome: str
    at: float


Seen: TypeAlias = Called | Delivered


class Traffic:
    """The latest calls and deliveries, oldest first. Who watches is told of each as it happens."""

    def __init__(self) -> None:
        self.calls: deque[Called] = deque(maxlen=KEPT)
        self.deliveries: deque[Delivered] = deque(maxlen=KEPT_DELIVERIES)
        self._watchers: list[Callable[[Seen], None]] = []

    def watch(self, watcher: Callable[[Seen], None]) -> Callable[[], None]:
        """Tell `watcher` of everything from now on, until what this answers is called. It must not wait or fail."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def called(self, call: Called) -> None:
        """Record a call."""
        self.calls.append(call)
        self._tell(call)

    def delivered(self, delivery: Delivered) -> None:
        """Record a step of a delivery."""
        self.deliveries.append(delivery)
        self._tell(delivery)

    def _tell(self, seen: Seen) -> None:
        for watcher in tuple(self._watchers):
            watcher(seen)
