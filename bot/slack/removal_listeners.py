"""Hears that a workspace has removed us, or taken back our token. Both are told, in any order, and more than once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from bot.core.conversation.incoming import installed_team
from bot.core.conversation.json_payload import as_list, as_payload
from bot.slack.listener_answers import done

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.async_app import AsyncApp


class RemovalHandler(Protocol):
    """Ends what we do in a workspace; see `bot.turns.removals`."""

    async def removed(self, installer: str, *, at: float) -> None: ...


def add_removal_listeners(app: AsyncApp, removals: RemovalHandler) -> None:
    """Lets `removals` hear of it before Slack has its ack, which only a middleware can: what is told once must not be lost."""

    async def uninstalled(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> None:
        await removals.removed(installed_team(body), at=_told_at(body))
        await next_()

    async def revoked(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> None:
        tokens = as_payload(as_payload(body.get("event")).get("tokens"))
        if as_list(tokens.get("bot")):  # people's own tokens are none of ours
            await removals.removed(installed_team(body), at=_told_at(body))
        await next_()

    app.event("app_uninstalled", middleware=[uninstalled])(done)
    app.event("tokens_revoked", middleware=[revoked])(done)


def _told_at(body: dict[str, Any]) -> float:
    """Returns until when it had happened, in seconds since the epoch: Slack tells things late, and again, and in whole seconds."""
    at = body.get("event_time")
    return at + 1.0 if isinstance(at, int) else float("inf")
