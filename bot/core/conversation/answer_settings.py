"""Holds what may be set about answers by others than the operator, and decides what counts.

| what            | counts                                                                                                  |
|-----------------|---------------------------------------------------------------------------------------------------------|
| who may ask     | restrictions add up: the operator's, then that the channel is off; nobody's setting lifts another's      |
| the model       | the narrower wins, of those that the operator offers: the person's, the channel's, the operator's        |
| follow-ups      | the channel's, or else the operator's                                                                    |
| instructions    | all of them: the operator's as the system's words; the channel's and the person's as people's, which     |
|                 | weigh less                                                                                               |
| the language    | the person's, or else that of their Slack                                                                |
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Container

    from bot.core.conversation.reply_policy import Follow

MOST_INSTRUCTIONS = 1_000
"""Characters of instructions: some 250 tokens in each question."""


class Source(Enum):
    """Says who has set what counts."""

    OPERATOR = "operator"
    CHANNEL = "channel"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class PersonalSettings:
    """Holds what a person has set for all their answers in a workspace: a `language` by its code, `instructions` in their own words,
    and the name of a `model`; "" is what has not been set."""

    language: str = ""
    instructions: str = ""
    model: str = ""

    def __bool__(self) -> bool:
        return self != PersonalSettings()


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """Holds what a channel's managers have set for all answers in it; "" and None are what has not been set. Where it is `off` nothing
    is answered there."""

    instructions: str = ""
    model: str = ""
    follow: Follow | None = None
    off: bool = False

    def __bool__(self) -> bool:
        return self != ChannelSettings()


class AnswerSettings(NamedTuple):
    """Holds what is set for a turn: by who asks, and for where."""

    person: PersonalSettings = PersonalSettings()
    channel: ChannelSettings = ChannelSettings()


class ModelSet(NamedTuple):
    """Holds which model answers, "" for the usual one, and who wants that."""

    name: str
    source: Source


class FollowSet(NamedTuple):
    """Holds whose messages are answered without a mention, and who wants that."""

    follow: Follow
    source: Source


NOTHING_SET = PersonalSettings()
NOTHING_SET_HERE = ChannelSettings()
NOTHING_SET_AT_ALL = AnswerSettings()


def model_of(settings: AnswerSettings, offered: Container[str]) -> ModelSet:
    """Returns which model answers. One that is not offered any more is as if it had not been chosen."""
    if settings.person.model in offered:
        return ModelSet(settings.person.model, Source.PERSON)
    if settings.channel.model in offered:
        return ModelSet(settings.channel.model, Source.CHANNEL)
    return ModelSet("", Source.OPERATOR)


def follow_of(channel: ChannelSettings, operators: Follow) -> FollowSet:
    """Returns whose messages are answered without a mention in a channel."""
    if channel.follow is not None:
        return FollowSet(channel.follow, Source.CHANNEL)
    return FollowSet(operators, Source.OPERATOR)
