"""How often an app may call: Slack's tiers, counted per method, workspace and app.

Slack publishes floors ("50+ per minute") and keeps its bursts secret, so what is counted here is the strict reading:
that many calls in any 60 seconds. An app that gets along with this gets along with Slack.
Source of the figures: docs.slack.dev/apis/web-api/rate-limits and the methods' own pages, October 2026; where a page
only says "special", the figure is the one Slack's Java SDK keeps (MethodsRateLimits.java).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple, Self


class Rate(NamedTuple):
    """So many calls in any so many seconds."""

    calls: int
    seconds: float


TIER_2 = Rate(20, 60)
TIER_3 = Rate(50, 60)
TIER_4 = Rate(100, 60)
# One message a second in a channel, a short burst allowed (rate limits page). The size of the burst is our guess.
PER_CHANNEL = Rate(5, 5)

METHODS: dict[str, Rate] = {
    "agents.sessions.setStatus": TIER_3,
    "api.test": TIER_4,
    # Slack's Java SDK says tier 1; the method's page says tier 3, and an app may hold ten sockets.
    "apps.connections.open": TIER_3,
    "assistant.threads.setStatus": Rate(600, 60),  # its page: "600 requests per minute (per app per team)"
    "assistant.threads.setSuggestedPrompts": TIER_3,  # page: tier 4, Java: tier 3
    "assistant.threads.setTitle": TIER_3,  # page: tier 4, Java: tier 3
    "auth.test": Rate(600, 60),  # page: "hundreds of requests per minute", Java: 600
    "bots.info": TIER_3,
    "chat.appendStream": TIER_4,
    "chat.delete": TIER_3,
    "chat.getPermalink": Rate(600, 60),  # Java
    "chat.postEphemeral": TIER_4,
    "chat.postMessage": Rate(300, 60),  # page: "several hundred messages per minute" a workspace
    "chat.startStream": TIER_2,
    "chat.stopStream": TIER_2,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.join": TIER_3,
    "conversations.list": TIER_2,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "reactions.add": TIER_3,
    "reactions.remove": TIER_2,
    "users.conversations": TIER_2,  # page: tier 3, Java: tier 2
    "users.info": TIER_4,
    "users.list": TIER_2,
    "views.publish": TIER_4,
}
POSTING = frozenset({"chat.postMessage", "chat.postEphemeral"})


@dataclass(slots=True)
class Bucket:
    """The calls of the last while, against one rate. A refused call is not counted."""

    rate: Rate
    taken: deque[float] = field(default_factory=deque[float])

    def wait(self, now: float) -> float:
        """Seconds until one more call is allowed; 0.0 where it is now."""
        while self.taken and self.taken[0] <= now - self.rate.seconds:
            self.taken.popleft()
        if len(self.taken) < self.rate.calls:
            return 0.0
        return self.taken[0] + self.rate.seconds - now

    def take(self, now: float) -> None:
        """Count a call."""
        self.taken.append(now)


class Limits:
    """Who has called what how often. `Limits.strict()` counts, `Limits.off()` lets everything through."""

    def __init__(self, methods: dict[str, Rate], per_channel: Rate | None) -> None:
        self._methods = methods
        self._per_channel = per_channel
        self._buckets: dict[tuple[str, ...], Bucket] = {}

    @classmethod
    def strict(cls, **changed: Rate) -> Self:
        """Slack's published figures; `changed` replaces some: `chat_update=Rate(5, 60)`."""
        return cls(METHODS | {_dotted(name): rate for name, rate in changed.items()}, PER_CHANNEL)

    @classmethod
    def off(cls) -> Self:
        """No limits at all."""
        return cls({}, None)

    def take(self, method: str, *, team: str, app: str, channel: str | None, now: float) -> int | None:
        """Count this call, or refuse it: the whole seconds to wait before the next one (Slack's Retry-After)."""
        buckets = list(self._touched(method, team, app, channel))
        wait = max((bucket.wait(now) for bucket in buckets), default=0.0)
        if wait > 0:
            return math.ceil(wait)
        for bucket in buckets:
            bucket.take(now)
        return None

    def _touched(self, method: str, team: str, app: str, channel: str | None) -> list[Bucket]:
        rates: dict[tuple[str, ...], Rate | None] = {(team, app, method): self._methods.get(method)}
        if channel is not None and method in POSTING:
            rates[team, app, "posting", channel] = self._per_channel
        return [
            self._buckets.setdefault(key, Bucket(rate)) for key, rate in rates.items() if rate is not None
        ]


def _dotted(name: str) -> str:
    """A keyword as a method's name: the SDK's own spelling, `chat_postMessage`, with the dot back."""
    return name.replace("_", ".")
