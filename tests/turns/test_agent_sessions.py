"""What the agent pane shows of a conversation that is worked on."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation.incoming import ThreadKey
from bot.core.delivery.slack_calls import SetSession, SetStatus, SetTitle
from bot.errors import RateLimited, SlackDenied, SlackError, SlackUnreachable
from bot.turns.agent_sessions import UNKNOWN_METHOD, AgentSessions
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bot.core.delivery.slack_calls import SlackCall

THREAD, OTHER = ThreadKey("T", "D", "1.0"), ThreadKey("T", "D", "2.0")


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


class Workspace:
    """Takes calls but for those that meet the next of `errors`; None lets one pass. Keeps when each was taken."""

    def __init__(self, *errors: SlackError | None, hangs: int = 0) -> None:
        self.errors = list(errors)
        self.taken: list[tuple[float, SlackCall]] = []
        self.tried = 0
        self._hangs = hangs

    async def carry_out(self, call: SlackCall) -> str:
        self.tried += 1
        if self.tried <= self._hangs:
            await asyncio.Event().wait()
        if self.errors and (error := self.errors.pop(0)) is not None:
            raise error
        self.taken.append((asyncio.get_running_loop().time(), call))
        return ""

    @property
    def calls(self) -> list[SlackCall]:
        return [call for _, call in self.taken]


@asynccontextmanager
async def running(there: Workspace) -> AsyncGenerator[AgentSessions]:
    sessions = AgentSessions(there)
    async with asyncio.TaskGroup() as tasks:
        owned = tasks.create_task(sessions.run())
        yield sessions
        owned.cancel()


def unknown(code: str = "unknown_method") -> SlackError:
    return SlackError(f"agents.sessions.setStatus: {code}", code=code)


BEGUN, ENDED = SetSession(THREAD, working=True, title="Sing"), SetSession(THREAD, working=False)


async def test_a_conversation_has_a_title_and_is_shown_at_work_until_it_is_over() -> None:
    there = Workspace()
    async with running(there) as sessions:
        await sessions.begin(THREAD, "is thinking…", "Sing")
        await sessions.end(THREAD)
    assert there.calls == [BEGUN, ENDED]


@pytest.mark.parametrize("code", sorted(UNKNOWN_METHOD))
async def test_a_workspace_without_sessions_is_shown_a_line_and_a_title_and_asked_once(code: str) -> None:
    there = Workspace(unknown(code))
    async with running(there) as sessions:
        await sessions.begin(THREAD, "is thinking…", "Sing")
        await sessions.end(THREAD)
        await sessions.begin(OTHER, "is thinking…")
    assert there.calls == [
        SetTitle(THREAD, "Sing"),
        SetStatus(THREAD, "is thinking…"),
        SetStatus(OTHER, "is thinking…"),
    ]


async def test_another_refusal_says_nothing_of_the_method() -> None:
    there = Workspace(RateLimited(30))
    async with running(there) as sessions:
        with pytest.raises(RateLimited):
            await sessions.begin(THREAD, "is thinking…")
        await sessions.begin(THREAD, "is thinking…", "Sing")
    assert there.calls == [BEGUN]


async def test_an_end_that_slack_does_not_take_is_told_when_it_does() -> None:
    there = Workspace(RateLimited(30), SlackUnreachable("reset"), RateLimited(5))
    async with running(there) as sessions:
        await sessions.end(THREAD)
        await asyncio.sleep(60)
    assert [call for _, call in there.taken] == [ENDED]


async def test_an_end_that_hangs_holds_up_nobody_for_long_and_is_told_later() -> None:
    there = Workspace(hangs=1)
    async with running(there) as sessions:
        await sessions.end(THREAD)
        assert asyncio.get_running_loop().time() == 1
        await asyncio.sleep(10)
    assert there.calls == [ENDED]


async def test_an_end_that_is_refused_for_good_is_not_tried_again() -> None:
    there = Workspace(SlackDenied("agents.sessions.setStatus: missing_scope"))
    async with running(there) as sessions:
        await sessions.end(THREAD)
        await asyncio.sleep(600)
    assert (there.calls, there.tried) == ([], 1)


async def test_what_is_worked_on_again_is_not_shown_as_over() -> None:
    there = Workspace(RateLimited(30))
    async with running(there) as sessions:
        await sessions.end(THREAD)
        await sessions.begin(THREAD, "is thinking…", "Sing")
        await asyncio.sleep(60)
    assert there.calls == [BEGUN]


async def test_several_ends_are_owed_at_once() -> None:
    class Gone(Workspace):
        """Answers nothing for ten seconds."""

        async def carry_out(self, call: SlackCall) -> str:
            if asyncio.get_running_loop().time() < 10:
                raise SlackUnreachable("reset")
            return await Workspace.carry_out(self, call)

    there = Gone()
    async with running(there) as sessions:
        await sessions.end(THREAD)
        await sessions.end(OTHER)
        await asyncio.sleep(60)
    assert there.calls == [ENDED, SetSession(OTHER, working=False)]


async def test_an_owed_end_is_left_where_its_thread_is_worked_on_again_meanwhile() -> None:
    class Busy(Workspace):
        """Begins the other thread again while the end of the first is told."""

        sessions: AgentSessions | None = None

        async def carry_out(self, call: SlackCall) -> str:
            ts = await Workspace.carry_out(self, call)
            if call == ENDED and self.sessions is not None:
                await self.sessions.begin(OTHER, "is thinking…")
            return ts

    there = Busy(RateLimited(1), RateLimited(1))
    async with running(there) as sessions:
        await sessions.end(THREAD)
        await sessions.end(OTHER)
        there.sessions = sessions
        await asyncio.sleep(60)
    assert there.calls == [ENDED, SetSession(OTHER, working=True)]
