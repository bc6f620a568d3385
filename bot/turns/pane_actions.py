"""Does what somebody who opens the agent pane is to see there."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


class PaneActions:
    """The agent panes of all workspaces of a process. Its work is owned by `tasks`."""

    def __init__(self, surfaces: SurfaceDirectory, tasks: OwnedTasks) -> None:
        self._surfaces = surfaces
        self._tasks = tasks

    def open(self, pane: PaneOpened) -> None:
        """Offers there what could be asked, soon."""
        self._tasks.start("suggested prompts", self._suggest(pane))

    async def _suggest(self, pane: PaneOpened) -> None:
        surface = await self._surfaces.surface(pane.team)
        if surface is None:
            return
        place = ThreadKey(pane.team, pane.channel, "")
        language = await self._surfaces.language(pane.team, pane.user)
        try:
            await surface.carry_out(SuggestPrompts(place, suggested_prompts(language)))
        except SlackError as error:
            # Whoever has opened it can ask all the same.
            tell(facts.StatusRefused(error=str(error)))
