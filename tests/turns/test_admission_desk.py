"""Who is answered, by what Slack says of who asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation import notices
from bot.core.conversation.access_rules import AccessList, AccessRules, AskerStanding
from bot.core.conversation.admission import CHANNEL_OFF, OperatorRules, Preferences, Refusal
from bot.core.conversation.answer_settings import (
    NOTHING_SET,
    AnswerSettings,
    ChannelSettings,
    PersonalSettings,
)
from bot.core.conversation.deltas import Usage
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.core.conversation.spending import Cap, ModelUse, Prices, price
from bot.core.conversation.wishes import Wishes
from bot.durable.spending_store import Reservation
from bot.turns.admission_desk import AdmissionDesk
from tests.fakes import FakeDirectory

if TYPE_CHECKING:
    from bot.core.conversation.answer_key import AnswerKey
    from bot.language.translatable import Translatable

TURN = TurnKey(ThreadKey("T", "C1", "1.0"), "1.0", "U1", Kind.MENTION)
OUTSIDER = Refusal("outsider", notices.BARRED_OUTSIDER)


class Places:
    """The workspace T has installed us, and no other."""

    def __init__(self, stands: AskerStanding | None = None) -> None:
        self.known = FakeDirectory()
        self.known.stands = stands or AskerStanding(shared=False)

    async def directory(self, team: str) -> FakeDirectory | None:
        return self.known if team == "T" else None


class SetBefore:
    """What is set: by U1 of the workspace T alone, and the channel C0FF is off."""

    def __init__(self, settings: PersonalSettings = NOTHING_SET) -> None:
        self._settings = settings

    async def of_turn(self, team: str, person: str, channel: str) -> AnswerSettings:
        mine = self._settings if (team, person) == ("T", "U1") else NOTHING_SET
        return AnswerSettings(mine, ChannelSettings(off=channel == "C0FF"))


def a_desk(
    places: Places, access: AccessRules | None = None, wishes: PersonalSettings = NOTHING_SET
) -> AdmissionDesk:
    rules = OperatorRules("Be kind.", 1000, access=access or AccessRules(), offered=("small",))
    return AdmissionDesk(rules, places, Accounts(), partial(price, Prices(), "gpt"), SetBefore(wishes))


@dataclass
class Accounts:
    """Has a place for everybody, or none where a budget is `spent`."""

    spent: Cap | None = None
    settled: list[ModelUse | None] = field(default_factory=list)
    answered: list[bool] = field(default_factory=list)

    async def reserve(self, team: str, person: str, turn: AnswerKey | None = None) -> Reservation | Cap:
        return self.spent or Reservation(team, person, "2026-11-27", 2_000, turn)

    async def settle(self, place: Reservation, use: ModelUse | None, *, answered: bool = False) -> None:
        self.settled.append(use)
        self.answered.append(answered)


async def test_in_a_channel_of_our_own_slack_is_asked_nothing() -> None:
    places = Places()
    assert await a_desk(places).admit(TURN, shared=False) == Preferences("Be kind.", 1000)
    assert places.known.asked == []


@pytest.mark.parametrize(("shared", "asked"), [(None, ["U1", "C1"]), (True, ["U1"])])
async def test_where_somebody_may_be_from_outside_slack_is_asked(
    shared: bool | None, asked: list[str]
) -> None:
    places = Places(AskerStanding(shared=True if shared is None else None, outside=True))
    assert await a_desk(places).admit(TURN, shared=shared) == OUTSIDER
    assert places.known.asked == asked


async def test_who_is_in_which_group_is_asked_where_a_list_names_one() -> None:
    places = Places(AskerStanding(groups=frozenset({"S1"})))
    access = AccessRules(allowed=AccessList(groups=frozenset({"S1", "S2"})))
    assert await a_desk(places, access).admit(TURN, shared=False) == Preferences("Be kind.", 1000)
    assert places.known.asked == ["S1", "S2"]


async def test_by_what_has_just_been_read_of_the_settings_is_decided_and_not_by_another_reading() -> None:
    off = AnswerSettings(NOTHING_SET, ChannelSettings(off=True))
    assert await a_desk(Places()).admit(TURN, shared=False, settings=off) == Refusal(
        CHANNEL_OFF, notices.CHANNEL_OFF
    )


async def test_where_nobody_can_be_asked_nobody_is_let_in() -> None:
    elsewhere = TurnKey(ThreadKey("T9", "C1", "1.0"), "1.0", "U1", Kind.MENTION)
    assert await a_desk(Places()).admit(elsewhere) == OUTSIDER


def with_accounts(accounts: Accounts) -> AdmissionDesk:
    return AdmissionDesk(
        OperatorRules("", 1000), Places(), accounts, partial(price, Prices(), "gpt"), SetBefore()
    )


@pytest.mark.parametrize(
    ("cap", "words"),
    [
        (Cap.PERSON, notices.SPENT_PERSON),
        (Cap.TEAM, notices.SPENT_TEAM),
        (Cap.MONTH, notices.SPENT_MONTH),
    ],
)
async def test_where_a_budget_is_used_up_it_is_told_which(cap: Cap, words: Translatable) -> None:
    assert await with_accounts(Accounts(cap)).reserve("T", "U1") == Refusal(cap.value, words)


@pytest.mark.parametrize(
    ("used", "answered", "noted"),
    [
        (Usage(10, 5), True, ModelUse("gpt", 10, 5)),
        (Usage(10, 5), False, ModelUse("gpt", 10, 5)),  # it is paid for, whatever became of it
        (Usage(10, 5, "other"), True, ModelUse("other", 10, 5)),
        (None, True, ModelUse("gpt", 2_000)),
        (None, False, None),
    ],
)
async def test_what_an_answer_has_used_is_noted_and_what_was_none_costs_nothing(
    used: Usage | None, noted: ModelUse | None, *, answered: bool
) -> None:
    desk = with_accounts(accounts := Accounts())
    place = await desk.reserve("T", "U1")
    assert isinstance(place, Reservation)
    await desk.settle(place, used, answered=answered)
    assert (accounts.settled, accounts.answered) == ([noted], [answered])


async def test_what_nobody_else_reads_may_be_asked_wherever_it_is() -> None:
    places = Places(AskerStanding(outside=False))
    assert await a_desk(places).admit(TURN, private=True) == Preferences("Be kind.", 1000)
    assert places.known.asked == ["U1"]
    assert await a_desk(Places(AskerStanding(outside=True))).admit(TURN, private=True) == OUTSIDER


async def test_whether_there_is_room_is_told_without_taking_any() -> None:
    desk = with_accounts(accounts := Accounts())
    assert await desk.has_room("T", "U1") is None
    assert (accounts.settled, accounts.answered) == ([None], [False])
    spent = with_accounts(Accounts(Cap.TEAM))
    assert await spent.has_room("T", "U1") == Refusal(Cap.TEAM.value, notices.SPENT_TEAM)


async def test_who_has_set_something_is_answered_so_and_nobody_else() -> None:
    desk = a_desk(Places(), wishes=PersonalSettings("de", "Briefly.", "small"))
    assert await desk.admit(TURN, shared=False) == Preferences(
        "Be kind.", 1000, model="small", wishes=Wishes("Briefly."), language="de"
    )
    other = TurnKey(TURN.thread, "2.0", "U2", Kind.MENTION)
    assert await desk.admit(other, shared=False) == Preferences("Be kind.", 1000)


@pytest.mark.parametrize(
    ("used", "noted"),
    [
        (Usage(10, 5), ModelUse("small", 10, 5)),
        (Usage(10, 5, "fallback"), ModelUse("fallback", 10, 5)),
        (None, ModelUse("small", 2_000)),
    ],
)
async def test_what_a_chosen_model_has_used_is_noted_as_its_own(used: Usage | None, noted: ModelUse) -> None:
    desk = with_accounts(accounts := Accounts())
    place = await desk.reserve("T", "U1")
    assert isinstance(place, Reservation)
    await desk.settle(place, used, answered=True, model="small")
    assert accounts.settled == [noted]


@pytest.mark.parametrize("private", [False, True])
async def test_in_a_channel_that_is_off_nobody_is_answered_in_private_either(*, private: bool) -> None:
    there = TurnKey(ThreadKey("T", "C0FF", "1.0"), "1.0", "U2", Kind.MENTION)
    off = Refusal(CHANNEL_OFF, notices.CHANNEL_OFF)
    assert await a_desk(Places()).admit(there, shared=False, private=private) == off
