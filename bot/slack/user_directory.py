"""Knows the accounts of one workspace, as far as it was asked for them: `users.info`, kept for a while."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.core.conversation.json_payload import as_payload
from bot.core.conversation.user_profile import read_user
from bot.errors import RateLimited, SlackError
from bot.observability import facts
from bot.observability.hooks import tell
from bot.slack.api_answers import ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.core.conversation.user_profile import UserProfile

KEPT = 3600.0  # seconds; people change their names, and move, seldom
KEPT_UNKNOWN = 60.0  # seconds before an account is asked for again that Slack did not tell of
MOST = 5000  # accounts that are kept
AT_ONCE = 5  # calls; Slack takes 100 a minute, and a thread has more people seldom


class UserDirectory:
    """Looks accounts up. `clock` tells seconds."""

    def __init__(self, client: AsyncWebClient, *, clock: Callable[[], float]) -> None:
        self._client = client
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, UserProfile | None]] = OrderedDict()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._quiet_until = float("-inf")  # by a 429

    async def is_person(self, user: str) -> bool:
        """Tells whether an account is a person's. Not where Slack does not say so: two bots must not answer each other."""
        found = (await self.profiles([user])).get(user)
        return found is not None and not found.is_bot

    async def profiles(self, users: Iterable[str], *, within: float = 10.0) -> dict[str, UserProfile]:
        """Returns what can be had of these accounts within so many seconds, by their ids."""
        wanted = set(users)
        with suppress(TimeoutError):
            async with asyncio.timeout(within), asyncio.TaskGroup() as tasks:
                for user in wanted:
                    if not self._is_fresh(user):
                        tasks.create_task(self._fetch(user))
        found = {user: self._known[user][1] for user in wanted if user in self._known}
        return {user: profile for user, profile in found.items() if profile is not None}

    def _is_fresh(self, user: str) -> bool:
        since, profile = self._known.get(user, (float("-inf"), None))
        return self._clock() - since < (KEPT if profile else KEPT_UNKNOWN)

    async def _fetch(self, user: str) -> None:
        async with self._room:
            if self._is_fresh(user):
                return
            profile = await self._ask(user) if self._clock() >= self._quiet_until else None
        if profile is None and user in self._known:
            profile = self._known[user][1]  # an old name is better than none
        self._known[user] = (self._clock(), profile)
        self._known.move_to_end(user)
        while len(self._known) > MOST:
            self._known.popitem(last=False)

    async def _ask(self, user: str) -> UserProfile | None:
        params = {"user": user, "include_locale": "true"}
        try:
            answer = await ask(self._client, "users.info", http_verb="GET", params=params)
        except SlackError as error:
            if isinstance(error, RateLimited):
                self._quiet_until = self._clock() + error.retry_after
            tell(facts.AccountUnknown(kind=type(error).__name__, error=str(error)))
            return None
        return read_user(as_payload(answer.get("user")))
