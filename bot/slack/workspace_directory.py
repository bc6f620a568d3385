"""Knows the accounts and channels of one workspace, as far as it was asked for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.conversation.json_payload import as_payload
from bot.core.conversation.profiles import read_channel, read_user
from bot.slack.api_answers import ask
from bot.slack.lookup_cache import LookupCache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.core.conversation.profiles import ChannelProfile, UserProfile

PATIENCE = 10.0  # seconds for whose account it is that asks: without that nothing is answered


class WorkspaceDirectory:
    """Looks accounts and channels up. `clock` tells seconds; `name` is the workspace's, `our_name` what we are called there."""

    def __init__(
        self, client: AsyncWebClient, *, clock: Callable[[], float], name: str = "", our_name: str = ""
    ) -> None:
        self.name = name
        self.our_name = our_name
        self._client = client
        self._users = LookupCache(self._user, clock=clock)
        self._channels = LookupCache(self._channel, clock=clock)

    async def is_person(self, user: str) -> bool:
        """Tells whether an account is a person's. Not where Slack does not say so: two bots must not answer each other."""
        found = (await self._users.get([user], within=PATIENCE)).get(user)
        return found is not None and not found.is_bot

    async def users(self, ids: Iterable[str], *, within: float) -> dict[str, UserProfile]:
        """Returns what can be had of these accounts within so many seconds, by their ids; other ids are left out."""
        return await self._users.get((one for one in ids if one.startswith(("U", "W"))), within=within)

    async def channels(self, ids: Iterable[str], *, within: float) -> dict[str, ChannelProfile]:
        """The same for channels."""
        return await self._channels.get((one for one in ids if one.startswith(("C", "G"))), within=within)

    async def _user(self, user: str) -> UserProfile:
        params = {"user": user, "include_locale": "true"}
        answer = await ask(self._client, "users.info", http_verb="GET", params=params)
        return read_user(as_payload(answer.get("user")))

    async def _channel(self, channel: str) -> ChannelProfile:
        params = {"channel": channel}
        answer = await ask(self._client, "conversations.info", http_verb="GET", params=params)
        return read_channel(as_payload(answer.get("channel")))
