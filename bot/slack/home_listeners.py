"""Listens at our App Home: somebody opens it, sets how they want to be answered, or wants what is stored of them deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from bot.core.conversation.app_home import (
    CHANGE_SETTINGS,
    DELETE_DATA,
    parse_home_opened,
    parse_home_press,
)
from bot.core.conversation.settings_form import INSTRUCTIONS, PERSONAL_FORM
from bot.core.delivery.press import pressing_team
from bot.slack.listener_answers import acknowledge, done, form_answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.async_app import AsyncApp
    from slack_bolt.response import BoltResponse

    from bot.core.conversation.app_home import HomeVisit
    from bot.core.conversation.json_payload import Payload


class HomeHandler(Protocol):
    """Shows App Homes; see `bot.turns.home_actions`."""

    def show(self, visit: HomeVisit) -> None:
        """Show it, soon."""
        ...

    def change(self, visit: HomeVisit) -> None:
        """Open the form of whoever is there, soon."""
        ...

    async def keep(self, payload: Payload, *, team: str) -> str:
        """Keep what was submitted; returns why not, in the person's language, or ""."""
        ...

    def delete(self, visit: HomeVisit) -> None:
        """Delete what is stored of whoever is there, soon."""
        ...


def add_home_listeners(app: AsyncApp, homes: HomeHandler) -> None:
    """Let `homes` do what people want at their App Home. To be added before those that listen for everything."""

    async def show(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        if (visit := parse_home_opened(body)) is not None:
            homes.show(visit)
        await next_()
        return None

    async def change(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        if (visit := parse_home_press(body, CHANGE_SETTINGS, team=pressing_team(body))) is not None:
            homes.change(visit)
        await next_()
        return None

    async def delete(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        if (visit := parse_home_press(body, DELETE_DATA, team=pressing_team(body))) is not None:
            homes.delete(visit)
        await next_()
        return None

    async def keep(body: dict[str, Any]) -> BoltResponse:
        return form_answer(await homes.keep(body, team=pressing_team(body)), below=INSTRUCTIONS)

    app.event("app_home_opened", matchers=[_is_home], middleware=[show])(done)
    app.action(CHANGE_SETTINGS, middleware=[change])(acknowledge)
    app.action(DELETE_DATA, middleware=[delete])(acknowledge)
    app.view(PERSONAL_FORM, middleware=[keep])(done)


async def _is_home(body: dict[str, Any]) -> bool:
    return parse_home_opened(body) is not None
