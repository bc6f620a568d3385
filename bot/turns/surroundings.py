"""Looks up what a turn is told of the place it stands in: the names in its thread, who asks, and the channel. Not for long: an answer
goes before a name."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.core.conversation.display_names import clean_name, display_names, mentioned_ids, with_names
from bot.core.conversation.incoming import Kind
from bot.core.conversation.situation import Situation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.core.conversation.history import ThreadMessage
    from bot.core.conversation.incoming import Prompt
    from bot.core.conversation.profiles import ChannelProfile, UserProfile
    from bot.language.catalogue import Language

PATIENCE = 1.5
"""Seconds that names are waited for. What comes later is known the next time."""


class NameDirectory(Protocol):
    """Knows a workspace; see `bot.slack.workspace_directory`."""

    @property
    def name(self) -> str: ...
    @property
    def our_name(self) -> str: ...
    async def language(self, user: str) -> Language: ...
    async def is_person(self, user: str) -> bool: ...
    async def users(self, ids: Iterable[str], *, within: float) -> dict[str, UserProfile]: ...
    async def channels(self, ids: Iterable[str], *, within: float) -> dict[str, ChannelProfile]: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Holds a thread with names for ids, and where its last message was asked."""

    said: list[ThreadMessage]
    situation: Situation


async def look_around(
    directory: NameDirectory, prompt: Prompt, said: Sequence[ThreadMessage]
) -> Surroundings:
    """Returns what the model is to read, `said`, with the names that can be had of those in it, and where it is asked."""
    ids = [*mentioned_ids(said), prompt.user, prompt.thread.channel]
    async with asyncio.TaskGroup() as tasks:
        users = tasks.create_task(directory.users(ids, within=PATIENCE))
        channels = tasks.create_task(directory.channels(ids, within=PATIENCE))
    people, places = users.result(), channels.result()
    named = {one: profile.name for one, profile in people.items()}
    names = display_names(named, ours=directory.our_name)
    names |= {one: name for one, place in places.items() if (name := clean_name(place.name))}
    situation = Situation(
        prompt.ts,
        names.get(prompt.user, prompt.user),
        people.get(prompt.user),
        places.get(prompt.thread.channel),
        is_direct=prompt.kind is Kind.DIRECT,
        workspace=directory.name,
    )
    return Surroundings(with_names(said, names), situation)
