"""From a seed to workspaces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slack_emulator.errors import Refused, WorkspaceError
from slack_emulator.payloads.object_payloads import user_json
from slack_emulator.seeding.loader import made, sown, sparkling
from slack_emulator.seeding.seed import Home, Person, Registration, Seed, SeedChannel
from slack_emulator.seeding.snapshots import exported, restored
from slack_emulator.validation import checked

NOW = 1_766_458_026.0
MANIFEST = Path(__file__).parents[3] / "manifest.yml"


def seed(**values: Any) -> Seed:
    people = [{"name": "ada"}, {"name": "Bob.Y"}]
    homes = [
        {
            "name": "Still",
            "people": people,
            "channels": [{"name": "general"}, {"name": "new", "members": ["ada"]}],
        }
    ]
    return checked(Seed, {"workspaces": homes} | values, "seed")


def test_everybody_is_in_every_public_channel_and_has_direct_messages_with_the_bot() -> None:
    state = sparkling(NOW)
    bot = state.apps["A0TELEPRINT"].bot_user_id
    everybody = set(state.users)
    channels = [channel for channel in state.channels.values() if channel.public]
    assert all(set(channel.members) == everybody for channel in channels)
    assert all(state.direct(user, bot) for user in everybody - {bot})


def test_ids_tell_what_they_are_of() -> None:
    state = sparkling(NOW)
    assert state.team.id == "T0SPARKLING"
    assert {"U0000000ADA", "U00000GRACE", "U0TELEPRINT"} <= set(state.users)
    assert {"C000GENERAL", "C0000RANDOM", "C000SUPPORT"} <= set(state.channels)


def test_what_was_said_is_in_order_and_in_the_past() -> None:
    state = sparkling(NOW)
    times = [float(message.ts) for message in state.history("C000GENERAL")]
    assert times == sorted(times)
    assert times[-1] < NOW


def test_replies_are_in_the_thread_they_were_written_under() -> None:
    state = sparkling(NOW)
    threads = [parent for parent in state.history("C000SUPPORT") if state.replies("C000SUPPORT", parent.ts)]
    assert [reply.text for reply in state.replies("C000SUPPORT", threads[0].ts)][
        -1
    ] == "Thank you, told them."


def test_the_same_seed_gives_the_same_ids() -> None:
    assert sparkling(NOW).channels == sparkling(NOW).channels


def test_a_channel_has_the_members_it_names_and_the_apps() -> None:
    state = sown(seed(apps=[{"name": "Mixer"}]), NOW).first
    assert state.channels["C0000000NEW"].members == {"U0000000ADA", "U0MIXER"}


def test_an_app_is_in_the_workspaces_it_names_with_a_bot_of_its_own_in_each() -> None:
    homes = [{"name": name, "people": [{"name": "ada"}]} for name in ("One", "Two", "Three")]
    apps = [{"name": "Everywhere"}, {"name": "Twice", "workspaces": ["One", "Three"]}]
    teams = sown(checked(Seed, {"workspaces": homes, "apps": apps}, "seed"), NOW)
    twice = list(teams.installed("A0TWICE"))
    assert [each.state.team.name for each in twice] == ["One", "Three"]
    assert len({each.app.bot_token for each in twice}) == 2
    assert len({each.app.app_token for each in twice}) == 1
    assert len({each.app.bot_user_id for each in teams.installed("A0EVERYWHER")}) == 3


def test_an_app_that_is_nowhere_is_known_all_the_same() -> None:
    teams = sown(seed(apps=[{"name": "Later", "workspaces": []}]), NOW)
    assert list(teams.installed()) == []
    assert [each.app.name for each in teams.known()] == ["Later"]


def test_without_a_manifest_an_app_may_do_everything() -> None:
    assert "files:write" in made(Registration("X")).scopes


def test_a_manifest_may_be_a_file_beside_the_seed() -> None:
    app = made(Registration("X", manifest="manifest.yml"), folder=str(MANIFEST.parent))
    assert "app_mentions:read" in app.scopes
    assert app.agent == "agent_view"
    assert [command.name for command in app.commands] == ["/ask"]


def test_a_file_that_is_no_manifest_is_named(tmp_path: Path) -> None:
    (tmp_path / "manifest.yml").write_text("[]")
    with pytest.raises(WorkspaceError, match=r"manifest\.yml is no manifest"):
        made(Registration("X", manifest="manifest.yml"), folder=str(tmp_path))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"apps": [{"name": "X"}, {"name": "x"}]}, "two apps have the id A0X: give x a code"),
        ({"apps": [{"name": "X", "workspaces": ["Fizzy"]}]}, "no workspace Fizzy: choose among Still"),
        (
            {
                "workspaces": [
                    {"name": "S", "people": [{"name": "a"}], "channels": [{"name": "c", "members": ["z"]}]}
                ]
            },
            "nobody called z in S",
        ),
        (
            {
                "workspaces": [
                    {"name": "S", "people": [{"name": "a"}], "messages": [{"user": "a", "text": "x"}]}
                ]
            },
            "no channel '' in S",
        ),
    ],
)
def test_what_a_seed_names_has_to_be_there(values: dict[str, Any], words: str) -> None:
    with pytest.raises(WorkspaceError, match=words):
        sown(seed(**values), NOW)


def test_a_private_channel_is_a_group_without_the_bot() -> None:
    homes = [{"name": "S", "people": [{"name": "a"}], "channels": [{"name": "secret", "private": True}]}]
    state = sown(checked(Seed, {"workspaces": homes, "apps": [{"name": "X"}]}, "seed"), NOW).first
    secret = state.channels["C0000SECRET"]
    assert (secret.kind, set(secret.members)) == ("group", {"U000000000A"})
    with pytest.raises(Refused):
        state.channel("C9")


def test_a_seed_says_who_is_a_guest_or_from_outside_who_is_in_a_group_and_what_is_shared() -> None:
    people = [Person("ada"), Person("gus", guest=True), Person("eve", stranger=True)]
    channels = [SeedChannel("general"), SeedChannel("partners", shared=True)]
    seed = Seed([Home("Still", people, channels, groups={"writers": ["ada"]})])
    state = sown(seed, NOW).first
    assert [user.guest for user in state.users.values()] == [False, True, False]
    assert [user.stranger for user in state.users.values()] == [False, False, True]
    assert [channel.shared for channel in state.channels.values()] == [False, True]
    assert state.groups == {"S000WRITERS": frozenset({"U0000000ADA"})}
    assert restored(exported(state)).groups == state.groups


def test_everybody_is_an_admin_unless_the_seed_says_otherwise() -> None:
    people = [Person("ada"), Person("raj", admin=False)]
    state = sown(Seed([Home("Still", people)]), NOW).first
    shown = {user.name: user_json(user, state)["is_admin"] for user in state.users.values()}
    assert shown == {"ada": True, "raj": False}
