"""Asks Slack who may do more than others in a workspace."""

from __future__ import annotations

from typing import Protocol

from bot.errors import SlackError
from bot.observability import facts
from bot.observability.hooks import tell


class AccountSurface(Protocol):
    """Knows the accounts of a workspace; see `bot.slack.web_api_client`."""

    async def is_admin(self, user: str) -> bool: ...


async def is_known_admin(surface: AccountSurface, user: str) -> bool:
    """Tells whether Slack says that `user` is an admin. Who cannot be asked about is nobody special."""
    try:
        return await surface.is_admin(user)
    except SlackError as error:
        tell(facts.AdminUnknown(error=str(error)))
        return False
