"""Who is where, and how that changes."""

from __future__ import annotations

import pytest

from slack_emulator.errors import Refused
from slack_emulator.state.changes import Joined, Left
from slack_emulator.state.directory import Directory, id_of
from slack_emulator.state.models import Channel, Team, User

NOW = 1_766_458_026.0


@pytest.fixture
def places() -> Directory:
    places = Directory(Team("T1", "Still", "still"))
    for name in ("ada", "raj", "eve"):
        places.add_user(User(f"U{name}", name, name.title()))
    places.add_channel(Channel("C1", "general", "channel", frozenset({"Uada"})))
    return places


def test_direct_messages_are_made_once_for_two_and_for_a_few(places: Directory) -> None:
    two, made = places.open_direct(["Uada", "Uraj"])
    few, _ = places.open_direct(["Uada", "Uraj", "Ueve"])
    again, nothing = places.open_direct(["Uraj", "Uada"])
    assert (two.kind, few.kind) == ("im", "mpim")
    assert (two.id[0], few.id[0]) == ("D", "G")
    assert (again, nothing, len(made)) == (two, [], 2)


def test_direct_messages_with_nobody_are_refused(places: Directory) -> None:
    with pytest.raises(Refused, match="user_not_found"):
        places.open_direct(["Uada", "U9"])


def test_who_comes_and_goes_is_told_once(places: Directory) -> None:
    (joined,) = places.join("C1", "Uraj", now=NOW)
    assert isinstance(joined, Joined)
    assert joined.ts > f"{int(NOW)}"
    assert places.join("C1", "Uraj", now=NOW) == []
    (left,) = places.leave("C1", "Uraj", NOW)
    assert isinstance(left, Left)
    assert left.channel.members == {"Uada"}
    assert places.leave("C1", "Uraj", NOW) == []


def test_of_a_workspace_that_is_being_built_no_app_is_told(places: Directory) -> None:
    assert places.join("C1", "Uraj") == [Joined(places.channel("C1"), "Uraj", "")]


def test_every_ts_is_later_than_the_one_before(places: Directory) -> None:
    places.later_than("1766458027.000005")
    assert [places.next_ts(NOW) for _ in range(2)] == ["1766458027.000006", "1766458027.000007"]


def test_the_same_names_make_the_same_id_and_others_another() -> None:
    assert id_of("C", "a", "b") == id_of("C", "a", "b")
    assert id_of("C", "a", "b") != id_of("C", "ab")
