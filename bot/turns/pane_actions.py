"""Does what somebody who opens the agent pane is to see there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.core.conversation.agent_pane import suggested_prompts
from bot.core.conversation.incoming import ThreadKey
from bot.core.delivery.slack_calls import SuggestPrompts
from bot.errors import SlackError
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from bot.core.conversation.agent_pane import PaneOpened
    from bot.turns.control_actions import SurfaceDirectory
    from bot.turns.owned_tasks import OwnedTasks


class ThreadStopper(Protocol):
    """Ends answers; see `bot.turns.registry`."""

    async def stop(self, thread: ThreadKey) -> None: ...


class PaneActions:
    """The agent panes of all workspaces of a process. Its work is owned by `tasks`."""

    def __init__(self, turns: ThreadStopper, surfaces: SurfaceDirectory, tasks: OwnedTasks) -> None:
        self._turns = turns
        self._surfaces = surfaces
        self._tasks = tasks

    def open(self, pane: PaneOpened) -> None:
        """Offers there what could be asked, soon."""
        self._tasks.start("suggested prompts", self._suggest(pane))

    async def stop(self, thread: ThreadKey) -> None:
        """Ends what is being answered in the thread, on whichever replica; what is written stays.

        Slack has decided already who may press its Stop. Raises as `bot.turns.registry.Turns.stop` does.
        """
        await self._turns.stop(thread)

    async def _suggest(self, pane: PaneOpened) -> None:
        surface = await self._surfaces.surface(pane.team)
        if surface is None:
            return
        place = ThreadKey(pane.team, pane.channel, "")
        try:
            await surface.carry_out(SuggestPrompts(place, suggested_prompts()))
        except SlackError as error:
            # Whoever has opened it can ask all the same.
            tell(facts.StatusRefused(error=str(error)))
