"""Listens for whoever wants to see how a channel is set, or to change that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from slack_bolt.response import BoltResponse

from bot.core.conversation.channel_form import CHANNEL_FORM, SHOW_CHANNEL, parse_show
from bot.core.conversation.settings_form import INSTRUCTIONS
from bot.core.delivery.press import pressing_team
from bot.slack.listener_answers import acknowledge, done, form_answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.async_app import AsyncApp

    from bot.core.conversation.channel_form import ChannelVisit, PanelAnswer
    from bot.core.conversation.json_payload import Payload


class PanelHandler(Protocol):
    """Shows and keeps the settings of channels; see `bot.turns.channel_panel`."""

    def show(self, visit: ChannelVisit) -> None:
        """Show them, soon."""
        ...

    async def keep(self, payload: Payload, *, team: str) -> PanelAnswer:
        """Keep what was submitted, or say why not."""
        ...


def add_channel_listeners(app: AsyncApp, panel: PanelHandler) -> None:
    """Let `panel` show and keep settings. To be added before those that listen for everything."""

    async def show(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        if (visit := parse_show(body, team=pressing_team(body))) is not None:
            panel.show(visit)
        await next_()
        return None

    async def keep(body: dict[str, Any]) -> BoltResponse:
        answer = await panel.keep(body, team=pressing_team(body))
        if answer.view is None:
            return form_answer(answer.problem, below=INSTRUCTIONS)
        return BoltResponse(status=200, body={"response_action": "update", "view": dict(answer.view)})

    app.action(SHOW_CHANNEL, middleware=[show])(acknowledge)
    app.view(CHANNEL_FORM, middleware=[keep])(done)
