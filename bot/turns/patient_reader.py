"""Reads a thread from a Slack that may be busy or have a bad day: for so long as a reader can be kept waiting, or until it tells."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from bot.core.backoff import Backoff
from bot.errors import RateLimited, SlackDenied, SlackError, ThreadGone
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from bot.core.conversation.history import ThreadMessage
    from bot.core.conversation.incoming import ThreadKey

LONGEST_WAIT = 20.0  # seconds that a reader may be kept waiting for the thread's history under a rate limit
RETRY = Backoff(1.0, longest=30.0)  # before a thread that could not be read is asked for again
DOUBTS = 2  # refusals before one is believed that would end a turn


class WholeThreads(Protocol):
    """Tells what a thread says; see `bot.slack.web_api_client`."""

    async def read_thread(self, thread: ThreadKey) -> list[ThreadMessage]: ...


class PatientReader:
    """Reads the threads of a workspace."""

    def __init__(self, threads: WholeThreads) -> None:
        self._threads = threads
        self._leaving = asyncio.Event()

    def leave(self) -> None:
        """Wait for no rate limit any more."""
        self._leaving.set()

    async def read(self, thread: ThreadKey, *, tries: int) -> list[ThreadMessage] | None:
        """Returns what the thread says; None where Slack does not tell in so many tries, or not soon."""
        for number in range(1, tries + 1):
            try:
                return await self._threads.read_thread(thread)
            except RateLimited as limit:
                if limit.retry_after > LONGEST_WAIT:
                    return None
                await self._pause(limit.retry_after)
            except SlackError as error:
                tell(facts.HistoryFailed(kind=type(error).__name__, error=str(error)))
                if error.code == "missing_scope":
                    return None  # no bad day of Slack's
                await self._pause(RETRY.pause(number) if number < tries else 0.0)
        return None

    async def read_in_the_end(self, thread: ThreadKey) -> list[ThreadMessage]:
        """Returns what the thread says, nothing where it is gone; waits until Slack tells. Raises SlackDenied where it never will."""
        tries, doubts = 0, DOUBTS
        while True:
            try:
                return await self._threads.read_thread(thread)
            except RateLimited as limit:
                await asyncio.sleep(limit.retry_after)
            except SlackError as error:
                tell(facts.QuestionUnread(kind=type(error).__name__, error=str(error)))
                doubts -= isinstance(error, ThreadGone | SlackDenied)
                if doubts < 0:
                    return _unread(error)
                tries += 1
                await asyncio.sleep(RETRY.pause(tries))

    async def _pause(self, seconds: float) -> None:
        """Wait, but not when we are leaving."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._leaving.wait()


def _unread(error: SlackError) -> list[ThreadMessage]:
    """Nothing, of a thread that is gone. Raises `error` where it is there, and not for us."""
    if isinstance(error, ThreadGone):
        return []
    raise error
