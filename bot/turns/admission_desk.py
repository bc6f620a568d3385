"""Decides who is answered, with what Slack has to say of them: before a turn is claimed, and at every button that begins one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from bot.core.conversation.access_rules import AskerStanding, wants_channel, wants_person
from bot.core.conversation.admission import Refusal, admit, refuse_spending
from bot.core.conversation.deltas import Usage
from bot.core.conversation.spending import Cap
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.core.conversation.admission import Admission, OperatorRules
    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.answer_settings import AnswerSettings
    from bot.core.conversation.incoming import TurnKey
    from bot.core.conversation.spending import ModelUse
    from bot.durable.spending_store import Reservation


class StandingDirectory(Protocol):
    """Knows who asks; see `bot.slack.workspace_directory`."""

    async def standing(
        self, user: str, channel: str, *, person: bool, place: bool, groups: Iterable[str]
    ) -> AskerStanding: ...


class DirectoryLookup(Protocol):
    """Knows the workspaces that have installed us; see `bot.installation`."""

    async def directory(self, team: str) -> StandingDirectory | None:
        """Returns who knows the people of the workspace `team`; None where it has not installed us."""
        ...


class SpendingAccounts(Protocol):
    """Keeps what is spent; see `bot.durable.spending_store`."""

    async def reserve(self, team: str, person: str, turn: AnswerKey | None = None) -> Reservation | Cap: ...
    async def settle(self, place: Reservation, use: ModelUse | None, *, answered: bool = False) -> None: ...


class KnownSettings(Protocol):
    """Knows what people have set; see `bot.turns.settings_desk`."""

    async def of_turn(self, team: str, person: str, channel: str) -> AnswerSettings: ...


class Admitting(Protocol):
    """Decides about turns; see `AdmissionDesk`."""

    async def admit(
        self,
        turn: TurnKey,
        *,
        shared: bool | None = None,
        private: bool = False,
        settings: AnswerSettings | None = None,
    ) -> Admission: ...
    async def has_room(self, team: str, person: str) -> Refusal | None: ...
    async def reserve(
        self, team: str, person: str, turn: AnswerKey | None = None
    ) -> Reservation | Refusal: ...
    async def settle(
        self, place: Reservation, used: Usage | None, *, answered: bool, model: str = ""
    ) -> None: ...


class AdmissionDesk:
    """Decides by the operator's rules for all workspaces of a process. Slack is asked only for what a rule wants to know."""

    def __init__(
        self,
        rules: OperatorRules,
        places: DirectoryLookup,
        accounts: SpendingAccounts,
        price: Callable[[Usage], ModelUse],
        settings: KnownSettings,
    ) -> None:
        self._rules = rules
        self._places = places
        self._accounts = accounts
        self._price = price
        self._settings = settings

    async def admit(
        self,
        turn: TurnKey,
        *,
        shared: bool | None = None,
        private: bool = False,
        settings: AnswerSettings | None = None,
    ) -> Admission:
        """Decides how the turn is answered, or that it is not. `shared` is what its event says of the channel; None: nobody knows. What
        is `private` nobody reads but who asks, so that the channel is all the same. `settings` are what is set for the turn, where
        they have just been read.

        Waits some seconds for Slack, and takes no answer for a bad one.
        """
        standing = await self._standing(turn, shared, private=private)
        if settings is None:
            settings = await self._settings.of_turn(turn.thread.team, turn.user, turn.thread.channel)
        return admit(self._rules, turn, replace(standing, private=private), settings)

    async def has_room(self, team: str, person: str) -> Refusal | None:
        """Returns why there is no room in the budgets for one more answer; None where there is. Raises what SQLAlchemy raises."""
        place = await self.reserve(team, person)
        if isinstance(place, Refusal):
            return place
        if place.tokens:
            await self._accounts.settle(place, None)
        return None

    async def reserve(self, team: str, person: str, turn: AnswerKey | None = None) -> Reservation | Refusal:
        """Takes a place in the budgets for an answer; a `turn` on record takes one once. Raises what SQLAlchemy raises."""
        place = await self._accounts.reserve(team, person, turn)
        return refuse_spending(place) if isinstance(place, Cap) else place

    async def settle(
        self, place: Reservation, used: Usage | None, *, answered: bool, model: str = ""
    ) -> None:
        """Notes what an answer has used; where its provider does not tell, the guess stands. What was not `answered` costs no place.
        `model` is the one that was chosen, "" for the usual one.

        Raises what SQLAlchemy raises.
        """
        counted = used or Usage(place.tokens, 0)
        use = self._price(replace(counted, model=counted.model or model)) if answered or used else None
        if use is not None:
            tell(facts.AnswerCharged(model=use.model, micros=use.micros))
        await self._accounts.settle(place, use, answered=answered)

    async def _standing(self, turn: TurnKey, shared: bool | None, *, private: bool) -> AskerStanding:
        access = self._rules.access
        place = not private and wants_channel(access, turn, shared=shared)
        person = wants_person(access, turn, shared=shared)
        if not (place or person or access.groups):
            return AskerStanding(shared)
        directory = await self._places.directory(turn.thread.team)
        if directory is None:
            return AskerStanding(shared)
        found = await directory.standing(
            turn.user, turn.thread.channel, person=person, place=place, groups=access.groups
        )
        return found if shared is None else replace(found, shared=shared)
