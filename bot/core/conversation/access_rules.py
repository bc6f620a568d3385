"""Decides who may ask, and where: from the operator's lists, and from what Slack says of people and channels.

    | first that holds                                                      | then                  |
    |-----------------------------------------------------------------------|-----------------------|
    | a list of the denied names the channel, the person or a group of it   | refused               |
    | a list of the allowed names channels, and not this one                | refused               |
    | a list of the allowed names people or groups, and not this person     | refused               |
    | the channel or the person belongs to another company                  | refused, unless these |
    |                                                                       | are let in, or named  |
    | the person is a guest                                                 | let in, unless guests |
    |                                                                       | are kept out          |

What a rule has to know and Slack does not tell counts against who asks: a rule that cannot be looked up must not let anybody in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from bot.core.conversation.authors import is_app
from bot.core.conversation.incoming import is_direct

if TYPE_CHECKING:
    from bot.core.conversation.incoming import TurnKey

DIRECT = "dm"
"""Names all direct messages in a list of channels."""


class Barred(Enum):
    """Says why somebody is not answered."""

    CHANNEL = "channel"
    PERSON = "person"
    OUTSIDER = "outsider"  # the channel is shared with another company, or who asks is of another
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class AccessList:
    """Names channels (`DIRECT` for direct messages), people and user groups, by their ids."""

    channels: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    def names_place(self, channel: str) -> bool:
        """Tells whether it names that channel."""
        return channel in self.channels or (is_direct(channel) and DIRECT in self.channels)

    def names_person(self, user: str, groups: frozenset[str]) -> bool:
        """Tells whether it names somebody who is in those groups."""
        return user in self.people or bool(self.groups & groups)


@dataclass(frozen=True, slots=True)
class AccessRules:
    """Holds what the operator wants of all workspaces. `guests` and `outsiders` tell whether these are let in."""

    allowed: AccessList = field(default_factory=AccessList)
    denied: AccessList = field(default_factory=AccessList)
    guests: bool = True
    outsiders: bool = False

    @property
    def groups(self) -> frozenset[str]:
        """The user groups whose members have to be known."""
        return self.allowed.groups | self.denied.groups


@dataclass(frozen=True, slots=True)
class AskerStanding:
    """Holds what Slack says of who asks where; None where it did not tell. `shared`: the channel, with another company. What is
    `private` nobody reads but who asks."""

    shared: bool | None = None
    outside: bool | None = None
    guest: bool | None = None
    groups: frozenset[str] | None = None
    private: bool = False


def wants_channel(rules: AccessRules, turn: TurnKey, *, shared: bool | None) -> bool:
    """Tells whether it matters if the turn's channel is shared, and nobody knows; `shared` is what its event says."""
    return shared is None and not (
        rules.outsiders or is_direct(turn.thread.channel) or _is_let_in(rules, turn)
    )


def wants_person(rules: AccessRules, turn: TurnKey, *, shared: bool | None) -> bool:
    """Tells whether it matters who somebody is. In a channel that is not shared nobody is from outside."""
    if is_app(turn.user) or turn.user in rules.allowed.people:
        return False
    return not rules.guests or (not rules.outsiders and shared is not False)


def bar(rules: AccessRules, turn: TurnKey, standing: AskerStanding) -> Barred | None:
    """Returns why the turn is not answered; None where it is."""
    channel, user = turn.thread.channel, turn.user
    allowed, denied = rules.allowed, rules.denied
    # Unknown groups are all of those denied, and none of those allowed.
    in_groups = rules.denied.groups if standing.groups is None else standing.groups
    if denied.names_place(channel) or (allowed.channels and not allowed.names_place(channel)):
        return Barred.CHANNEL
    if denied.names_person(user, in_groups):
        return Barred.PERSON
    if (allowed.people or allowed.groups) and not allowed.names_person(user, standing.groups or frozenset()):
        return Barred.PERSON
    return _bar_by_kind(rules, turn, standing)


def _bar_by_kind(rules: AccessRules, turn: TurnKey, standing: AskerStanding) -> Barred | None:
    named = is_app(turn.user) or turn.user in rules.allowed.people
    if not rules.outsiders:
        alone = standing.private or is_direct(turn.thread.channel)
        if standing.shared is not False and not (alone or _is_let_in(rules, turn)):
            return Barred.OUTSIDER
        if standing.shared is not False and standing.outside is not False and not named:
            return Barred.OUTSIDER
    return Barred.GUEST if not rules.guests and standing.guest is not False and not named else None


def _is_let_in(rules: AccessRules, turn: TurnKey) -> bool:
    """Tells whether the operator has named the turn's channel: then it may be shared."""
    return turn.thread.channel in rules.allowed.channels
