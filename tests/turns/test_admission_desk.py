"""Who is answered, by what Slack says of who asks."""

from __future__ import annotations

import pytest

from bot.core.conversation import notices
from bot.core.conversation.access_rules import AccessList, AccessRules, AskerStanding
from bot.core.conversation.admission import OperatorRules, Preferences, Refusal
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.turns.admission_desk import AdmissionDesk
from tests.fakes import FakeDirectory

TURN = TurnKey(ThreadKey("T", "C1", "1.0"), "1.0", "U1", Kind.MENTION)
OUTSIDER = Refusal("outsider", notices.BARRED_OUTSIDER)


class Places:
    """The workspace T has installed us, and no other."""

    def __init__(self, stands: AskerStanding | None = None) -> None:
        self.known = FakeDirectory()
        self.known.stands = stands or AskerStanding(shared=False)

    async def directory(self, team: str) -> FakeDirectory | None:
        return self.known if team == "T" else None


def a_desk(places: Places, access: AccessRules | None = None) -> AdmissionDesk:
    return AdmissionDesk(OperatorRules("Be kind.", 1000, access=access or AccessRules()), places)


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


async def test_where_nobody_can_be_asked_nobody_is_let_in() -> None:
    elsewhere = TurnKey(ThreadKey("T9", "C1", "1.0"), "1.0", "U1", Kind.MENTION)
    assert await a_desk(Places()).admit(elsewhere) == OUTSIDER
