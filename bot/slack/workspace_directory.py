"""Knows the accounts and channels of one workspace, as far as it was asked for them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.core.conversation.access_rules import AskerStanding
from bot.core.conversation.json_payload import as_list, as_payload
from bot.core.conversation.profiles import is_outside, read_channel, read_user
from bot.language.catalogue import language_of
from bot.slack.api_answers import ask
from bot.slack.lookup_cache import LookupCache

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.core.conversation.profiles import ChannelProfile, UserProfile
    from bot.language.catalogue import Language
    from bot.slack.identity import Identity

GROUPS_KEPT = 300.0  # seconds that a user group has the members it had
COURTESY = 1.0  # seconds for somebody's language: after them we speak English
PATIENCE = 10.0  # seconds for whose account it is that asks: without that nothing is answered


class WorkspaceDirectory:
    """Looks accounts and channels up. `clock` tells seconds; `us` is who we are there. `chosen` tells the code of the language that
    somebody has chosen with us, "" for none."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        us: Identity,
        clock: Callable[[], float],
        chosen: Callable[[str], Awaitable[str]],
    ) -> None:
        self.name = us.team_name
        self.our_name = us.name
        self._us = us
        self._chosen = chosen
        self._client = client
        self._users = LookupCache(self._user, clock=clock)
        self._channels = LookupCache(self._channel, clock=clock)
        self._groups = LookupCache(self._members, clock=clock, kept=GROUPS_KEPT)

    async def is_person(self, user: str) -> bool:
        """Tells whether an account is a person's. Not where Slack does not say so: two bots must not answer each other."""
        found = (await self._users.get([user], within=PATIENCE)).get(user)
        return found is not None and not found.is_bot

    async def language(self, user: str) -> Language:
        """Returns the language that somebody has chosen, or else that of their Slack; English where that is not told soon."""
        if chosen := await self._chosen(user):
            return language_of(chosen)
        found = (await self.users([user], within=COURTESY)).get(user)
        return language_of(found.locale if found else "")

    async def users(self, ids: Iterable[str], *, within: float) -> dict[str, UserProfile]:
        """Returns what can be had of these accounts within so many seconds, by their ids; other ids are left out."""
        return await self._users.get((one for one in ids if one.startswith(("U", "W"))), within=within)

    async def channels(self, ids: Iterable[str], *, within: float) -> dict[str, ChannelProfile]:
        """The same for channels."""
        return await self._channels.get((one for one in ids if one.startswith(("C", "G"))), within=within)

    async def standing(
        self, user: str, channel: str, *, person: bool, place: bool, groups: Iterable[str]
    ) -> AskerStanding:
        """Returns what matters of who asks where, and None for what Slack does not tell: of the `person`, of the `place`, and in
        which of those `groups` they are."""
        async with asyncio.TaskGroup() as tasks:
            users = tasks.create_task(self.users([user] * person, within=PATIENCE))
            channels = tasks.create_task(self.channels([channel] * place, within=PATIENCE))
            members = tasks.create_task(self._groups.get(wanted := list(groups), within=PATIENCE))
        profile, found = users.result().get(user), members.result()
        shared = channels.result()[channel].shared if channel in channels.result() else None
        return AskerStanding(
            shared,
            None if profile is None else is_outside(profile, self._us.team, self._us.organisation),
            None if profile is None else profile.guest,
            frozenset(one for one in wanted if user in found[one]) if len(found) == len(wanted) else None,
        )

    async def _members(self, group: str) -> frozenset[str]:
        params = {"usergroup": group}
        answer = await ask(self._client, "usergroups.users.list", http_verb="GET", params=params)
        return frozenset(one for one in as_list(answer.get("users")) if isinstance(one, str))

    async def _user(self, user: str) -> UserProfile:
        params = {"user": user, "include_locale": "true"}
        answer = await ask(self._client, "users.info", http_verb="GET", params=params)
        return read_user(as_payload(answer.get("user")))

    async def _channel(self, channel: str) -> ChannelProfile:
        params = {"channel": channel}
        answer = await ask(self._client, "conversations.info", http_verb="GET", params=params)
        return read_channel(as_payload(answer.get("channel")))
