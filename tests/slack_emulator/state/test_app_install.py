"""An app comes into a workspace, and goes."""

from __future__ import annotations

from slack_emulator.seeding.loader import made, sparkling
from slack_emulator.seeding.seed import Registration
from slack_emulator.state.app_install import bot_user, installed_in, introduce, uninstall
from slack_emulator.state.changes import Joined

NOW = 1_766_458_026.0
APP = made(Registration("Second bot"))


def test_in_another_workspace_an_app_is_somebody_else_with_the_same_secrets() -> None:
    there = installed_in(sparkling(NOW), APP)
    assert (there.id, there.app_token, there.signing_secret) == (APP.id, APP.app_token, APP.signing_secret)
    assert {there.bot_id, there.bot_user_id, there.bot_token}.isdisjoint(
        {APP.bot_id, APP.bot_user_id, APP.bot_token}
    )


def test_everybody_meets_a_new_bot() -> None:
    state = sparkling(NOW)
    state.add_app(APP, bot_user(APP))
    met = {each.user for each in introduce(state, APP) if isinstance(each, Joined)}
    people = {user.id for user in state.users.values() if not user.is_bot}
    assert met == people | {APP.bot_user_id}
    assert all(state.direct(person, APP.bot_user_id) for person in people)


def test_what_an_app_said_stays_when_it_goes() -> None:
    state = sparkling(NOW)
    state.add_app(APP, bot_user(APP))
    introduce(state, APP)
    before = list(state.messages())
    uninstall(state, APP)
    assert APP.id not in state.apps
    assert not [
        channel
        for channel in state.channels.values()
        if channel.public and APP.bot_user_id in channel.members
    ]
    assert list(state.messages()) == before
