"""Shows in the agent pane of a workspace that a conversation is being worked on, and what it is called.

    begin  --> agents.sessions.setStatus "processing", with the title     --> Slack shows that, and a Stop of its own
    end    --> agents.sessions.setStatus "active"                         --> it shows nothing any more

A workspace that does not know these methods is shown what they came after: the line of `assistant.threads.setStatus`, which goes by
itself with our next message, and a title. That is found out once and remembered as long as the process lives.

The pane is somebody's direct messages with us. In channels the line stays: there a session would cost each answer two calls of a
method that takes fifty a minute, to say what the line says with one of six hundred.

A session that Slack is not told the end of shows for an hour that it is worked on. So an end that could not be told is told later.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from bot.core.backoff import Backoff
from bot.core.delivery.slack_calls import SetSession, SetStatus, SetTitle
from bot.errors import RateLimited, SlackError, SlackUnreachable
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from bot.core.conversation.incoming import ThreadKey
    from bot.core.delivery.slack_calls import SlackCall

UNKNOWN_METHOD = frozenset({"unknown_method", "method_deprecated", "feature_disabled", "feature_not_enabled"})
"""Slack's codes of a workspace that has no agent sessions."""
COURTESY = 1.0  # seconds that what is shown beside an answer may take of it
RETRY = Backoff(1.0, longest=60.0)  # before an end that Slack did not take is told again


class CallSurface(Protocol):
    """Carries out calls in a workspace; see `bot.slack.web_api_client`."""

    async def carry_out(self, call: SlackCall) -> str: ...


class AgentSessions:
    """The sessions of one workspace. `run` has to run as long as turns do."""

    def __init__(self, surface: CallSurface) -> None:
        self._surface = surface
        self._older = False  # the workspace knows no sessions
        self._owed: dict[ThreadKey, None] = {}  # ends that Slack has not taken yet
        self._changed = asyncio.Event()

    async def begin(self, thread: ThreadKey, line: str, title: str = "") -> None:
        """Shows that the thread is worked on, with the `line` where the workspace knows no sessions. Raises SlackError where Slack
        does not show it."""
        self._owed.pop(thread, None)
        if not self._older:
            try:
                await self._surface.carry_out(SetSession(thread, working=True, title=title))
            except SlackError as error:
                if error.code not in UNKNOWN_METHOD:
                    raise
                self._older = True
                tell(facts.SessionsUnknown(error=str(error)))
            else:
                return
        if title:
            await self._surface.carry_out(SetTitle(thread, title))
        await self._surface.carry_out(SetStatus(thread, line))

    async def end(self, thread: ThreadKey) -> None:
        """Shows that the thread is not worked on any more. Where Slack does not take that soon, `run` goes on trying."""
        if self._older:
            return  # the line has gone with our message
        self._owed[thread] = None
        try:
            async with asyncio.timeout(COURTESY):
                await self._tell_end(thread)
        except (TimeoutError, RateLimited, SlackUnreachable):
            self._changed.set()

    async def run(self) -> None:
        """Tells the ends that are owed, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            tries = 0
            while self._owed:
                tries += 1
                await asyncio.sleep(RETRY.pause(tries))
                await self._tell_owed()

    async def _tell_owed(self) -> None:
        try:
            for thread in list(self._owed):
                await self._tell_end(thread)
        except RateLimited as limit:
            await asyncio.sleep(limit.retry_after)
        except SlackUnreachable as error:
            tell(facts.StatusRefused(error=str(error)))

    async def _tell_end(self, thread: ThreadKey) -> None:
        """Raises RateLimited and SlackUnreachable, after which it is still owed."""
        if thread not in self._owed:
            return  # it is worked on again
        try:
            await self._surface.carry_out(SetSession(thread, working=False))
        except (RateLimited, SlackUnreachable):
            raise
        except SlackError as error:
            tell(facts.StatusRefused(error=str(error)))
        self._owed.pop(thread, None)
