"""From a seed to workspaces: people, channels, apps and what was said, with ids like Slack's made of their names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from slack_emulator.blocks.typed_text import composed
from slack_emulator.errors import WorkspaceError
from slack_emulator.json_values import as_object
from slack_emulator.seeding.manifest import granted_by
from slack_emulator.seeding.seed import read_yaml, sparkling_seed
from slack_emulator.state.app_install import bot_user, installed_in, introduce
from slack_emulator.state.models import App, Channel, Message, Team, User
from slack_emulator.state.teams import Teams
from slack_emulator.state.token_mint import Mint
from slack_emulator.state.workspace import WorkspaceState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_emulator.json_values import Json
    from slack_emulator.seeding.seed import Home, Person, Registration, Seed, SeedChannel, SeedMessage
    from slack_emulator.state.changes import WorkspaceChange

COLORS = ("#7a4fbf", "#1f7a6d", "#b3541e", "#2b62c4", "#a03b6b", "#5b6b1f")


def sparkling(now: float, mint: Mint | None = None) -> WorkspaceState:
    """The workspace everybody starts with, as it is at `now`."""
    return sown(sparkling_seed(), now, mint).first


def sown(seed: Seed, now: float, mint: Mint | None = None) -> Teams:
    """All workspaces of a seed, with their apps, as they are at `now`. Without a `mint` their tokens are new."""
    mint = mint or Mint()
    teams = Teams(*(_workspace(home, seed) for home in seed.workspaces))
    for registration in seed.apps:
        _register(registration, seed, teams, mint)
    for home, state in zip(seed.workspaces, teams, strict=True):
        _tell(state, home.messages, now)
    return teams


def _workspace(home: Home, seed: Seed) -> WorkspaceState:
    domain = home.domain or home.name.lower().replace(" ", "-")
    state = WorkspaceState(Team(home.id or _id("T", home.name), home.name, domain), readings=seed.readings)
    for number, person in enumerate(home.people):
        state.add_user(_user(person, COLORS[number % len(COLORS)]))
    for place in home.channels:
        state.add_channel(_channel(place, state))
    for handle, members in home.groups.items():
        state.groups[_id("S", handle)] = frozenset(_named(name, state) for name in members)
    return state


def _id(letter: str, name: str) -> str:
    """An id that tells what it is of: U0000000ADA for ada."""
    letters = "".join(each for each in name.upper() if each.isascii() and each.isalnum())
    return f"{letter}{letters[:10].rjust(10, '0')}"


def _user(person: Person, color: str) -> User:
    real_name = person.real_name or person.name.title()
    id_ = person.id or _id("U", person.name)
    color = person.color or color
    return User(
        id_,
        person.name.lower(),
        real_name,
        color,
        email=person.email,
        admin=person.admin,
        guest=person.guest,
        stranger=person.stranger,
        locale=person.locale,
    )


def _channel(place: SeedChannel, state: WorkspaceState) -> Channel:
    everybody = [user.name for user in state.users.values()]
    names = everybody if place.members is None else place.members
    members = frozenset(_named(name, state) for name in names)
    kind = "group" if place.private else "channel"
    return Channel(
        place.id or _id("C", place.name),
        place.name,
        kind,
        members,
        place.topic,
        place.purpose,
        shared=place.shared,
    )


def _named(name: str, state: WorkspaceState) -> str:
    """The id of the user of that handle."""
    for user in state.users.values():
        if name.lower() in (user.name, user.id.lower()):
            return user.id
    raise WorkspaceError(f"the seed has nobody called {name} in {state.team.name}")


# --- apps ---


def _register(registration: Registration, seed: Seed, teams: Teams, mint: Mint) -> None:
    """Make an app, and install it where it belongs; one that is nowhere yet can be installed over OAuth."""
    app = made(registration, mint, folder=seed.folder)
    if any(each.app.id == app.id for each in teams.known()):
        raise WorkspaceError(f"two apps have the id {app.id}: give {registration.name} a code of its own")
    wanted = registration.workspaces
    homes = list(teams) if wanted is None else [teams[name] for name in wanted]
    if not homes:
        teams.distributed[app.id] = app
    for number, state in enumerate(homes):
        install(state, app if number == 0 else installed_in(state, app))


def install(state: WorkspaceState, app: App) -> list[WorkspaceChange]:
    """Add an app: its bot is in every public channel, and can be written to by everybody."""
    state.add_app(app, bot_user(app))
    return introduce(state, app)


def made(registration: Registration, mint: Mint | None = None, *, folder: str = "") -> App:
    """The app of a registration. Its ids are made of its name; its tokens are the mint's, a new one's where none is given."""
    mint = mint or Mint()
    handle = registration.handle or registration.name.lower().replace(" ", "-")
    letters = "".join(each for each in handle.upper() if each.isascii() and each.isalnum())
    code = registration.code or letters[:9]
    manifest = _manifest(registration.manifest, folder)
    return App(
        id=f"A0{code}",
        name=registration.name,
        bot_id=f"B0{code}",
        bot_user_id=f"U0{code}",
        bot_token=mint.secret("xoxb", handle),
        app_token=mint.secret("xapp", handle),
        signing_secret=registration.signing_secret or mint.secret("secret", handle),
        client_id=registration.client_id or mint.secret("client", handle),
        client_secret=registration.client_secret or mint.secret("client-secret", handle),
        internal=registration.internal,
        **({} if manifest is None else granted_by(manifest)),
    )


def _manifest(manifest: str | Json | None, folder: str) -> Json | None:
    if not isinstance(manifest, str):
        return manifest
    path = Path(folder, manifest)
    read = as_object(read_yaml(path))
    if read is None:
        raise WorkspaceError(f"{path} is no manifest")
    return read


# --- what was said ---


class Line(NamedTuple):
    """One message of a seed: its age in minutes, the number of its top-level message, and whether it is a reply."""

    minutes: float
    number: int
    channel: str
    said: SeedMessage
    reply: bool


def _tell(state: WorkspaceState, messages: list[SeedMessage], now: float) -> None:
    """Say the lines, oldest first, since a ts never goes backwards."""
    channels = {channel.name: channel.id for channel in state.channels.values()}
    tops: dict[int, str] = {}
    for line in sorted(_lines(messages), key=lambda each: (-each.minutes, each.number)):
        if line.channel not in channels:
            raise WorkspaceError(f"the seed has no channel {line.channel!r} in {state.team.name}")
        text = composed(line.said.text, state.users.values())
        user, parent = _named(line.said.user, state), tops[line.number] if line.reply else None
        draft = Message(channels[line.channel], "", user, text, thread_ts=parent)
        state.post(draft, now - line.minutes * 60)
        if not line.reply:
            tops[line.number] = state.history(draft.channel)[-1].ts


def _lines(messages: list[SeedMessage]) -> Iterator[Line]:
    """Every line; a reply is no older than what it replies to."""
    for number, top in enumerate(messages):
        yield Line(top.minutes_ago, number, top.channel, top, reply=False)
        for reply in top.replies:
            yield Line(min(reply.minutes_ago, top.minutes_ago), number, top.channel, reply, reply=True)
