"""Listens for what happens in the agent pane: somebody opens it, or looks at something beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from bot.core.conversation.agent_pane import parse_pane_opened
from bot.slack.listener_answers import done

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.async_app import AsyncApp
    from slack_bolt.response import BoltResponse

    from bot.core.conversation.agent_pane import PaneOpened


class PaneHandler(Protocol):
    """Does what the agent pane is to show; see `bot.turns.pane_actions`."""

    def open(self, pane: PaneOpened) -> None:
        """Show it, soon."""
        ...


def add_agent_listeners(app: AsyncApp, panes: PaneHandler) -> None:
    """Let `panes` show what is opened."""

    async def open_pane(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        if (pane := parse_pane_opened(body)) is not None:
            panes.open(pane)
        await next_()
        return None

    app.event("app_home_opened", middleware=[open_pane])(done)
    # Asked for since Slack tells only then, with each message, what its author has open.
    app.event("app_context_changed")(done)
