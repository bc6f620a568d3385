"""An app in a workspace: its ids and tokens there, the user it appears as, and its way out again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from slack_emulator.state.directory import id_of
from slack_emulator.state.models import Channel, User

if TYPE_CHECKING:
    from slack_emulator.state.changes import WorkspaceChange
    from slack_emulator.state.models import App
    from slack_emulator.state.workspace import WorkspaceState

COLOR = "#3b3f45"  # of every bot, on the page


def installed_in(state: WorkspaceState, app: App) -> App:
    """An app that is in another workspace, as it will be in this one: with a bot, and a token, of its own."""
    team = state.team.id
    return replace(
        app,
        bot_id=id_of("B", team, app.id),
        bot_user_id=id_of("U", team, app.id),
        bot_token=f"{app.bot_token}-{state.team.domain}",
    )


def bot_user(app: App) -> User:
    """The user an app appears as."""
    handle = app.name.lower().replace(" ", "-")
    return User(app.bot_user_id, handle, app.name, COLOR, is_bot=True)


def introduce(state: WorkspaceState, app: App) -> list[WorkspaceChange]:
    """Bring an app's bot into every public channel, and give everybody direct messages with it."""
    happened: list[WorkspaceChange] = []
    for channel in [each for each in state.channels.values() if each.public]:
        happened += state.join(channel.id, app.bot_user_id)
    people = [person for person in state.users.values() if not person.is_bot]
    for number, person in enumerate(people, start=1):
        members = frozenset({person.id, app.bot_user_id})
        happened += state.add_channel(Channel(f"D{number:02}{app.bot_user_id[2:]}", "", "im", members))
    return happened


def uninstall(state: WorkspaceState, app: App) -> None:
    """Take an app out of a workspace: its bot leaves the channels, its token is worth nothing, what it said stays."""
    for channel in [each for each in state.channels.values() if each.kind != "im"]:
        state.put_channel(replace(channel, members=channel.members - {app.bot_user_id}))
    state.views.forget(app.id)
    del state.apps[app.id]
