"""Keeps what Slack tells of things that change seldom: each is asked for once an hour or as it is `kept`, a few at a time, and for a short while only."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakValueDictionary

from bot.errors import RateLimited, SlackError
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

Found = TypeVar("Found")

KEPT = 3600.0  # seconds; people change their names, and move, seldom
KEPT_UNKNOWN = 60.0  # seconds before something is asked for again that Slack did not tell of
MOST = 5000  # things that are kept
AT_ONCE = 5  # calls; Slack takes 50 to 100 a minute


class LookupCache(Generic[Found]):
    """Looks things up by their ids. `fetch` asks Slack, and raises SlackError where it does not tell; `clock` tells seconds."""

    def __init__(
        self,
        fetch: Callable[[str], Awaitable[Found]],
        *,
        clock: Callable[[], float],
        kept: float = KEPT,
    ) -> None:
        self._fetch = fetch
        self._kept = kept
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, Found | None]] = OrderedDict()
        self._room = asyncio.Semaphore(AT_ONCE)
        # Whoever wants what is asked for already waits for that.
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._quiet_until = float("-inf")  # by a 429, or a scope that is missing

    async def get(self, ids: Iterable[str], *, within: float) -> dict[str, Found]:
        """Returns what can be had within so many seconds, by its id."""
        wanted = list(dict.fromkeys(ids))
        if stale := [one for one in wanted if not self._is_fresh(one)]:
            with suppress(TimeoutError):
                async with asyncio.timeout(within), asyncio.TaskGroup() as tasks:
                    for one in stale:
                        tasks.create_task(self._look_up(one))
        found = {one: self._known[one][1] for one in wanted if one in self._known}
        return {one: known for one, known in found.items() if known is not None}

    def _is_fresh(self, one: str) -> bool:
        since, found = self._known.get(one, (float("-inf"), None))
        return self._clock() - since < (self._kept if found is not None else KEPT_UNKNOWN)

    async def _look_up(self, one: str) -> None:
        async with self._asking.setdefault(one, asyncio.Lock()), self._room:
            if self._is_fresh(one):
                return
            found = await self._ask(one) if self._clock() >= self._quiet_until else None
        if found is None and one in self._known:
            found = self._known[one][1]  # an old name is better than none
        self._known[one] = (self._clock(), found)
        self._known.move_to_end(one)
        while len(self._known) > MOST:
            self._known.popitem(last=False)

    async def _ask(self, one: str) -> Found | None:
        try:
            return await self._fetch(one)
        except SlackError as error:
            if isinstance(error, RateLimited):
                self._quiet_until = self._clock() + error.retry_after
            if error.code == "missing_scope":
                self._quiet_until = self._clock() + KEPT
            tell(facts.LookupFailed(kind=type(error).__name__, error=str(error)))
            return None
