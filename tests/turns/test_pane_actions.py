"""What becomes of a pane that somebody opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.conversation.agent_pane import PaneOpened, suggested_prompts
from bot.core.conversation.incoming import ThreadKey
from bot.core.delivery.slack_calls import SuggestPrompts
from bot.errors import SlackError
from bot.language.catalogue import ENGLISH
from bot.observability.facts import Fact, StatusRefused
from bot.observability.hooks import subscribe
from bot.turns.owned_tasks import OwnedTasks
from bot.turns.pane_actions import PaneActions
from tests.turns.test_control_actions import Workspace

if TYPE_CHECKING:
    from bot.core.delivery.slack_calls import SlackCall


class Pane(Workspace):
    """A workspace that keeps what it is to show."""

    def __init__(self, *errors: SlackError) -> None:
        super().__init__(errors=list(errors))
        self.shown: list[SlackCall] = []

    async def carry_out(self, call: SlackCall) -> str:
        self._fail()
        self.shown.append(call)
        return ""


async def opened(there: Pane, team: str = "T") -> list[Fact]:
    tasks, seen = OwnedTasks(), list[Fact]()
    with subscribe(seen.append):
        async with tasks.open():
            PaneActions(there, tasks).open(PaneOpened(team, "D", "U1"))
    return seen


async def test_who_opens_the_pane_sees_what_could_be_asked() -> None:
    there = Pane()
    assert await opened(there) == []
    assert there.shown == [SuggestPrompts(ThreadKey("T", "D", ""), suggested_prompts(ENGLISH))]


async def test_a_workspace_that_shows_none_is_told_to_the_operator() -> None:
    there = Pane(SlackError("assistant.threads.setSuggestedPrompts: not_agent_app", code="not_agent_app"))
    assert [type(one) for one in await opened(there)] == [StatusRefused]


async def test_where_we_are_not_installed_nothing_is_shown() -> None:
    there = Pane()
    await opened(there, team="T9")
    assert there.shown == []
