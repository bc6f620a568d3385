"""Says how often an app may call: Slack's tiers, counted per method, workspace and app.

Slack publishes floors ("50+ per minute") and keeps its bursts secret, so what is counted here is the strict reading:
that many calls in any 60 seconds. An app that gets along with this gets along with Slack.
Source of the figures: docs.slack.dev/apis/web-api/rate-limits and the methods' own pages, October 2026; where a page
only says "special", the figure is the one Slack's Java SDK keeps (MethodsRateLimits.java).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Self

from slack_emulator.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Rate(NamedTuple):
    """So many calls in any so many seconds."""

    calls: int
    seconds: float


def rate_of(text: str) -> Rate:
    """A rate as people write it: calls/seconds."""
    calls, _, seconds = text.partition("/")
    if not (calls.isdigit() and seconds.isdigit() and int(calls) and int(seconds)):
        raise WorkspaceError(f"{text} is no rate: write calls/seconds, like 50/60")
    return Rate(int(calls), float(seconds))


TIER_1 = Rate(1, 60)
TIER_2 = Rate(20, 60)
TIER_3 = Rate(50, 60)
TIER_4 = Rate(100, 60)
# One message a second in a channel, a short burst allowed (rate limits page). The size of the burst is our guess.
PER_CHANNEL = Rate(5, 5)

METHODS: dict[str, Rate] = {
    "agents.sessions.rename": TIER_3,
    "agents.sessions.setStatus": TIER_3,
    "api.test": TIER_4,
    # Slack's Java SDK says tier 1; the method's page says tier 3, and an app may hold ten sockets.
    "apps.connections.open": TIER_3,
    "apps.event.authorizations.list": TIER_4,  # page: special, Java: tier 4
    "apps.uninstall": TIER_1,
    "assistant.threads.setStatus": Rate(600, 60),  # its page: "600 requests per minute (per app per team)"
    "assistant.threads.setSuggestedPrompts": TIER_3,  # page: tier 4, Java: tier 3
    "assistant.threads.setTitle": TIER_3,  # page: tier 4, Java: tier 3
    "auth.revoke": TIER_3,
    "auth.test": Rate(600, 60),  # page: "hundreds of requests per minute", Java: 600
    "blocks.validate": TIER_4,  # on no page
    "bots.info": TIER_3,
    "chat.appendStream": TIER_4,
    "chat.delete": TIER_3,
    "chat.deleteScheduledMessage": TIER_3,
    "chat.getPermalink": Rate(600, 60),  # Java
    "chat.meMessage": TIER_3,
    "chat.postEphemeral": TIER_4,
    "chat.postMessage": Rate(300, 60),  # page: "several hundred messages per minute" a workspace
    "chat.scheduleMessage": TIER_3,
    "chat.scheduledMessages.list": TIER_3,
    "chat.startStream": TIER_2,
    "chat.stopStream": TIER_2,
    "chat.update": TIER_3,
    "conversations.archive": TIER_2,
    "conversations.close": TIER_2,
    "conversations.create": TIER_2,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.invite": TIER_3,
    "conversations.join": TIER_3,
    "conversations.kick": TIER_3,
    "conversations.leave": TIER_3,
    "conversations.list": TIER_2,
    "conversations.mark": TIER_3,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "conversations.rename": TIER_2,
    "conversations.replies": TIER_3,
    "conversations.setPurpose": TIER_2,
    "conversations.setTopic": TIER_2,
    "conversations.unarchive": TIER_2,
    "files.completeUploadExternal": TIER_4,
    "files.delete": TIER_3,
    "files.getUploadURLExternal": TIER_4,
    "files.info": TIER_4,
    "files.list": TIER_3,
    "oauth.v2.access": TIER_4,  # page: special, Java: tier 4
    "reactions.add": TIER_3,
    "reactions.get": TIER_3,
    "reactions.list": TIER_2,
    "reactions.remove": TIER_2,
    "team.info": TIER_3,
    "usergroups.users.list": TIER_2,
    "users.conversations": TIER_2,  # page: tier 3, Java: tier 2
    "users.getPresence": TIER_3,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "users.lookupByEmail": TIER_3,
    "users.profile.get": TIER_4,
    "users.setPresence": TIER_2,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}
# Apps that are neither internal nor in the Marketplace read one page a minute: the methods' pages, since May 2025.
OUTSIDE: dict[str, Rate] = {"conversations.history": Rate(1, 60), "conversations.replies": Rate(1, 60)}
POSTING = frozenset({"chat.meMessage", "chat.postEphemeral", "chat.postMessage"})


@dataclass(slots=True)
class Bucket:
    """The calls of the last while, against one rate. A refused call is not counted."""

    rate: Rate
    taken: deque[float] = field(default_factory=deque[float])

    def wait(self, now: float) -> float:
        """Seconds until one more call is allowed; 0.0 where it is now."""
        # Added, not taken away: as below, so that rounding cannot let one through that is still counted.
        while self.taken and self.taken[0] + self.rate.seconds <= now:
            self.taken.popleft()
        if len(self.taken) < self.rate.calls:
            return 0.0
        return self.taken[0] + self.rate.seconds - now

    def take(self, now: float) -> None:
        """Count a call."""
        self.taken.append(now)


class MethodBudget(NamedTuple):
    """So many calls are left of so many in so many seconds; `wait` seconds until the next where none is."""

    left: int
    calls: int
    seconds: float
    wait: float


class Limits:
    """Counts who has called what how often. `Limits.strict()` counts, `Limits.off()` lets everything through."""

    def __init__(self, methods: dict[str, Rate], per_channel: Rate | None) -> None:
        self._methods = methods
        self._per_channel = per_channel
        self._buckets: dict[tuple[str, ...], Bucket] = {}

    @classmethod
    def strict(cls, **changed: Rate) -> Self:
        """Slack's published figures; `changed` replaces some: `chat_update=Rate(5, 60)`."""
        return cls(METHODS | {_dotted(name): rate for name, rate in changed.items()}, PER_CHANNEL)

    @classmethod
    def of(cls, chosen: Mapping[str, str] | bool) -> Self:
        """As a seed says it: false for none at all, or the rates that are others, like `{"chat.update": "5/60"}`; under
        "posting" the one that holds for each channel.
        """
        if isinstance(chosen, bool):
            return cls.strict() if chosen else cls.off()
        rates = {name: rate_of(text) for name, text in chosen.items()}
        per_channel = rates.pop("posting", PER_CHANNEL)
        if unknown := [method for method in rates if method not in METHODS]:
            raise WorkspaceError(f"there is no rate for {unknown[0]}: is it a method of the Web API?")
        return cls(METHODS | rates, per_channel)

    @classmethod
    def off(cls) -> Self:
        """No limits at all."""
        return cls({}, None)

    def take(
        self, method: str, *, team: str, app: str, channel: str | None, now: float, outside: bool = False
    ) -> int | None:
        """Count this call, or refuse it: the whole seconds to wait before the next one (Slack's Retry-After).

        `outside`: the app is neither internal nor in the Marketplace.
        """
        buckets = list(self._touched(method, (team, app), channel, outside=outside))
        wait = max((bucket.wait(now) for bucket in buckets), default=0.0)
        if wait > 0:
            return math.ceil(wait)
        for bucket in buckets:
            bucket.take(now)
        return None

    def left(self, team: str, app: str, now: float) -> dict[str, MethodBudget]:
        """Returns what an app may still do in a workspace, by method; and by channel for posting. Only what it has used."""
        found: dict[str, MethodBudget] = {}
        for (its_team, its_app, *name), bucket in self._buckets.items():
            if (its_team, its_app) == (team, app):
                wait = bucket.wait(now)
                left = bucket.rate.calls - len(bucket.taken)
                found[" ".join(name)] = MethodBudget(left, bucket.rate.calls, bucket.rate.seconds, wait)
        return found

    def clear(self) -> None:
        """Forget all calls."""
        self._buckets.clear()

    def _touched(
        self, method: str, who: tuple[str, str], channel: str | None, *, outside: bool
    ) -> list[Bucket]:
        rate = self._methods.get(method)
        if outside and rate is not None:
            rate = OUTSIDE.get(method, rate)
        rates: dict[tuple[str, ...], Rate | None] = {(*who, method): rate}
        if channel is not None and method in POSTING:
            rates[*who, "posting", channel] = self._per_channel
        return [
            self._buckets.setdefault(key, Bucket(rate)) for key, rate in rates.items() if rate is not None
        ]


def _dotted(name: str) -> str:
    """A keyword as a method's name: the SDK's own spelling, `chat_postMessage`, with the dot back."""
    return name.replace("_", ".")
