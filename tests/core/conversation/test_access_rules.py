"""Who may ask, and where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.conversation.access_rules import (
    AccessList,
    AccessRules,
    AskerStanding,
    Barred,
    bar,
    wants_channel,
    wants_person,
)
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey

INSIDE = AskerStanding(shared=False, outside=False, guest=False, groups=frozenset())
OUTSIDER = AskerStanding(shared=True, outside=True, guest=False, groups=frozenset())
GUEST = AskerStanding(shared=False, outside=False, guest=True, groups=frozenset())
MEMBER = AskerStanding(shared=False, outside=False, guest=False, groups=frozenset({"S1"}))
UNKNOWN = AskerStanding()
EVERYBODY = AccessRules()


def asked(user: str = "U1", channel: str = "C1") -> TurnKey:
    return TurnKey(ThreadKey("T", channel, "1.0"), "1.0", user, Kind.MENTION)


def named(*ids: str) -> AccessList:
    """A list of channels, people and groups, told apart by their letters."""
    return AccessList(
        frozenset(one for one in ids if one[0] in "Cd"),
        frozenset(one for one in ids if one[0] in "UB"),
        frozenset(one for one in ids if one[0] == "S"),
    )


def only(*ids: str) -> AccessRules:
    return AccessRules(allowed=named(*ids))


def all_but(*ids: str) -> AccessRules:
    return AccessRules(denied=named(*ids))


@pytest.mark.parametrize(
    ("rules", "turn", "standing", "barred"),
    [
        (EVERYBODY, asked(), INSIDE, None),
        (EVERYBODY, asked(), GUEST, None),
        (EVERYBODY, asked("B1"), AskerStanding(shared=False), None),
        # channels
        (only("C1"), asked(), INSIDE, None),
        (only("C1"), asked(channel="C2"), INSIDE, Barred.CHANNEL),
        (only("C1"), asked(channel="D1"), INSIDE, Barred.CHANNEL),
        (only("C1", "dm"), asked(channel="D1"), INSIDE, None),
        (all_but("C1"), asked(), INSIDE, Barred.CHANNEL),
        (all_but("dm"), asked(channel="D1"), INSIDE, Barred.CHANNEL),
        (all_but("C2"), asked(), INSIDE, None),
        # people and groups
        (only("U1"), asked(), INSIDE, None),
        (only("U2"), asked(), INSIDE, Barred.PERSON),
        (only("U2", "S1"), asked(), MEMBER, None),
        (only("S1"), asked(), INSIDE, Barred.PERSON),
        (all_but("U1"), asked(), INSIDE, Barred.PERSON),
        (all_but("S1"), asked(), MEMBER, Barred.PERSON),
        (all_but("S1"), asked(), INSIDE, None),
        (AccessRules(named("U1"), named("C1")), asked(), INSIDE, Barred.CHANNEL),
        (AccessRules(named("U1"), named("S1")), asked(), MEMBER, Barred.PERSON),
        # what Slack does not tell lets nobody in
        (only("S1"), asked(), AskerStanding(shared=False), Barred.PERSON),
        (all_but("S1"), asked(), AskerStanding(shared=False), Barred.PERSON),
        (EVERYBODY, asked(), UNKNOWN, Barred.OUTSIDER),
        (EVERYBODY, asked(channel="D1"), UNKNOWN, Barred.OUTSIDER),
        (AccessRules(guests=False), asked(), AskerStanding(shared=False), Barred.GUEST),
        # other companies
        (EVERYBODY, asked(), OUTSIDER, Barred.OUTSIDER),
        (EVERYBODY, asked(), AskerStanding(shared=True, outside=False), Barred.OUTSIDER),
        (EVERYBODY, asked(channel="D1"), AskerStanding(outside=True), Barred.OUTSIDER),
        (EVERYBODY, asked(channel="D1"), AskerStanding(outside=False), None),
        (EVERYBODY, asked("B1"), AskerStanding(shared=True), Barred.OUTSIDER),
        (only("C1"), asked(), AskerStanding(shared=True, outside=False), None),
        (only("C1"), asked(), OUTSIDER, Barred.OUTSIDER),
        (only("C1", "U1"), asked(), OUTSIDER, None),
        (only("U1"), asked(channel="D1"), AskerStanding(outside=True), None),
        (AccessRules(outsiders=True), asked(), OUTSIDER, None),
        # guests
        (AccessRules(guests=False), asked(), GUEST, Barred.GUEST),
        (AccessRules(guests=False), asked(), INSIDE, None),
        (AccessRules(guests=False), asked("B1"), AskerStanding(shared=False), None),
        (AccessRules(named("U1"), guests=False), asked(), GUEST, None),
    ],
)
def test_who_may_ask_where(
    rules: AccessRules, turn: TurnKey, standing: AskerStanding, barred: Barred | None
) -> None:
    assert bar(rules, turn, standing) is barred


@pytest.mark.parametrize(
    ("rules", "turn", "shared", "wanted"),
    [
        (EVERYBODY, asked(), False, (False, False)),
        (EVERYBODY, asked(), True, (False, True)),
        (EVERYBODY, asked(), None, (True, True)),
        (EVERYBODY, asked(channel="D1"), None, (False, True)),
        (EVERYBODY, asked("B1"), None, (True, False)),
        (only("C1"), asked(), None, (False, True)),
        (only("U1"), asked(), None, (True, False)),
        (AccessRules(outsiders=True), asked(), None, (False, False)),
        (AccessRules(guests=False), asked(), False, (False, True)),
    ],
)
def test_slack_is_asked_only_for_what_a_rule_wants_to_know(
    rules: AccessRules, turn: TurnKey, shared: bool | None, wanted: tuple[bool, bool]
) -> None:
    assert (
        wants_channel(rules, turn, shared=shared),
        wants_person(rules, turn, shared=shared),
    ) == wanted


MAYBE = st.none() | st.booleans()
IDS = st.frozensets(st.sampled_from(["C1", "dm", "U1", "B1", "S1"]))
RULES = st.builds(
    lambda allowed, denied, **let_in: AccessRules(named(*allowed), named(*denied), **let_in),
    IDS,
    IDS,
    guests=st.booleans(),
    outsiders=st.booleans(),
)
TURNS = st.builds(asked, st.sampled_from(["U1", "B1"]), st.sampled_from(["C1", "D1"]))
STANDINGS = st.builds(AskerStanding, MAYBE, MAYBE, MAYBE, st.none() | st.just(frozenset({"S1"})))


@given(RULES, TURNS, STANDINGS, MAYBE)
def test_what_is_not_asked_for_makes_no_difference(
    rules: AccessRules, turn: TurnKey, told: AskerStanding, shared: bool | None
) -> None:
    shares = told.shared if shared is None else shared
    outside = told.outside if shares is not False else False  # nobody from outside is in a channel of our own
    person = wants_person(rules, turn, shared=shared)
    known = AskerStanding(
        shares if wants_channel(rules, turn, shared=shared) else shared,
        outside if person else None,
        told.guest if person else None,
        told.groups if rules.groups else None,
    )
    assert bar(rules, turn, known) is bar(
        rules, turn, AskerStanding(shares, outside, told.guest, told.groups)
    )


@given(RULES, TURNS, STANDINGS)
def test_whoever_is_barred_is_barred_where_slack_does_not_tell_as_well(
    rules: AccessRules, turn: TurnKey, standing: AskerStanding
) -> None:
    assert bar(rules, turn, standing) is None or bar(rules, turn, UNKNOWN) is not None
