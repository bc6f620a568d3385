"""From an event on the socket to the beginning of its turn: what durability costs, beside the same without it.

The way is the real one: a person writes in the local workspace, the event comes over a socket, Bolt runs our middleware. Timed is from when
the workspace hands it to the socket. Without durability a set in memory knows what was taken; with it the turn is on record first, and
begins once its claim is committed: all that is left then is to read its thread, and to ask the model.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, cast

from bot.app import connected, running
from bot.core.conversation.deltas import Finish, Reason, Text
from bot.core.conversation.json_payload import as_payload
from bot.observability.facts import TurnStarted
from bot.observability.hooks import subscribe
from bot.settings import Settings
from bot.slack.connect import identify, socket_mode
from bot.slack.listeners import build_bolt
from slack_emulator.runtime.traffic import Delivered
from slack_emulator.server import Workspace
from slack_emulator.web_api.rate_limits import Limits

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.history import ChatMessage
    from bot.core.conversation.incoming import Prompt, Vanished
    from bot.observability.facts import Fact
    from bot.slack.identity import Identity
    from slack_emulator.runtime.traffic import Seen

EVENTS = 500
PAUSE = 0.05  # seconds before the next question: the turn before it goes on meanwhile
WITHIN = 10.0


@dataclass(frozen=True, slots=True)
class Starts:
    """Milliseconds from the event to the beginning of its turn."""

    median: float
    p99: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Starts:
        return cls(1000 * median(seconds), 1000 * quantiles(seconds, n=100)[-1])


class Stopwatch:
    """When each question's event was sent, and when its turn began."""

    def __init__(self) -> None:
        self.sent: dict[str, float] = {}
        self.begun: dict[str, float] = {}
        self._clock = asyncio.get_running_loop().time
        self._changed = asyncio.Event()

    def begins(self, ts: str) -> None:
        """Its turn begins now."""
        self.begun.setdefault(ts, self._clock())
        self._changed.set()

    async def measure(self, slack: Workspace, count: int) -> Starts:
        """So many questions, each asked when the turn of the one before has begun."""
        stop, asked = slack.traffic.watch(self._see), list[str]()
        for number in range(count):
            asked.append(ts := await slack.say("general", "ada", f"@Teleprinter question {number}"))
            async with asyncio.timeout(WITHIN):
                await self._has_begun(ts)
            await asyncio.sleep(PAUSE)
        stop()
        return Starts.of([self.begun[ts] - self.sent[ts] for ts in asked])

    def _see(self, seen: Seen) -> None:
        """A mention is delivered as two events: the first of them counts."""
        if isinstance(seen, Delivered):
            event: Any = as_payload(as_payload(cast("object", seen.payload)).get("event"))
            self.sent.setdefault(str(event.get("ts")), self._clock())

    async def _has_begun(self, ts: str) -> None:
        while ts not in self.begun:
            self._changed.clear()
            await self._changed.wait()


class _OneWorkspace:
    """Knows no other than the one it was made for."""

    def __init__(self, us: Identity) -> None:
        self._us = us

    async def identity(self, _team: str) -> Identity:
        return self._us


class _Forgetful:
    """Takes prompts and keeps them in memory only."""

    def __init__(self, watch: Stopwatch) -> None:
        self._watch = watch
        self._taken: set[tuple[str, str, str]] = set()

    async def take(self, prompt: Prompt) -> bool:
        first = prompt.claim not in self._taken
        self._taken.add(prompt.claim)
        self._watch.begins(prompt.ts)
        return first

    async def vanish(self, message: Vanished) -> None:
        """Nothing is running here that could end."""


class _Brief:
    """A model that says one word."""

    label, caution, window = "a scripted model", None, None
    takes_images = False

    async def stream(self, messages: Sequence[ChatMessage]) -> DeltaStream:
        yield Text("Yes.")
        yield Finish(Reason.STOP)


async def without(*, events: int = EVENTS) -> Starts:
    """The figures without durability."""
    return await _measured(_plainly, None, events)


async def durably(database: Path | str, *, events: int = EVENTS) -> Starts:
    """The figures with the turns on record in that database."""
    return await _measured(_bot, database, events)


async def _measured(bot: _Begin, database: Path | str | None, events: int) -> Starts:
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(Workspace.start(limits=Limits.off()))
        watch = Stopwatch()
        await stack.enter_async_context(bot(slack, watch, database))
        return await watch.measure(slack, events)


def _settings(slack: Workspace, database: Path | str | None) -> Settings:
    return Settings(
        slack_bot_token=slack.app.bot_token,
        slack_app_token=slack.app.app_token,
        slack_api_url=slack.api_url,
        database=database,
        model="openai:scripted",
        updates_per_minute=100_000,
        posts_in_a_row=1000,
    )


@asynccontextmanager
async def _plainly(slack: Workspace, watch: Stopwatch, database: Path | str | None) -> AsyncGenerator[None]:
    async with connected(_settings(slack, database)) as client:
        us = await identify(client)
        app = build_bolt(client, _OneWorkspace(us), signing_secret="", taker=_Forgetful(watch))
        async with socket_mode(app, slack.app.app_token):
            yield


@asynccontextmanager
async def _bot(slack: Workspace, watch: Stopwatch, database: Path | str | None) -> AsyncGenerator[None]:
    def hear(fact: Fact) -> None:
        if isinstance(fact, TurnStarted):
            watch.begins(fact.turn.name)

    with subscribe(hear):
        async with running(_settings(slack, database), _Brief()):
            yield


if TYPE_CHECKING:
    from typing import Protocol

    class _Begin(Protocol):
        """Begins to answer in the workspace, while the block runs."""

        def __call__(
            self, slack: Workspace, watch: Stopwatch, database: Path | str | None
        ) -> AbstractAsyncContextManager[None]: ...
