"""Listens at our App Home: somebody opens it, or wants what is stored of them deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from bot.core.conversation.app_home import DELETE_DATA, parse_deletion, parse_home_opened
from bot.core.delivery.press import pressing_team

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.async_app import AsyncApp
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.response import BoltResponse

    from bot.core.conversation.app_home import HomeVisit


class HomeHandler(Protocol):
    """Shows App Homes; see `bot.turns.home_actions`."""

    def show(self, visit: HomeVisit) -> None:
        """Show it, soon."""
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

    async def delete(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        if (visit := parse_deletion(body, team=pressing_team(body))) is not None:
            homes.delete(visit)
        await next_()
        return None

    app.event("app_home_opened", matchers=[_is_home], middleware=[show])(_done)
    app.action(DELETE_DATA, middleware=[delete])(_acknowledge)


async def _is_home(body: dict[str, Any]) -> bool:
    return parse_home_opened(body) is not None


async def _done() -> None:
    """Middleware has done it all, before the ack."""


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()
